"""Average precision against pycocotools, driven here through its own `loadRes`."""

import contextlib
import io
import sys

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sarbench.errors import InputError
from sarbench.metrics import average_precision as ap
from sarbench.metrics.average_precision import compiled, greedy
from sarbench.metrics.average_precision.ranking import rank
from sarbench.metrics.boxes import iou
from sarbench.metrics.unavailable import UnavailableError

NAMES = ("aircraft", "bridge", "car", "ship")


def _labelled(generator: np.random.Generator, n: int, classes: int) -> tuple[np.ndarray, list[str]]:
    # Quarters of a pixel are exact in xyxy and in xywh; many overlaps are equal, some boxes have no area.
    corner = generator.integers(0, 160, size=(n, 2)) / 4
    size = generator.integers(0, 80, size=(n, 2)) / 4
    return np.hstack([corner, corner + size]), [NAMES[code] for code in generator.integers(0, classes, n)]


def random_set(seed: int) -> tuple[list[ap.Scored], list[ap.Labelled]]:
    """Images of all kinds: empty ones, ones without truth, crowded ones, classes that are never true, tied scores."""
    generator = np.random.default_rng(seed)
    predictions, truths = [], []
    for _ in range(int(generator.integers(1, 12))):
        true, true_labels = _labelled(generator, int(generator.choice([0, 1, 3, 12])), int(generator.integers(1, 4)))
        near = true + generator.integers(-4, 5, size=true.shape) / 4
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2])
        extra, extra_labels = _labelled(generator, int(generator.choice([0, 2, 5, 130], p=[0.4, 0.3, 0.25, 0.05])), 4)
        boxes = np.vstack([near, extra]) if generator.random() < 0.9 else extra
        labels = (true_labels if len(boxes) > len(extra) else []) + extra_labels
        scores = generator.random(len(boxes))
        predictions.append(ap.Scored(boxes, labels, scores.round(1) if seed % 3 == 0 else scores))
        truths.append(ap.Labelled(true, true_labels))
    return predictions, truths


def coco_eval(predictions: list[ap.Scored], truths: list[ap.Labelled]) -> np.ndarray:
    """AP by threshold and class, −1 where a class has no truth; classes in the order of NAMES."""

    def rows(images: list, **more: object) -> list[dict]:
        found = []
        for number, image in enumerate(images, start=1):
            for index, (box, label) in enumerate(zip(np.asarray(image.boxes).tolist(), image.labels, strict=True)):
                xywh = [box[0], box[1], box[2] - box[0], box[3] - box[1]]
                row = {"image_id": number, "category_id": NAMES.index(label) + 1, "bbox": xywh, "id": len(found) + 1}
                score = {"score": float(image.scores[index])} if isinstance(image, ap.Scored) else {}
                found.append({**row, **score, "area": xywh[2] * xywh[3], "iscrowd": 0, **more})
        return found

    with contextlib.redirect_stdout(io.StringIO()):
        true = COCO()
        true.dataset = {
            "info": {},
            "images": [{"id": number} for number in range(1, len(truths) + 1)],
            "categories": [{"id": number} for number in range(1, len(NAMES) + 1)],
            "annotations": rows(truths),
        }
        true.createIndex()
        run = COCOeval(true, true.loadRes(rows(predictions)), "bbox")
        run.evaluate()
        run.accumulate()
    return run.eval["precision"][:, :, :, 0, 2].mean(axis=1)


def assert_same(found: ap.ApScores, table: np.ndarray) -> None:
    having = [code for code in range(len(NAMES)) if table[0, code] > -1]
    assert list(found.by_class) == [NAMES[code] for code in having]
    for code in having:
        np.testing.assert_allclose(found.by_class[NAMES[code]], table[:, code], rtol=0, atol=1e-12)
    assert found.ap == pytest.approx(table[:, having].mean(), abs=1e-12) if having else found.ap is None


@pytest.mark.parametrize("block", range(8))
def test_equal_to_cocoeval(block: int) -> None:
    compared = 0
    for seed in range(25 * block, 25 * block + 25):
        predictions, truths = random_set(seed)
        if not sum(len(image.labels) for image in predictions):
            continue
        table = coco_eval(predictions, truths)
        assert_same(ap.average_precision(predictions, truths), table)
        assert_same(ap.average_precision(predictions, truths, protocol="coco"), table)
        compared += 1
    assert compared >= 20


