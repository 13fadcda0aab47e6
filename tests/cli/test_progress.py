"""The bar stands at answers, whatever is asked, asked again or sent ahead."""

import pytest

from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.cli import progress
from sarbench.cli.progress import AnswerBars
from sarbench.lmms.job import Answered, Asked, Event, Finished, Started

LOCAL = Started(samples=8, parameters=1000, dtype="float32", device="cpu", kept=2)
SERVED = Started(samples=8, parameters=None, dtype=None, device=None)


@pytest.fixture
def spec() -> TaskSpec:
    return read_catalogue().select(["sarbench_sarchat_rebuilt_counting"])[0]


def stands(spec: TaskSpec, *events: Event) -> list[int]:
    """Where the bar stands after each event."""
    bars, found = AnswerBars(), []
    with bars:
        for event in events:
            bars.listen(spec, event)
            found.append(-1 if bars._bar is None else bars._bar.n)
    return found


def asked(*places: int) -> list[Asked]:
    return [Asked(str(place)) for place in places]


def test_a_local_model_moves_within_a_chunk_and_is_set_right_by_its_answers(spec: TaskSpec) -> None:
    events = [LOCAL, *asked(2, 3, 4), Answered(5, 1.0, 3.0), *asked(5, 6, 7), Answered(8, 1.0, 0.0), Finished(None, {})]
    assert stands(spec, *events) == [2, 2, 3, 4, 5, 5, 6, 7, 8, -1]


def test_a_chunk_that_is_asked_again_counts_once(spec: TaskSpec) -> None:
    events = [LOCAL, *asked(2, 3, 4, 2, 3, 4, 2, 3, 4), Answered(5, 1.0, 3.0)]
    found = stands(spec, *events)
    assert found[-1] == 5
    assert max(found) == 5
    assert found == sorted(found)


def test_what_is_sent_ahead_to_a_server_is_no_answer(spec: TaskSpec) -> None:
    assert stands(spec, SERVED, *asked(0, 1, 2, 3), Answered(4, 2.0, 2.0)) == [0, 0, 0, 0, 0, 4]


def test_a_worker_that_is_started_again_begins_at_what_is_written(spec: TaskSpec) -> None:
    again = Started(samples=8, parameters=1000, dtype="float32", device="cpu", kept=5)
    assert stands(spec, LOCAL, *asked(2, 3, 4), Answered(5, 1.0, 3.0), *asked(5, 6), again) == [2, 2, 3, 4, 5, 5, 6, 5]


def test_rate_and_time_left_are_those_of_the_answers(
    spec: TaskSpec, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress.tqdm, "monitor_interval", 0)
    stands(spec, LOCAL, *asked(2), Answered(5, 0.25, 75.0))
    said = capsys.readouterr().err
    assert "5/8" in said
    assert "0.25 answers/s, 01:15 left" in said
