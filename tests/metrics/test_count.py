"""Counting scores against scikit-learn and hand cases."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from sarbench.errors import InputError
from sarbench.metrics import count

pairs = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 900)), st.integers(0, 900)), min_size=1)


@settings(deadline=None)
@given(pairs)
def test_errors_agree_with_scikit_learn(rows: list[tuple[int | None, int]]) -> None:
    said, true = [p for p, _ in rows], [t for _, t in rows]
    found = count.score(said, true)
    readable = [(p, t) for p, t in rows if p is not None]
    assert found.unparsed == len(rows) - len(readable)
    assert found.exact == pytest.approx(sum(p == t for p, t in rows) / len(rows))
    if readable:
        p, t = zip(*readable, strict=True)
        assert found.mae == pytest.approx(oracle.mean_absolute_error(t, p))
        assert found.rmse == pytest.approx(oracle.root_mean_squared_error(t, p))
    else:
        assert found.mae is found.rmse is None
    assert 0 <= found.exact <= found.within_one <= 1


def test_unreadable_answers_are_wrong_and_without_error() -> None:
    found = count.score([4, None], [4, 4])
    assert found == count.CountScores(exact=0.5, within_one=0.5, mae=0.0, rmse=0.0, n=2, unparsed=1)


def test_one_absurd_number_is_clipped() -> None:
    found = count.score([22 * 10**13, 3], [5, 3])
    assert found.mae == (1000 - 5) / 2
    assert found.exact == 0.5
    assert count.absolute_errors([2000], [3], clip=50).tolist() == [47]


def test_within_one() -> None:
    assert count.within([3, 5, 6, None], [4, 4, 4, 0], tolerance=1).tolist() == [1, 1, 0, 0]
    assert count.within([3, 4], [4, 4]).tolist() == [0, 1]


def test_nothing_scores_nothing() -> None:
    assert count.score([], []) == count.CountScores(None, None, None, None, 0, 0)


def test_mistakes_of_the_caller_are_named() -> None:
    with pytest.raises(InputError, match="2 for 1"):
        count.score([1, 2], [1])
    for wrong in (-1, 5000):
        with pytest.raises(InputError, match=str(wrong)):
            count.score([1], [wrong])
