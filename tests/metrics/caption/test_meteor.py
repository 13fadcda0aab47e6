import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.metrics.caption.meteor import STATISTICS, _request, score_statistics

# What METEOR 1.5 itself answered: statistics → score. The first item matches as a whole: its one chunk counts as none.
_PROGRAM = [
    ("5 5 2 2 3 3 2 2 0 0 0 0 0 0 0 0 0 0 0 0 0 5 5", 1.0),
    ("14 13 4 4 9 9 4 4 0 0 0 0 0 0 0 0 0 0 0 0 2 13 13", 0.5789583743579854),
    ("14 13 3 3 10 10 3 3 0 0 0 0 0 0 0 0 0 0 0 0 2 13 13", 0.5794608696923045),
    ("49 39 8 7 32 32 7 7 0 0 0 0 0 0 0 0 0 0 0 0 6 39 39", 0.5643502678070956),
    ("46 39 15 12 27 27 12 12 0 0 0 0 0 0 0 0 0 0 0 0 6 39 39", 0.5734879015294061),
    ("0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", 0.0),
    ("0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", 0.0),
]


def test_statistics_score_as_the_program_scores_them() -> None:
    statistics = np.array([line.split() for line, _ in _PROGRAM], dtype=float)
    assert statistics.shape[1] == STATISTICS
    np.testing.assert_allclose(score_statistics(statistics), [score for _, score in _PROGRAM], rtol=0, atol=1e-15)


def test_leading_axes_are_scored_one_by_one() -> None:
    statistics = np.array([line.split() for line, _ in _PROGRAM], dtype=float)
    stacked = np.stack([statistics, statistics[::-1]])
    np.testing.assert_array_equal(score_statistics(stacked)[1], score_statistics(statistics)[::-1])


_text = st.text(alphabet=st.sampled_from("ab| \r\n\v\f\u2028\x85\t\ud800"), max_size=20)


@given(_text, st.lists(_text, min_size=1, max_size=3))
def test_no_text_can_add_a_line_or_a_field_to_a_request(prediction: str, references: list[str]) -> None:
    request = _request(prediction, references)
    assert len(request.splitlines()) == 1
    assert len(request.split("|||")) == 2 + len(references)
    request.encode()


def test_a_field_mark_inside_a_text_is_taken_out() -> None:
    assert _request("a ||| ship", ["the|||ship", "x"]) == "SCORE ||| theship ||| x ||| a ship"


@pytest.mark.parametrize("shape", [(0, 23), (2, 0, 23)])
def test_no_items_have_no_scores(shape: tuple[int, ...]) -> None:
    assert score_statistics(np.zeros(shape)).shape == shape[:-1]
