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
    assert found.exact <= found.within_tenth <= 1
    assert found.parse_rate == pytest.approx(len(readable) / len(rows))


def test_unreadable_answers_are_wrong_and_without_error() -> None:
    found = count.score([4, None], [4, 4])
    assert found == count.CountScores(exact=0.5, within_one=0.5, within_tenth=0.5, mae=0.0, rmse=0.0, n=2, unparsed=1)


def test_one_absurd_number_is_clipped() -> None:
    found = count.score([22 * 10**13, 3], [5, 3])
    assert found.mae == (1000 - 5) / 2
    assert found.rmse == pytest.approx(995 / 2**0.5)
    assert found.exact == 0.5
    assert count.absolute_errors([2000], [3], clip=50).tolist() == [47]


def test_within_one() -> None:
    assert count.within([3, 5, 6, None], [4, 4, 4, 0], tolerance=1).tolist() == [1, 1, 0, 0]
    assert count.within([3, 4], [4, 4]).tolist() == [0, 1]


@settings(deadline=None)
@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 150))
def test_within_a_share_is_exact(said: int, true: int, percent: int) -> None:
    found = count.within_share([said], [true], share=percent / 100)[0]
    assert found == (100 * abs(said - true) <= percent * true)


def test_within_a_tenth() -> None:
    assert count.within_share([9, 8, 0, 1, None], [10, 10, 0, 0, 0]).tolist() == [1, 0, 1, 0, 0]
    assert count.within_share([8], [9]).tolist() == [0]
    for share in (-0.1, float("nan"), float("inf")):
        with pytest.raises(InputError, match="share"):
            count.within_share([1], [1], share=share)


def test_bands_cover_every_count_once() -> None:
    bands = [count.count_band(number) for number in range(200)]
    assert {band: bands.count(band) for band in count.COUNT_BANDS} == {
        "0": 1, "1": 1, "2-5": 4, "6-10": 5, "11-50": 40, ">50": 149,
    }  # fmt: skip
    with pytest.raises(InputError, match="-1"):
        count.count_band(-1)


def test_rmse_of_sums_is_that_of_the_answers() -> None:
    said, true = [3, 9, 4], [1, 9, 8]
    squares = count.absolute_errors(said, true) ** 2
    assert float(count.rmse_from_sums(squares.sum(), 3)) == pytest.approx(count.score(said, true).rmse)
    assert count.rmse_from_sums([[4.0, 0.0]], [[1, 0]]).tolist() == [[2.0, 0.0]]
    with pytest.raises(InputError, match="negative or NaN"):
        count.rmse_from_sums(float("nan"), 1)


def test_nothing_scores_nothing() -> None:
    assert count.score([], []) == count.CountScores(None, None, None, None, None, 0, 0)


def test_mistakes_of_the_caller_are_named() -> None:
    with pytest.raises(InputError, match="2 for 1"):
        count.score([1, 2], [1])
    with pytest.raises(InputError, match=r"predicted\[1\].*nan"):
        count.within([1, float("nan")], [1, 1])
    with pytest.raises(InputError, match="None"):
        count.absolute_errors([1], [None])
    for wrong in (-1, 10**10):
        with pytest.raises(InputError, match=str(wrong)):
            count.score([1], [wrong])


def test_a_right_number_beyond_the_clip_has_no_error() -> None:
    found = count.score([1500, 10**14], [1500, 1500])
    assert (found.exact, found.mae) == (0.5, count.CLIP / 2)
