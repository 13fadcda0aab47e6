"""Overlaps against pycocotools, matching against every assignment there is."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask
from scipy.optimize import linear_sum_assignment

from sarbench.errors import InputError
from sarbench.metrics import boxes

edges = st.integers(0, 12)
small_boxes = st.lists(
    st.tuples(edges, edges, st.integers(1, 8), st.integers(1, 8)).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])),
    max_size=5,
)


def _random_boxes(generator: np.random.Generator, n: int) -> np.ndarray:
    corner = generator.uniform(0, 500, size=(n, 2))
    return np.hstack([corner, corner + generator.uniform(0.5, 200, size=(n, 2))])


def _xywh(xyxy: np.ndarray) -> np.ndarray:
    return np.hstack([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]])


def test_iou_agrees_with_pycocotools() -> None:
    generator = np.random.default_rng(0)
    first, second = _random_boxes(generator, 300), _random_boxes(generator, 200)
    expected = mask.iou(_xywh(first), _xywh(second), [0] * 200)
    np.testing.assert_allclose(boxes.iou(first, second), expected, rtol=0, atol=1e-12)


def test_iou_agrees_with_pycocotools_on_real_ships(real_data: Path) -> None:
    annotations = json.loads((real_data / "hrsid/annotations/test2017.json").read_text())["annotations"]
    xywh = np.array([annotation["bbox"] for annotation in annotations])
    xyxy = np.hstack([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]])
    moved = xyxy + np.array([3.0, 2.0, 5.0, 1.0])
    expected = mask.iou(_xywh(moved), xywh, [0] * len(xywh))
    np.testing.assert_allclose(boxes.iou(moved, xyxy), expected, rtol=0, atol=1e-12)


def test_right_and_bottom_edges_are_exclusive() -> None:
    assert boxes.iou([[0, 0, 10, 10]], [[10, 0, 20, 10]]) == 0
    assert boxes.iou([[0, 0, 10, 10]], [[0, 0, 5, 10]]) == 0.5


def test_boxes_without_area_overlap_nothing() -> None:
    assert boxes.iou([[5, 5, 5, 5]], [[5, 5, 5, 5], [0, 0, 9, 9]]).tolist() == [[0, 0]]


@pytest.mark.parametrize("bad", [[0, 0, float("nan"), 4], [0, 0, float("inf"), 4], [5, 0, 4, 4], [0, 5, 4, 4]])
def test_bad_boxes_are_refused(bad: list[float]) -> None:
    with pytest.raises(InputError, match=r"a\[1\]"):
        boxes.iou([[0, 0, 1, 1], bad], [[0, 0, 1, 1]])


def test_shapes_and_thresholds_are_checked() -> None:
    with pytest.raises(InputError, match="shape"):
        boxes.iou([[0, 0, 1]], [])
    for threshold in (0, 1.5, float("nan")):
        with pytest.raises(InputError, match="threshold"):
            boxes.match([], [], iou=threshold)
    with pytest.raises(InputError, match="are 1 predicted and 0 true for 0 and 0 boxes"):
        boxes.match([], [], predicted_labels=["ship"], true_labels=[])


def _best_by_trying(overlaps: np.ndarray, threshold: float) -> tuple[int, float]:
    """Try every injection of the shorter side into the longer one."""
    if overlaps.shape[0] > overlaps.shape[1]:
        overlaps = overlaps.T
    best = (0, 0.0)
    for columns in itertools.permutations(range(overlaps.shape[1]), overlaps.shape[0]):
        kept = [overlaps[row, column] for row, column in enumerate(columns) if overlaps[row, column] >= threshold]
        best = max(best, (len(kept), round(sum(kept), 9)))
    return best


@settings(max_examples=150, deadline=None)
@given(small_boxes, small_boxes, st.sampled_from([0.1, 0.25, 0.5]))
def test_matching_is_the_best_of_all(predicted: list, true: list, threshold: float) -> None:
    found = boxes.match(predicted, true, iou=threshold)
    count, total = _best_by_trying(boxes.iou(predicted, true), threshold)
    assert (found.tp, found.fp, found.fn) == (count, len(predicted) - count, len(true) - count)
    assert (found.mean_iou or 0) * count == pytest.approx(total, abs=1e-6)
    assert len({p for p, _ in found.pairs}) == len({t for _, t in found.pairs}) == count


def test_the_number_of_pairs_comes_before_the_overlap() -> None:
    true = [[0, 0, 10, 10], [0, 0, 10, 20]]
    predicted = [[0, 0, 10, 20], [0, 0, 10, 40]]
    overlaps = boxes.iou(predicted, true)
    assert overlaps.tolist() == [[0.5, 1.0], [0.25, 0.5]]
    found = boxes.match(predicted, true)
    assert found.pairs == ((0, 0), (1, 1))
    assert (found.tp, found.mean_iou) == (2, 0.5)
    rows, columns = linear_sum_assignment(np.where(overlaps >= 0.5, overlaps, 0), maximize=True)
    assert overlaps[rows, columns].sum() <= 1.25


def test_classes_separate_boxes() -> None:
    place = [[0, 0, 10, 10]]
    assert boxes.match(place, place, predicted_labels=["ship"], true_labels=["car"]).tp == 0
    assert boxes.match(place, place, predicted_labels=["car"], true_labels=["car"]).tp == 1
    assert boxes.match(place, place, predicted_labels=[None], true_labels=["car"]).tp == 1
    assert boxes.match(place, place, predicted_labels=None, true_labels=["car"]).tp == 1


def test_the_threshold_is_inclusive() -> None:
    assert boxes.match([[0, 0, 10, 20]], [[0, 0, 10, 10]], iou=0.5).tp == 1
    assert boxes.match([[0, 0, 10, 20]], [[0, 0, 10, 10]], iou=0.50001).tp == 0


def test_nothing_against_something() -> None:
    assert boxes.match([], []) == boxes.Match(0, 0, 0, (), None)
    assert boxes.match([], [[0, 0, 1, 1]]) == boxes.Match(0, 0, 1, (), None)
    assert boxes.match([[0, 0, 1, 1]], []) == boxes.Match(0, 1, 0, (), None)


def _f1(found: boxes.Match) -> float:
    return float(boxes.f1_from_counts(found.tp, found.fp, found.fn))


def test_a_hundred_guesses_score_no_better_than_one_right_box() -> None:
    generator = np.random.default_rng(1)
    for _ in range(50):
        truth = _random_boxes(generator, 1)
        guesses = _random_boxes(generator, 100)
        one = _f1(boxes.match(truth, truth))
        many = _f1(boxes.match(guesses, truth))
        lucky = _f1(boxes.match(np.vstack([guesses, truth]), truth))
        assert one == 1.0
        assert max(many, lucky) <= 2 / 101


def test_repeating_a_right_box_costs_precision() -> None:
    found = boxes.match([[0, 0, 10, 10]] * 5, [[0, 0, 10, 10]])
    assert (found.tp, found.fp, found.fn) == (1, 4, 0)


def test_the_order_of_boxes_does_not_matter() -> None:
    generator = np.random.default_rng(2)
    true = _random_boxes(generator, 20)
    predicted = true + generator.normal(0, 8, size=true.shape)
    predicted = predicted[(predicted[:, 2] > predicted[:, 0]) & (predicted[:, 3] > predicted[:, 1])]
    shuffled = generator.permutation(len(predicted))
    first, second = boxes.match(predicted, true), boxes.match(predicted[shuffled], true[::-1])
    assert (first.tp, first.fp, first.fn) == (second.tp, second.fp, second.fn)
    assert first.mean_iou == pytest.approx(second.mean_iou)