def test_two_hundred_detections_count_as_a_hundred() -> None:
    generator = np.random.default_rng(0)
    boxes, _ = _labelled(generator, 200, 1)
    scores = generator.random(200)
    truths = [ap.Labelled(boxes[:150], ["ship"] * 150)]
    predictions = [ap.Scored(boxes, ["ship"] * 200, scores)]
    found = ap.average_precision(predictions, truths)
    assert found.dropped == 100
    assert_same(found, coco_eval(predictions, truths))
    best = np.argsort(-scores)[:100]
    alone = ap.average_precision([ap.Scored(boxes[best], ["ship"] * 100, scores[best])], truths)
    assert alone.ap == pytest.approx(found.ap, abs=1e-12)


@pytest.mark.parametrize("protocol", ["strict", "coco"])
def test_corners(protocol: str) -> None:
    truth, nothing = ap.Labelled([[0, 0, 9, 9]], ["ship"]), ap.Labelled([], [])
    no_answer = ap.Scored([], [], [])
    empty = ap.average_precision([no_answer], [truth], protocol=protocol)
    assert (empty.ap, dict(empty.by_class), empty.tied) == (0, {"ship": (0.0,) * 10}, 0)
    without = ap.average_precision([ap.Scored([[0, 0, 9, 9]], ["car"], [0.5])], [nothing], protocol=protocol)
    assert (without.ap, without.by_class, without.without_truth) == (None, {}, ("car",))
    assert ap.average_precision([no_answer], [nothing], protocol=protocol).ap is None
    assert ap.average_precision([], [], protocol=protocol).ap is None
    first = ap.average_precision([ap.Scored([[0, 0, 9, 9]], ["ship"], [0.5])], [truth], protocol=protocol)
    assert first.ap == pytest.approx(1, abs=1e-12)  # the annotation with the lowest id is no miss
    assert first.at(0.5) == pytest.approx(1, abs=1e-12)


def test_the_mean_leaves_out_classes_without_truth() -> None:
    truth = ap.Labelled([[0, 0, 9, 9]], ["ship"])
    said = ap.Scored([[0, 0, 9, 9], [20, 20, 30, 30], [20, 20, 30, 30]], ["ship", "car", "car"], [0.5, 0.9, 0.8])
    found = ap.average_precision([said], [truth], thresholds=[0.5])
    assert found.ap == pytest.approx(1)
    assert found.without_truth == ("car",)


def test_thresholds_are_those_asked_for() -> None:
    predictions, truths = random_set(5)
    whole = ap.average_precision(predictions, truths)
    part = ap.average_precision(predictions, truths, thresholds=[0.5, 0.75])
    assert part.at(0.5) == whole.at(0.5)
    assert part.at(0.75) == whole.at(0.75)
    assert part.ap == pytest.approx((part.at(0.5) + part.at(0.75)) / 2)
    with pytest.raises(InputError, match=r"0\.6: was not asked for"):
        part.at(0.6)
    for bad in ([], [0.0], [1.5], [float("nan")]):
        with pytest.raises(InputError, match="thresholds"):
            ap.average_precision(predictions, truths, thresholds=bad)
    with pytest.raises(InputError, match="protocol"):
        ap.average_precision(predictions, truths, protocol="paper")


@pytest.mark.parametrize("protocol", ["strict", "coco"])
def test_constant_scores_are_refused(protocol: str) -> None:
    predictions, truths = random_set(1)
    flat = [ap.Scored(image.boxes, image.labels, [0.5] * len(image.labels)) for image in predictions]
    with pytest.raises(InputError, match="order of the files"):
        ap.average_precision(flat, truths, protocol=protocol)
    by_class = [ap.Scored(i.boxes, i.labels, [NAMES.index(label) for label in i.labels]) for i in predictions]
    with pytest.raises(InputError, match="tie_aware_ap50"):
        ap.average_precision(by_class, truths, protocol=protocol)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (ap.Scored([[0, 0, 1, 1]], ["a"], [float("nan")]), r"predictions\[1\]: has the score nan"),
        (ap.Scored([[0, 0, 1, 1]], ["a"], [0.1, 0.2]), r"predictions\[1\]: has 2 scores for 1 boxes"),
        (ap.Scored([[0, 0, 1, 1]], ["a"], [[0.1]]), "no flat lists"),
        (ap.Scored([[0, 0, 1, 1]], ["a", "b"], [0.1]), r"predictions\[1\]: has 2 labels for 1 boxes"),
        (ap.Scored([[0, 0, float("nan"), 1]], ["a"], [0.1]), r"predictions\[1\]: has the box \[0.0, 0.0, nan, 1.0\]"),
        (ap.Scored([[2, 0, 1, 1]], ["a"], [0.1]), r"predictions\[1\]: has the box"),
        (ap.Scored([[0, 0, 1]], ["a"], [0.1]), r"predictions\[1\]: has boxes that are no array"),
        (ap.Scored([0, 0, 1, 1], ["a"] * 4, [0.1] * 4), r"predictions\[1\]: has boxes that are no array"),
        (ap.Scored([[0, 0, 1, 1]], [None], [0.1]), "label None: is no class name"),
        (ap.Scored([[0, 0, 1, 1]] * 4, "ship", [0.1] * 4), r"predictions\[1\]: has a single text"),
    ],
)  # fmt: skip
def test_bad_detections_are_named(said: ap.Scored, message: str) -> None:
    good = ap.Scored([[0, 0, 1, 1]], ["a"], [0.3])
    with pytest.raises(InputError, match=message):
        ap.average_precision([good, said], [ap.Labelled([[0, 0, 1, 1]], ["a"])] * 2)
    with pytest.raises(InputError, match="2 for 1"):
        ap.average_precision([good, good], [ap.Labelled([], [])])


