"""Overlaps against pycocotools, matching against every assignment there is."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pycocotools import mask
from scipy.optimize import linear_sum_assignment

from sarbench.coords import CONVENTIONS, from_pixels, to_pixels
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


def _pixels(box: tuple[int, int, int, int]) -> set[tuple[int, int]]:
    """The pixels of a box whose last row and column belong to it."""
    return {(x, y) for x in range(box[0], box[2] + 1) for y in range(box[1], box[3] + 1)}


@settings(max_examples=100, deadline=None)
@given(small_boxes, small_boxes)
def test_inclusive_edges_count_pixels(first: list, second: list) -> None:
    found = boxes.iou(first, second, edges="inclusive")
    for row, a in enumerate(first):
        for column, b in enumerate(second):
            shared, union = _pixels(a) & _pixels(b), _pixels(a) | _pixels(b)
            assert found[row, column] == pytest.approx(len(shared) / len(union), abs=1e-12)


def test_paired_overlaps_are_the_diagonal() -> None:
    generator = np.random.default_rng(3)
    first, second = _random_boxes(generator, 40), _random_boxes(generator, 40)
    for edges_are in ("exclusive", "inclusive"):
        table = boxes.iou(first, second, edges=edges_are)
        assert np.array_equal(boxes.paired_iou(first, second, edges=edges_are), table.diagonal())
    with pytest.raises(InputError, match="40 and 39"):
        boxes.paired_iou(first, second[1:])
    with pytest.raises(InputError, match="edges"):
        boxes.iou(first, second, edges="half-open")


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


def _by_solver(
    predicted: list, true: list, threshold: float, said: list | None, meant: list | None
) -> tuple[tuple[int, int], ...]:
    """The pairs that scipy's solver gives on the whole table."""
    overlaps = boxes.iou(predicted, true)
    allowed = overlaps >= threshold
    if said is not None and meant is not None:
        allowed &= np.array([[p == t for t in meant] for p in said], dtype=bool).reshape(overlaps.shape)
    worth = np.where(allowed, overlaps + (min(overlaps.shape) + 1), 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return tuple((row, column) for row, column in zip(rows, columns, strict=True) if allowed[row, column])


@settings(max_examples=400, deadline=None)
@given(small_boxes, small_boxes, st.booleans(), st.randoms(use_true_random=False))
def test_shortcuts_give_what_the_solver_gives(predicted: list, true: list, labelled: bool, draw) -> None:  # type: ignore[no-untyped-def]
    said = [draw.choice("ab") for _ in predicted] if labelled else None
    meant = [draw.choice("ab") for _ in true] if labelled else None
    found = boxes.match_at(predicted, true, thresholds=(0.1, 0.5), predicted_labels=said, true_labels=meant)
    for threshold, one in found.items():
        assert one.pairs == _by_solver(predicted, true, threshold, said, meant)
        assert one == boxes.match(predicted, true, iou=threshold, predicted_labels=said, true_labels=meant)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (6, 6)])
def test_shortcuts_with_equal_overlaps(shape: tuple[int, int]) -> None:
    predicted, true = [[0, 0, 4, 4]] * shape[0], [[0, 0, 4, 4], [0, 0, 4, 4]] * 4
    true = true[: shape[1]]
    assert boxes.match(predicted, true).pairs == _by_solver(predicted, true, 0.5, None, None)


def test_several_thresholds_need_one_of_each() -> None:
    found = boxes.match_at([[0, 0, 10, 10]], [[0, 0, 10, 3]], thresholds=[0.25, 0.5])
    assert {threshold: one.tp for threshold, one in found.items()} == {0.25: 1, 0.5: 0}
    with pytest.raises(InputError, match="threshold"):
        boxes.match_at([], [], thresholds=[0.5, 0.0])


def test_missed_targets_do_not_lower_the_mean_of_the_pairs() -> None:
    found = boxes.match([[0, 0, 10, 8], [90, 90, 99, 99]], [[0, 0, 10, 10], [30, 30, 40, 40]])
    assert found.mean_iou == pytest.approx(0.8)
    assert (found.fp, found.iou_sum) == (1, pytest.approx(0.8))
    assert boxes.match([], [[0, 0, 1, 1]]).mean_iou is None


@pytest.mark.parametrize(
    "convention", [name.replace("factor,min_pixels,max_pixels", "28,200704,1605632") for name in CONVENTIONS]
)
def test_perfect_boxes_are_perfect_in_every_convention(convention: str) -> None:
    size = (613, 407)
    true = _random_boxes(np.random.default_rng(4), 12) * 0.5
    said = to_pixels(from_pixels(true, convention, size), convention, size)
    found = boxes.match(said, true, iou=0.999999)
    assert _f1(found) == 1.0
    assert found.pairs == tuple((index, index) for index in range(12))
    assert found.mean_iou == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("targets", [1, 3, 20])
