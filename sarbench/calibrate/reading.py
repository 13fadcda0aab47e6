"""A set of answers read in one convention and held against true boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench import stats
from sarbench.answers.bulk import BoxAnswers, parse_boxes
from sarbench.coords import Size
from sarbench.questions import estimate, numbers
from sarbench.questions.score import score_answer

Array = npt.NDArray[np.float64]

_OVERLAP = ("iou_sum@0.25", "tp@0.25", "fp@0.25", "fn@0.25")
_HITS = ("tp@0.5", "fp@0.5", "fn@0.5")


@dataclass(frozen=True)
class Item:
    """One answer to a question for boxes whose truth is known."""

    image: str
    size: Size
    prediction: str
    boxes: tuple[tuple[float, float, float, float], ...]
    """True boxes, xyxy in native pixels."""


@dataclass(frozen=True)
class Reading:
    """What the answers are worth when their numbers are read in one convention."""

    answers: BoxAnswers
    overlap: estimate.Estimate
    """Mean IoU of pairs matched one to one, missed and extra boxes counting as pairs without overlap."""
    f1: float | None
    sums: Array
    """[images, 2] overlap, and pairs it is shared by; images in the order of their names."""
    in_range: int
    with_boxes: int

    @property
    def mean_iou(self) -> float | None:
        """The overlap as one number."""
        return self.overlap.value


def parsed(items: Sequence[Item], convention: str) -> BoxAnswers:
    """Read the boxes of all answers in one convention."""
    return parse_boxes([item.prediction for item in items], coords=convention, sizes=[item.size for item in items])


def scored(items: Sequence[Item], answers: BoxAnswers, convention: str) -> Reading:
    """Hold answers that were read in one convention against the true boxes; the class of a box does not count."""
    images = [item.image for item in items]
    names, codes = np.unique(images, return_inverse=True)
    facts, outcomes, found = [], [], 0
    for place, item in enumerate(items):
        target = {"boxes": [{"label": None, "xyxy": list(box), "position": None} for box in item.boxes]}
        read = answers.parsed(place)
        given = score_answer("referring", target, item.prediction, coords=convention, size=item.size, read=read)
        facts.append(given.scores)
        outcomes.append(given.outcome)
        found += read.value is not None and len(read.value) > 0
    columns = np.array([[fact.get(name, 0.0) for name in (*_OVERLAP, *_HITS)] for fact in facts], dtype=np.float64)
    shares = np.stack([columns[:, 0], columns[:, 1:4].sum(axis=1)], axis=1)
    sums = np.zeros((len(names), 2))
    np.add.at(sums, codes, shares)
    return Reading(
        answers=answers,
        overlap=estimate.ratio(shares, codes.astype(np.int64), numbers.share_of),
        f1=float(numbers.f1_of(columns[:, 4:].sum(axis=0))),
        sums=sums,
        in_range=outcomes.count("ok"),
        with_boxes=found,
    )


def p_of_no_difference(one: Array, other: Array) -> float | None:
    """Return the p-value of "the mean IoU is the same", in a permutation test over whole images [images, 2]."""
    return stats.paired_bootstrap(numbers.share_of, one, other).p
