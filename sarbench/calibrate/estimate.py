"""Which coordinate convention a set of answers is in: estimated once over all of them together, never for each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench import stats
from sarbench.answers.bulk import parse_boxes
from sarbench.calibrate.candidates import CANDIDATES, alike
from sarbench.coords import Size, parse_convention
from sarbench.errors import InputError
from sarbench.questions import estimate, numbers
from sarbench.questions.score import score_answer

LEAST_BOXES = 20
"""Fewer answers with boxes than this are never clear."""

LEVEL = 0.05
"""Chance of a wrong "clear" over all rivals together, where no convention is better than another."""

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
class Candidate:
    """What the answers are worth when their numbers are read in one convention."""

    convention: str
    mean_iou: float | None
    low: float | None
    high: float | None
    """95 % interval, clustered by image."""
    f1: float | None
    """F1 of boxes matched one to one at IoU 0.5."""
    in_range: int
    """Answers that hold boxes, none of which leaves the image or has no area."""
    alike: bool
    """Whether it reads these images as the chosen convention does."""
    p: float | None
    """P-value of "no better than this one" for the chosen convention, adjusted for the number of rivals (Holm)."""


@dataclass(frozen=True)
class Calibration:
    """The convention that fits a set of answers best."""

    convention: str
    clear: bool
    why: str
    """What makes it clear or not, as a sentence."""
    items: int
    images: int
    with_boxes: int
    """Answers in which boxes were found."""
    candidates: tuple[Candidate, ...]
    """Best first."""


def calibrate(items: Sequence[Item], *, candidates: Sequence[str] = CANDIDATES) -> Calibration:
    """Estimate the one convention of all answers from items with truth.

    Every candidate reads the same answers; the chosen one has the highest mean IoU of pairs matched one to one, missed
    and extra boxes counting as pairs without overlap. It is clear where it beats every candidate that reads these
    images otherwise, in a permutation test over whole images with Holm's correction.

    Args:
        items: Answers to training or validation items: that they are, the caller answers for.
        candidates: Names of conventions, the one preferred among equals first.

    Raises:
        InputError: There are no items, or no candidate.
        UnknownNameError: A candidate is no convention.
    """
    names = list(dict.fromkeys(parse_convention(name).name for name in candidates))
    if not items or not names:
        problem = "there is nothing to calibrate on" if names else "there is no convention to try"
        raise InputError(where="calibration", problem=problem, fix="Give answers to questions for boxes")
    readings = {name: _read(items, name) for name in names}
    order = sorted(names, key=lambda name: -(readings[name].mean_iou or 0.0))  # stable: the first among equals
    best, sizes = order[0], [item.size for item in items]
    same = {name: alike(best, name, sizes) for name in order}
    rivals = [name for name in order if not same[name]]
    tested = stats.holm([_beaten(readings[best], readings[name]) for name in rivals])
    p_values = dict(zip(rivals, tested, strict=True))
    with_boxes = readings[best].with_boxes
    clear, why = _verdict(best, readings[best].mean_iou, with_boxes, p_values)
    if twins := [name for name in order[1:] if same[name]]:
        why += f"; {', '.join(twins)} read these images nearly alike and are not told apart from it"
    return Calibration(
        convention=best,
        clear=clear,
        why=why,
        items=len(items),
        images=len({item.image for item in items}),
        with_boxes=with_boxes,
        candidates=tuple(readings[name].candidate(name, same=same[name], p=p_values.get(name)) for name in order),
    )


@dataclass(frozen=True)
class _Reading:
    overlap: estimate.Estimate
    f1: float | None
    sums: npt.NDArray[np.float64]
    """[images, 2] overlap, and pairs it is shared by."""
    in_range: int
    with_boxes: int

    @property
    def mean_iou(self) -> float | None:
        return self.overlap.value

    def candidate(self, name: str, *, same: bool, p: float | None) -> Candidate:
        overlap = self.overlap
        return Candidate(name, overlap.value, overlap.low, overlap.high, self.f1, self.in_range, same, p)


def _read(items: Sequence[Item], convention: str) -> _Reading:
    """Read and score all answers in one convention; the class of a box does not count."""
    images = [item.image for item in items]
    codes = np.unique(images, return_inverse=True)[1].astype(np.int64)
    answers = parse_boxes([item.prediction for item in items], coords=convention, sizes=[item.size for item in items])
    facts, outcomes, found = [], [], 0
    for place, item in enumerate(items):
        target = {"boxes": [{"label": None, "xyxy": list(box), "position": None} for box in item.boxes]}
        read = answers.parsed(place)
        scored = score_answer("referring", target, item.prediction, coords=convention, size=item.size, read=read)
        facts.append(scored.scores)
        outcomes.append(scored.outcome)
        found += read.value is not None and len(read.value) > 0
    columns = np.array([[fact.get(name, 0.0) for name in (*_OVERLAP, *_HITS)] for fact in facts], dtype=np.float64)
    shares = np.stack([columns[:, 0], columns[:, 1:4].sum(axis=1)], axis=1)
    return _Reading(
        overlap=estimate.ratio(shares, codes, numbers.share_of),
        f1=float(numbers.f1_of(columns[:, 4:].sum(axis=0))),
        sums=stats.sum_by_cluster(shares, images),
        in_range=outcomes.count("ok"),
        with_boxes=found,
    )


def _beaten(best: _Reading, other: _Reading) -> float | None:
    return stats.paired_bootstrap(numbers.share_of, best.sums, other.sums).p


def _verdict(best: str, mean_iou: float | None, with_boxes: int, p_values: dict[str, float | None]) -> tuple[bool, str]:
    if with_boxes < LEAST_BOXES:
        return False, f"only {with_boxes} answers hold boxes, {LEAST_BOXES} are needed"
    if not mean_iou:
        return False, "no answer hits a true box in any convention"
    close = [name for name, p in p_values.items() if p is None or p >= LEVEL]
    if close:
        return False, f"{best} is not clearly better than {', '.join(close)}"
    return True, f"{best} beats every candidate that reads these images otherwise"
