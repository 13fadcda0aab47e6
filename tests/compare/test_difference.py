import pytest

from sarbench.compare.difference import Difference, edge_note


def number(*, low: float | None, high: float | None, p: float | None) -> Difference:
    return Difference("exact", True, "fraction", True, 0.6, 0.4, 0.2, low, high, p, 40, 6, 1.0, 0.5, "clustered-t")


@pytest.mark.parametrize(
    ("low", "high", "p"), [(0.1, 0.3, 0.04), (-0.1, 0.5, 0.2), (None, None, 0.2), (0.1, 0.3, None)]
)
def test_where_interval_and_p_agree_nothing_is_said(low: float | None, high: float | None, p: float | None) -> None:
    assert edge_note(number(low=low, high=high, p=p)) == ""


def test_where_they_do_not_it_is_said_which_decides() -> None:
    assert "the interval leaves out 0 and p is 0.0967" in edge_note(number(low=0.01, high=0.5, p=0.0967))
    assert "swapping whole images (6), decides" in edge_note(number(low=0.01, high=0.5, p=0.0967))
    assert "the interval holds 0 and p is 0.0400" in edge_note(number(low=-0.01, high=0.5, p=0.04))
