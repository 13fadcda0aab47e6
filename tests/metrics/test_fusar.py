"""FUSAR's measures: hand cases, and the reading of answers against the rules one by one."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.metrics import boxes, fusar

SHIP = {"bbox_2d": [1, 2, 30, 40.5], "label": "ship"}
CELLS = [f"{row} {column}" for row in ("top", "middle", "bottom") for column in ("left", "center", "right")]

leaves = st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text())
json_values = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.sampled_from(["bbox_2d", "label"]), inner))
)


def test_counting_is_exact() -> None:
    assert fusar.counting_accuracy([1, 2, None, 5], [1, 3, 1, 5]) == 0.5
    assert fusar.counting_accuracy([], []) is None


@pytest.mark.parametrize(
    ("said", "true", "expected"),
    [
        (["top left"], ["top left"], (True, True, True, True)),
        (["top right", "top left"], ["top left"], (True, True, False, False)),
        (["top left"], ["top left", "top right"], (False, True, True, False)),
        (["top left"], ["top left", "top right", "middle left"], (False, False, True, False)),
        (CELLS, ["bottom right"], (True, True, False, False)),
        ([], ["top left"], (False, False, False, False)),
        (None, ["top left"], (False, False, False, False)),
        (["top left", "top left"], ["top left"], (True, True, True, True)),
    ],
)
def test_cells(said: list[str] | None, true: list[str], expected: tuple[bool, ...]) -> None:
    assert fusar.cell_facts(said, true) == fusar.CellFacts(*expected)


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(st.sampled_from(CELLS)), st.sets(st.sampled_from(CELLS), min_size=1)), min_size=1))
def test_cell_scores_are_shares(rows: list[tuple[list[str], set[str]]]) -> None:
    found = fusar.cell_scores([said for said, _ in rows], [true for _, true in rows])
    assert found.acc_100 == sum(true <= set(said) for said, true in rows) / len(rows)
    assert found.acc_50 == sum(len(true & set(said)) / len(true) >= 0.5 for said, true in rows) / len(rows)
    assert found.top1 == sum(said[:1] != [] and said[0] in true for said, true in rows) / len(rows)
    assert found.same_set <= found.acc_100 <= found.acc_50


def test_cells_need_a_truth() -> None:
    for said, true in ((["top left"], []), ("top left", ["top left"]), (["top left"], "top left")):
        with pytest.raises(InputError, match="cells"):
            fusar.cell_facts(said, true)
    assert fusar.cell_scores([], []).acc_100 is None


@pytest.mark.parametrize("text", ["None", " null\n", "NONE", "[]", "```json\n[]\n```"])
def test_no_box_is_an_answer(text: str) -> None:
    found = fusar.read_detections(text)
    assert found is not None
    assert found.shape == (0, 4)


@pytest.mark.parametrize("wrap", ["{}", "```json\n{}\n```", "```\n{}\n``` ", "  {}\n"])
def test_good_answers_are_read(wrap: str) -> None:
    text = wrap.format(json.dumps([SHIP, {"bbox_2d": [-4, 500, 9, 540], "label": ""}]))
    assert fusar.read_detections(text).tolist() == [[1, 2, 30, 40.5], [-4, 500, 9, 540]]


@pytest.mark.parametrize(
    "text",
    [
        "", "two ships", "None.", json.dumps(SHIP), "```json\nnull\n```", "```json\n[]", "null null", "5", '"none"',
        f"Here: {json.dumps([SHIP])}",
        json.dumps([SHIP, {"bbox_2d": [9, 0, 9, 5], "label": "ship"}]),
        json.dumps([SHIP, {"bbox_2d": [0, 6, 9, 5], "label": "ship"}]),
        json.dumps([SHIP, {"bbox_2d": [0, 0, 9], "label": "ship"}]),
        json.dumps([SHIP, {"bbox_2d": [0, 0, 9, 9]}]),
        json.dumps([SHIP, {"bbox_2d": [0, 0, 9, 9], "label": 3}]),
        json.dumps([SHIP, {"bbox_2d": [False, 0, 9, 9], "label": "ship"}]),
        json.dumps([SHIP, {"bbox_2d": ["0", 0, 9, 9], "label": "ship"}]),
        json.dumps([SHIP, [0, 0, 9, 9]]),
        '[{"bbox_2d": [0, 0, NaN, 9], "label": "ship"}]',
        '[{"bbox_2d": [0, 0, 1e999, 9], "label": "ship"}]',
        '[{"bbox_2d": [0, 0, 1' + "0" * 400 + ', 9], "label": "ship"}]',
        '[{"bbox_2d": [0, 0, 1' + "0" * 5000 + ', 9], "label": "ship"}]',
        "[" * 100_000,
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_one_broken_rule_rejects_the_whole_answer(text: str) -> None:
    assert fusar.read_detections(text) is None


@settings(deadline=None)
@given(st.one_of(st.text(), json_values.map(json.dumps)))
def test_any_text_gives_boxes_or_none(text: str) -> None:
    found = fusar.read_detections(text)
    assert found is None or (found.shape[1] == 4 and np.isfinite(found).all() and (found[:, 2:] > found[:, :2]).all())


def test_detection_counts_rejected_answers_as_missing() -> None:
    true = [[1, 2, 30, 40]]
    wide = json.dumps([{"bbox_2d": [1, 2, 30, 100], "label": "ship"}])
    found = fusar.detection_scores([json.dumps([SHIP]), "?", "None", wide], [true, true, [], true])
    loose, firm = found[0.25], found[0.5]
    assert (loose.tp, loose.fp, loose.fn, loose.parse_errors, loose.n) == (2, 0, 1, 1, 4)
    assert (firm.tp, firm.fp, firm.fn) == (1, 1, 2)
    assert (firm.f1, firm.precision, firm.recall) == (pytest.approx(0.4), 0.5, pytest.approx(1 / 3))
    assert fusar.detection_scores([], [])[0.5].f1 is None
    with pytest.raises(InputError, match="1 for 0"):
        fusar.detection_scores(["?"], [])


def test_truth_beyond_the_frame_is_not_clipped() -> None:
    true = [[-40, -40, 20, 20]]
    clipped = json.dumps([{"bbox_2d": [0, 0, 20, 20], "label": "ship"}])
    whole = json.dumps([{"bbox_2d": [-40, -40, 20, 20], "label": "ship"}])
    assert fusar.detection_scores([clipped], [true])[0.25].tp == 0
    assert fusar.detection_scores([whole], [true])[0.5].tp == 1


def test_the_frame_of_504_keeps_overlaps() -> None:
    generator = np.random.default_rng(0)
    corner = generator.uniform(-50, 900, (20, 2))
    native = np.hstack([corner, corner + generator.uniform(1, 200, (20, 2))])
    moved = native + np.array([3, 2, 5, 1])
    found = boxes.iou(fusar.to_504(native, (1024, 640)), fusar.to_504(moved, (1024, 640)))
    np.testing.assert_allclose(found, boxes.iou(native, moved), atol=1e-12)
    assert fusar.to_504([[0, 0, 1024, 640]], (1024, 640)).tolist() == [[0, 0, 504, 504]]
    assert fusar.to_504([], (10, 10)).shape == (0, 4)
    with pytest.raises(InputError, match="size"):
        fusar.to_504([], (0, 10))


def test_closed_answers() -> None:
    said, listed = ["Ship", None, "sea ", "water"], [["ship", "vessel"], ["3"], ["sea"], ["Water"]]
    assert fusar.closed_answers(said, listed) == fusar.ClosedAnswers(accuracy=0.5, n=4, unanswered=1)
    assert fusar.closed_answers(said, listed, protocol="paper") == fusar.ClosedAnswers(2 / 3, n=3, unanswered=1)
    assert fusar.closed_answers([None], [["a"]], protocol="paper").accuracy is None
    assert fusar.closed_answer("", ["ship"]) is False
    with pytest.raises(InputError, match="answers"):
        fusar.closed_answer("ship", [])
    with pytest.raises(InputError, match="answers"):
        fusar.closed_answer("s", "ship")
    with pytest.raises(InputError, match="protocol"):
        fusar.closed_answers([], [], protocol="coco")