@pytest.mark.parametrize("column", ["boxes", "labels", "scores"])
def test_what_is_no_list_is_named(column: str) -> None:
    good = {"boxes": [[0, 0, 1, 1]], "labels": ["a"], "scores": [0.3]}
    with pytest.raises(InputError, match=rf"predictions\[1\]: has None for its {column}"):
        ap.average_precision([ap.Scored(**good), ap.Scored(**good | {column: None})], [ap.Labelled([], [])] * 2)


def test_an_unread_answer_finds_nothing_and_keeps_its_place() -> None:
    truths = [ap.Labelled([[0, 0, 9, 9]], ["ship"])] * 2
    said = ap.Scored([[0, 0, 9, 9]], ["ship"], [0.9])
    found = ap.average_precision([said, None], truths)
    assert found == ap.average_precision([said, ap.Scored([], [], [])], truths)
    assert found.ap == pytest.approx(51 / 101)
    assert ap.tie_aware_ap50([said, None], truths).counts == {"ship": (1, 0, 1)}


def test_tied_scores_are_counted() -> None:
    boxes, truths = [[0, 0, 9, 9], [20, 0, 29, 9]], [ap.Labelled([[0, 0, 9, 9]], ["ship"])] * 2
    said = [ap.Scored(boxes, ["ship", "car"], [0.9, 0.9]), ap.Scored(boxes, ["ship", "ship"], [0.9, 0.1])]
    assert ap.average_precision(said, truths).tied == 0.5
    assert ap.average_precision(said[:1], truths[:1]).tied == 0


def test_without_pycocotools_the_coco_protocol_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycocotools.coco", None)
    with pytest.raises(UnavailableError, match="pycocotools"):
        ap.average_precision(*random_set(1), protocol="coco")


@pytest.mark.slow
def test_the_compiled_loop_gives_the_same() -> None:
    pytest.importorskip("numba")
    for seed in range(60):
        predictions, truths = random_set(seed)
        ranked = rank(predictions, truths, ap.COCO_THRESHOLDS)
        line = ranked.line
        limits = greedy.lowered(ranked.thresholds)
        by_loop = compiled.hits(line.boxes, line.first, line.last, line.true, limits)
        assert np.array_equal(by_loop, greedy.hits_by_array(line, ranked.thresholds))


def test_the_loop_is_taken_from_many_pairs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    predictions, truths = random_set(8)
    expected = ap.average_precision(predictions, truths)
    monkeypatch.setattr(greedy, "JIT_FROM", 0)
    calls = []
    monkeypatch.setattr(compiled, "_compiled", lambda: calls.append(1) or compiled._choose)
    assert ap.average_precision(predictions, truths) == expected
    assert calls


def test_without_numba_arrays_do(monkeypatch: pytest.MonkeyPatch) -> None:
    predictions, truths = random_set(8)
    expected = ap.average_precision(predictions, truths)
    monkeypatch.setattr(greedy, "JIT_FROM", 0)
    monkeypatch.setitem(sys.modules, "numba", None)
    compiled._compiled.cache_clear()
    assert ap.average_precision(predictions, truths) == expected


def test_pairs_are_compared_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = [random_set(seed) for seed in range(20)]
    expected = [ap.average_precision(*one) for one in sets]
    for portion in (1, 7, 100):
        monkeypatch.setattr(greedy, "_PAIRS", portion)
        assert [ap.average_precision(*one) for one in sets] == expected


def test_weights_of_one_reproduce_the_value() -> None:
    for seed in (1, 2, 4, 5):
        predictions, truths = random_set(seed)
        found = ap.resampled_ap(predictions, truths, np.ones((2, len(truths))))
        np.testing.assert_allclose(found, ap.average_precision(predictions, truths).ap, rtol=0, atol=1e-12)


