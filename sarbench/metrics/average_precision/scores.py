"""Average precision over a set of images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from sarbench.errors import InputError
from sarbench.metrics._numeric import is_number
from sarbench.metrics.average_precision.coco import coco_table
from sarbench.metrics.average_precision.curve import ap_table
from sarbench.metrics.average_precision.detections import Labelled, Scored
from sarbench.metrics.average_precision.ranking import COCO_THRESHOLDS, rank

Protocol = Literal["strict", "coco"]


@dataclass(frozen=True)
class ApScores:
    """Average precision: fractions in 0..1, higher is better."""

    ap: float | None
    """Mean over thresholds and over the classes that have a true box; None where no image has one."""
    thresholds: tuple[float, ...]
    by_class: Mapping[str, tuple[float, ...]]
    """Class that has a true box → one value a threshold."""
    without_truth: tuple[str, ...]
    """Classes that were only ever predicted. COCO gives them −1 and leaves them out of the mean: naming a class that
    the set does not hold costs nothing here, whereas F1 charges for it."""
    tied: float
    """Share of detections whose score another one of their class has too. Between those the order of images and
    answers decides, as in COCOeval; 0 means that it decides nothing."""
    dropped: int
    """Detections beyond the best 100 of an image and class, which do not count."""

    def at(self, threshold: float) -> float | None:
        """Return the mean over classes at one of the thresholds, e.g. AP50 = `at(0.5)`."""
        asked = threshold if is_number(threshold) else float("nan")
        place = next((i for i, known in enumerate(self.thresholds) if abs(known - asked) < 1e-9), None)
        if place is None:
            raise InputError(
                where=f"threshold {threshold!r}",
                problem=f"was not asked for among {', '.join(f'{known:g}' for known in self.thresholds)}",
                fix="Name it in thresholds",
            )
        values = [row[place] for row in self.by_class.values()]
        return float(np.mean(values)) if values else None


def average_precision(
    predictions: Sequence[Scored | None],
    truths: Sequence[Labelled],
    *,
    thresholds: Sequence[float] = COCO_THRESHOLDS,
    protocol: Protocol = "strict",
) -> ApScores:
    """Return the average precision of detections with scores, by COCO's definition.

    Greedy matching by score within image and class, 101 recall points, at most 100 detections an image and class, mean
    over the classes with truth (Lin et al., arXiv 1405.0312; pycocotools' cocoeval.py, area range "all", no crowd).
    `strict` is sarbench's own kernel, equal to COCOeval but for two corners: it takes xyxy as it is, where COCOeval's
    xywh can round an overlap across a threshold, and it counts an unmatched box of more than 10^10 pixels as wrong,
    where COCOeval ignores it. `coco` is pycocotools itself.

    Ties: the sort is stable, so among detections of one class with equal scores the order of the images, and of the
    boxes in an answer, decides. `ApScores.tied` says how many there are. Where every score is the same the number is a
    matter of file order alone (0.47 to 0.63 for one set of 50 images), so constant scores are refused.

    Args:
        predictions: The detections of each image; None where the answer could not be read, which finds nothing.
        truths: The true boxes of each image, in the same order; an image without any is given with empty boxes.
        thresholds: Least overlaps, each in 0 < t ≤ 1.
        protocol: `strict` or `coco`.

    Raises:
        InputError: Lists of different length, bad boxes, scores that are NaN or the same for all detections of every
            class, a bad threshold or protocol.
        UnavailableError: `coco` without pycocotools.

    >>> found = average_precision(
    ...     [Scored([[0, 0, 4, 4], [5, 5, 9, 9]], ["ship", "ship"], [0.9, 0.4])],
    ...     [Labelled([[5, 5, 9, 9]], ["ship"])],
    ...     thresholds=[0.5],
    ... )
    >>> round(found.ap, 12), found.by_class.keys()
    (0.5, dict_keys(['ship']))
    """
    if not isinstance(protocol, str) or protocol not in get_args(Protocol):
        raise InputError(where=f"protocol {protocol!r}", problem="is unknown", fix='Give "strict" or "coco"')
    ranked = rank(predictions, truths, thresholds)
    if protocol == "coco":
        table = coco_table(ranked.detections, ranked.scores, ranked.truths, ranked.images, ranked.thresholds)
    else:
        table = ap_table(ranked, ranked.hits())
    positives = ranked.positives()
    by_class = {label: tuple(table[:, code].tolist()) for code, label in enumerate(ranked.classes) if positives[code]}
    return ApScores(
        ap=float(np.mean(list(by_class.values()))) if by_class else None,
        thresholds=tuple(ranked.thresholds.tolist()),
        by_class=by_class,
        without_truth=tuple(label for code, label in enumerate(ranked.classes) if not positives[code]),
        tied=ranked.tied,
        dropped=len(ranked.scores) - len(ranked.order),
    )
