import pytest

from sarbench import stats
from sarbench.compare.comparison import compare_task
from sarbench.compare.difference import Difference, edge_note, no_spread_note
from sarbench.compare.pairing import answered, paired
from sarbench.questions.kinds import KINDS
from tests.questions.rows import ROWS
from tests.runs.lines import lines_of


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


def compared(right_a: list[bool], right_b: list[bool]) -> Difference:
    """Compare two runs on counting, one question an image."""
    kind = KINDS["counting"]
    (good,) = ROWS["counting"]["answers"][:1]
    lines = [lines_of("counting", [good if right else "7777" for right in side]) for side in (right_a, right_b)]
    for side in lines:
        for number, line in enumerate(side):
            line |= {"sample_sha256": str(number), "image_id": f"i{number}"}
    pairs = paired(*((answered(line, kind) for line in side) for side in lines), task="counting")
    ((found, *_), _) = compare_task(kind, pairs)
    return found


def test_where_nothing_differs_the_interval_is_no_point() -> None:
    found = compared([True] * 6 + [False] * 6, [True] * 6 + [False] * 6)
    reach = stats.edge_interval(0.0, 12)[1]
    assert (found.difference, found.low, found.high, found.p) == (0.0, -reach, reach, 1.0)
    assert 0.2 < reach < 0.4
    assert found.detectable is None
    said = "exact: no image tells the two apart; the interval takes the 12 images for the trials"
    assert no_spread_note(found) == said
    assert edge_note(found) == ""


def test_where_all_differ_alike_it_ends_at_one() -> None:
    found = compared([True] * 12, [False] * 12)
    assert (found.difference, found.high) == (1.0, 1.0)
    assert found.low == 1 - stats.edge_interval(0.0, 12)[1]
    assert "every image says the same" in no_spread_note(found)


def test_where_images_vary_nothing_is_said() -> None:
    found = compared([True] * 12, [True, False] * 6)
    assert found.detectable
    assert no_spread_note(found) == ""


def test_one_image_tells_nothing() -> None:
    found = compared([True], [True])
    assert (found.low, found.high, found.detectable) == (None, None, None)
    assert no_spread_note(found) == "exact: all samples are about one image: no interval"