def test_whole_weights_are_repeated_images() -> None:
    generator = np.random.default_rng(9)
    for seed in (1, 2, 4, 5, 7, 8):
        predictions, truths = random_set(seed)
        weights = generator.integers(0, 4, size=(5, len(truths)))
        weights[:, int(np.argmax([len(image.labels) for image in truths]))] += 1
        found = ap.resampled_ap(predictions, truths, weights)
        for value, row in zip(found, weights, strict=True):
            drawn = np.repeat(np.arange(len(truths)), row).tolist()
            again = ap.average_precision([predictions[i] for i in drawn], [truths[i] for i in drawn])
            assert value == pytest.approx(again.ap, abs=1e-12)


def test_weights_are_checked() -> None:
    predictions, truths = random_set(2)
    for bad in (np.ones(len(truths)), np.ones((1, len(truths) + 1)), -np.ones((1, len(truths)))):
        with pytest.raises(InputError, match="weights"):
            ap.resampled_ap(predictions, truths, bad)
    with pytest.raises(InputError, match=r"weights\[0\]: draw no image"):
        ap.resampled_ap(predictions, truths, np.zeros((1, len(truths))))


def _apart(seed: int) -> tuple[list[ap.Labelled], list[ap.Labelled]]:
    """Boxes of which none is near to two others, and answers that find some of them and invent more."""
    generator = np.random.default_rng(seed)
    predictions, truths = [], []
    for _ in range(12):
        cells = generator.permutation(25)
        boxes = np.array([[cell % 5 * 50, cell // 5 * 50, cell % 5 * 50 + 30, cell // 5 * 50 + 30] for cell in cells])
        labels = [NAMES[code] for code in generator.integers(0, 3, 25)]
        true, found = int(generator.integers(0, 8)), int(generator.integers(0, 8))
        kept = [*range(min(found, true)), *range(20, 20 + int(generator.integers(0, 4)))]
        truths.append(ap.Labelled(boxes[:true], labels[:true]))
        predictions.append(ap.Labelled(boxes[kept] + 2, [labels[index] for index in kept]))
    return predictions, truths


def _false_ones_first(said: ap.Labelled, true: ap.Labelled) -> list[float]:
    scores = []
    for index, (box, label) in enumerate(zip(said.boxes, said.labels, strict=True)):
        near = [other for place, other in enumerate(true.labels) if iou([box], [true.boxes[place]]) >= 0.5]
        scores.append((0.2 if label in near else 0.9) + index / 1000)
    return scores


def test_tie_aware_is_the_worst_order_of_cocoeval() -> None:
    for seed in range(10):
        predictions, truths = _apart(seed)
        worst = [
            ap.Scored(said.boxes, said.labels, _false_ones_first(said, true))
            for said, true in zip(predictions, truths, strict=True)
        ]
        found = ap.tie_aware_ap50(predictions, truths)
        table = coco_eval(worst, truths)[0]
        for label, value in found.by_class.items():
            assert value == pytest.approx(table[NAMES.index(label)], abs=1e-12)
        assert found.value == pytest.approx(np.mean(list(found.by_class.values())))


def test_tie_aware_knows_no_order() -> None:
    generator = np.random.default_rng(0)
    predictions, truths = random_set(2)
    found = ap.tie_aware_ap50(predictions, truths)
    order = generator.permutation(len(truths))
    shuffled = []
    for index in order:
        image = predictions[index]
        places = generator.permutation(len(image.labels))
        shuffled.append(ap.Labelled(np.asarray(image.boxes)[places], [image.labels[place] for place in places]))
    assert ap.tie_aware_ap50(shuffled, [truths[index] for index in order]) == found


def test_tie_aware_corners() -> None:
    truth = ap.Labelled([[0, 0, 9, 9]], ["ship"])
    assert ap.tie_aware_ap50([ap.Labelled([], [])], [truth]).value == 0
    assert ap.tie_aware_ap50([truth], [truth]).value == 1
    only_said = ap.tie_aware_ap50([truth], [ap.Labelled([], [])])
    assert (only_said.value, only_said.counts) == (None, {"ship": (0, 1, 0)})


def test_tie_aware_scores_sums_of_any_shape() -> None:
    counts = np.arange(24).reshape(2, 4, 3)
    values = ap.tie_aware_ap_from_counts(counts[..., 0], counts[..., 1], counts[..., 2])
    assert values.shape == (2, 4)
    assert values[1, 2] == ap.tie_aware_ap_from_counts(*counts[1, 2])
    assert ap.tie_aware_ap_from_counts(3, 1, 7) == pytest.approx(0.75 * 31 / 101)
