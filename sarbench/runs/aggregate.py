"""From the answers to one task to its scores under the `strict` protocol.

Failed answers are left out first, and counted. What is scored, and which number is the headline, is written here once
for every kind of question; how a number gets its interval is `sarbench.runs.estimate`'s business.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from sarbench.answers.outcome import OUTCOMES
from sarbench.metrics import choice
from sarbench.metrics.rates import f1_from_counts, precision_from_counts, recall_from_counts
from sarbench.prompts import Family
from sarbench.runs import estimate
from sarbench.runs.estimate import Estimate
from sarbench.runs.protocol import IOU_THRESHOLDS
from sarbench.runs.record import Score, TaskScores

HEADLINE: dict[Family, str] = {
    "classification": "macro_f1",
    "description": "mention_f1",
    "counting": "exact",
    "grounding": "f1@0.5",
    "identification": "all_fields",
    "referring": "f1@0.5",
}
"""The one number of each kind of question."""

Line = Mapping[str, Any]
"""A line of the run record; `outcome`, `scores`, `target`, `parsed`, `image_id` and `id` are read."""

NO_SLICES: Mapping[str, Collection[str]] = MappingProxyType({})

Array = npt.NDArray[np.float64]


class Number(NamedTuple):
    """A named estimate and its unit."""

    metric: str
    estimate: Estimate
    unit: str = "fraction"
    higher_is_better: bool = True


def score_task(
    task: str, kind: Family, lines: Sequence[Line], *, slices: Mapping[str, Collection[str]] = NO_SLICES
) -> TaskScores:
    """Compute every score of a task from its lines of the run record.

    Args:
        task: Name of the task.
        kind: Its kind of question.
        lines: Its samples.
        slices: Name → ids of the samples that are scored once more by themselves.
    """
    counted = Counter(line["outcome"] for line in lines)
    parts = {name: [line for line in lines if line["id"] in ids] for name, ids in slices.items()}
    return TaskScores(
        task=task,
        samples=len(lines),
        outcomes={outcome: counted[outcome] for outcome in OUTCOMES},
        scores=tuple(
            score for name, part in ({"all": lines} | parts).items() for score in _scores(task, kind, part, name)
        ),
    )


def _scores(task: str, kind: Family, lines: Sequence[Line], slice_: str) -> Iterator[Score]:
    scored = [line for line in lines if line["outcome"] != "failed"]
    numbers = list(_NUMBERS[kind](scored)) if scored else [Number(HEADLINE[kind], estimate.NOTHING)]
    for number in numbers:
        yield Score(
            task=task,
            metric=number.metric,
            protocol="strict",
            slice=slice_,
            unit=number.unit,
            higher_is_better=number.higher_is_better,
            headline=number.metric == HEADLINE[kind],
            **number.estimate._asdict(),
        )


def _classification(lines: Sequence[Line]) -> Iterator[Number]:
    """Macro-F1 over the classes that occur in the truth or in an answer, as scikit-learn has it by default.

    An unread answer misses, but is no class of its own. A class that is only ever named wrongly counts as 0, or else
    naming all classes would be perfect on a split that holds one. Classes that a resample lacks are left out of it.
    """
    targets = [msgspec.json.decode(line["target"])["labels"] for line in lines]
    answers = [_labels(line) for line in lines]
    classes = sorted({label for labels in (*targets, *answers) for label in labels or ()})
    counts = choice.label_counts(answers, targets, labels=classes)

    def macro_f1(sums: Array) -> Array:
        per_class = sums.reshape(*sums.shape[:-1], len(classes), 3)
        occurs = per_class.sum(axis=-1) > 0
        total: Array = (choice.f1_per_label(per_class) * occurs).sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1)
        return total

    yield Number("macro_f1", estimate.ratio(counts.reshape(len(lines), -1), _images(lines), macro_f1))
    yield _mean("accuracy", lines, "exact")


def _description(lines: Sequence[Line]) -> Iterator[Number]:
    yield from _f1(lines, "mention_{}", "mention_{}")
    yield from _f1(lines, "category_{}", "category_{}")


def _counting(lines: Sequence[Line]) -> Iterator[Number]:
    yield _mean("exact", lines, "exact")
    yield _mean("within_1", lines, "within_1")
    read = [line for line in lines if "absolute_error" in line["scores"]]
    errors = estimate.mean([line["scores"]["absolute_error"] for line in read], _images(read), top=None)
    yield Number("mean_absolute_error", errors, unit="objects", higher_is_better=False)


def _identification(lines: Sequence[Line]) -> Iterator[Number]:
    for name in ("all_fields", "category", "size", "position"):
        yield _mean(name, lines, name)


def _grounding(lines: Sequence[Line]) -> Iterator[Number]:
    for threshold in reversed(IOU_THRESHOLDS):
        yield from _f1(lines, f"{{}}@{threshold}", f"{{}}@{threshold}")
    hits = f"tp@{IOU_THRESHOLDS[-1]}"
    having = [line for line in lines if line["scores"][hits]]
    matched = estimate.ratio(_columns(having, "iou_sum", hits), _images(having), _share, rate=False)
    yield Number("matched_iou", matched)


def _referring(lines: Sequence[Line]) -> Iterator[Number]:
    yield from _grounding(lines)
    for threshold in reversed(IOU_THRESHOLDS):
        yield _mean(f"single_hit@{threshold}", lines, f"hit@{threshold}")


_NUMBERS: dict[Family, Callable[[Sequence[Line]], Iterator[Number]]] = {
    "classification": _classification,
    "description": _description,
    "counting": _counting,
    "grounding": _grounding,
    "identification": _identification,
    "referring": _referring,
}


def _mean(metric: str, lines: Sequence[Line], key: str) -> Number:
    """The mean of a per-sample rate over the samples that have it."""
    having = [line for line in lines if key in line["scores"]]
    return Number(metric, estimate.mean([line["scores"][key] for line in having], _images(having)))


def _f1(lines: Sequence[Line], fact: str, metric: str) -> Iterator[Number]:
    """F1, precision and recall from sums; `fact` and `metric` are patterns of the names."""
    columns, images = _columns(lines, *(fact.format(part) for part in ("tp", "fp", "fn"))), _images(lines)
    for name, statistic in (("f1", _f1_of), ("precision", _precision_of), ("recall", _recall_of)):
        yield Number(metric.format(name), estimate.ratio(columns, images, statistic))


def _f1_of(sums: Array) -> Array:
    return f1_from_counts(sums[..., 0], sums[..., 1], sums[..., 2])


def _precision_of(sums: Array) -> Array:
    return precision_from_counts(sums[..., 0], sums[..., 1])


def _recall_of(sums: Array) -> Array:
    return recall_from_counts(sums[..., 0], sums[..., 2])


def _share(sums: Array) -> Array:
    """The first of two summed columns as a share of the second: [..., 2] → [...]; 0 of nothing is 0."""
    whole = sums[..., 1]
    share: Array = np.divide(sums[..., 0], whole, out=np.zeros_like(whole), where=whole > 0)
    return share


def _columns(lines: Sequence[Line], *keys: str) -> Array:
    return np.array([[line["scores"][key] for key in keys] for line in lines], dtype=np.float64)


def _images(lines: Sequence[Line]) -> list[str]:
    """What clusters: the image, or the sample itself where it has none."""
    return [line["image_id"] or line["id"] for line in lines]


def _labels(line: Line) -> list[str] | None:
    """The labels that count: only a clean answer's."""
    parsed = msgspec.json.decode(line["parsed"])
    return parsed["labels"] if parsed and line["outcome"] == "ok" else None
