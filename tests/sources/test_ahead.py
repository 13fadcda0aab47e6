import threading

import pytest

from sarbench.sources.reading.ahead import ahead


def test_results_and_errors_come_in_order() -> None:
    def fail() -> int:
        raise ValueError

    first, broken, last = ahead([lambda: 1, fail, lambda: 3])
    assert (first.result(), last.result()) == (1, 3)
    with pytest.raises(ValueError):  # noqa: PT011 - it is the very one
        broken.result()


def test_no_more_than_depth_are_made_before_they_are_asked_for() -> None:
    made = []
    futures = ahead((lambda n=n: made.append(n) for n in range(50)), depth=3)
    next(futures).result()
    assert len(made) <= 5
    assert len(list(futures)) == 49
    assert made == list(range(50))


def test_leaving_early_stops_the_thread() -> None:
    before = threading.active_count()
    futures = ahead([lambda: 1] * 100)
    next(futures)
    futures.close()
    assert threading.active_count() == before


def test_nothing_to_do() -> None:
    assert list(ahead([])) == []