def test_a_hundred_guesses_are_bounded_by_their_number(targets: int) -> None:
    for seed in range(40):
        generator = np.random.default_rng(seed)
        found = boxes.match(_random_boxes(generator, 100), _random_boxes(generator, targets))
        assert _f1(found) <= 2 * targets / (100 + targets)


def test_a_hundred_guesses_expect_no_more_than_one() -> None:
    """Where one guess hits more often than two in 101, ninety-nine more of them lower the expected score."""

    def guesses(generator: np.random.Generator, n: int) -> np.ndarray:
        corner = generator.uniform(0, 200, size=(n, 2))
        return np.hstack([corner, corner + generator.uniform(200, 312, size=(n, 2))])

    one, many, one_acc, many_acc = [], [], [], []
    for seed in range(300):
        generator = np.random.default_rng(seed)
        truth = guesses(generator, 1)
        few, all_of_them = (boxes.match(guesses(generator, n), truth) for n in (1, 100))
        one.append(_f1(few))
        many.append(_f1(all_of_them))
        one_acc.append(float(boxes.jaccard_from_counts(few.tp, few.fp, few.fn)))
        many_acc.append(float(boxes.jaccard_from_counts(all_of_them.tp, all_of_them.fp, all_of_them.fn)))
    assert np.mean(many) <= 2 / 101 < np.mean(one)
    assert np.mean(many_acc) <= 1 / 100 < np.mean(one_acc)


@settings(max_examples=200, deadline=None)
@given(small_boxes, small_boxes, st.sampled_from([0.25, 0.5, 0.75]))
def test_many_guesses_are_worth_no_more_than_one_of_them(guesses: list, true: list, iou: float) -> None:  # type: ignore[type-arg]
    """Guesses in any order, one of which could have been given alone, against one target.

    Precision, Jaccard, mean IoU and the first box's hit are worth no more than those of one guess taken at random. F1
    weighs recall as much as precision, so that a hit among n guesses is worth 2 / (n + 1) and not 1 / n: less than one
    right box by far, and at most twice a single guess that would hardly ever have hit.
    """
    assume(guesses and true)
    target = true[:1]
    all_of_them = boxes.match(guesses, target, iou=iou)
    alone = [boxes.match([guess], target, iou=iou) for guess in guesses]
    n, hits = len(guesses), sum(found.tp for found in alone)
    assert all_of_them.tp / n <= hits / n
    assert (all_of_them.mean_iou or 0.0) * all_of_them.tp / n <= sum(
        (a.mean_iou or 0.0) * a.tp for a in alone
    ) / n + 1e-9
    first = [boxes.hit_rate(boxes.first_box_ious([guesses[k:] + guesses[:k]], target), iou=iou) for k in range(n)]
    assert sum(first) == hits
    assert _f1(all_of_them) <= min(2 * hits / n, 2 / (n + 1)) + 1e-12
    jaccard = float(boxes.jaccard_from_counts(all_of_them.tp, all_of_them.fp, all_of_them.fn))
    assert jaccard <= min(hits / n, 1 / n) + 1e-12


@settings(max_examples=50, deadline=None)
@given(small_boxes, small_boxes, st.randoms(use_true_random=False))
def test_no_order_of_boxes_matters(predicted: list, true: list, draw) -> None:  # type: ignore[no-untyped-def]
    found = boxes.match(predicted, true, iou=0.3)
    draw.shuffle(predicted)
    draw.shuffle(true)
    again = boxes.match(predicted, true, iou=0.3)
    assert (found.tp, found.fp, found.fn) == (again.tp, again.fp, again.fn)
    assert found.mean_iou == pytest.approx(again.mean_iou, abs=1e-12)


def test_the_first_box_decides_a_single_target() -> None:
    true = [[0, 0, 10, 10]] * 4
    said = [[[0, 0, 10, 6], [0, 0, 10, 10]], [], None, [[50, 50, 60, 60], [0, 0, 10, 10]]]
    found = boxes.first_box_ious(said, true)
    assert found.tolist() == [0.6, 0, 0, 0]
    assert (boxes.hit_rate(found), boxes.hit_rate(found, iou=0.7)) == (0.25, 0)
    assert boxes.first_box_ious([None], [[0, 0, 0, 0]], edges="inclusive").tolist() == [0]
    assert boxes.hit_rate(boxes.first_box_ious([], [])) is None


def test_single_targets_refuse_bad_input() -> None:
    with pytest.raises(InputError, match=r"predicted\[1\]"):
        boxes.first_box_ious([None, [[0, 0, float("nan"), 1]]], [[0, 0, 1, 1]] * 2)
    with pytest.raises(InputError, match=r"predicted\[0\].*shape"):
        boxes.first_box_ious([[0, 0, 1, 1]], [[0, 0, 1, 1]])
    with pytest.raises(InputError, match="2 for 1"):
        boxes.first_box_ious([None, None], [[0, 0, 1, 1]])
    with pytest.raises(InputError, match="are not all in"):
        boxes.hit_rate([float("nan")])
    with pytest.raises(InputError, match="threshold"):
        boxes.hit_rate([0.5], iou=0)


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
