"""COCO's greedy matching of all images at once.

Within an image and a class the detections choose in order of their scores; each takes the free true box that it
overlaps most, the later one of equals, if that reaches the threshold (`evaluateImg` of pycocotools' cocoeval.py).
Images and classes do not touch each other, so the n-th choices of all of them are made together.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sarbench.metrics.average_precision import compiled
from sarbench.metrics.average_precision.detections import Codes, Flat
from sarbench.metrics.boxes.overlap import overlap
from sarbench.metrics.boxes.valid import Boxes

Hits = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

MAX_DETECTIONS = 100
"""Detections that count for an image and a class, the best first: `maxDets` of COCOeval."""

JIT_FROM = 8_000_000
"""Pairs of boxes from which a compiled loop pays: about two seconds in arrays, as long as numba takes to compile. Only
crowded images have so many; 100,000 images of five boxes have one million."""

_PAIRS = 4_000_000
"""Pairs of boxes that are compared at once."""


@dataclass(frozen=True)
class Queue:
    """The detections in the order in which they choose, and what they choose from."""

    boxes: Boxes
    """[D, 4], by class, image and falling score."""
    rank: Codes
    """[D]: how many detections of its image and class choose before it."""
    first: Codes
    """[D]: the first of the true boxes that it may take."""
    last: Codes
    """[D]: one behind the last of them."""
    true: Boxes
    """[M, 4], by class and image."""


def queue(detections: Flat, height: Codes, truths: Flat, images: int) -> tuple[Queue, Codes]:
    """Line up the detections.

    Args:
        detections: All of them.
        height: [N] place of each by falling score.
        truths: All true boxes.
        images: Number of images.

    Returns:
        The queue, and for each place in it the index of the detection; those beyond `MAX_DETECTIONS` are left out.
    """
    group = detections.label * images + detections.image
    order = np.argsort(group * max(len(height), 1) + height)
    groups = group[order]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    rank = np.arange(len(groups)) - np.repeat(starts, np.diff(starts, append=len(groups)))
    kept = rank < MAX_DETECTIONS
    if not kept.all():
        order, groups, rank = order[kept], groups[kept], rank[kept]
    true_order = by_label(truths.label)
    true_groups = (truths.label * images + truths.image)[true_order]
    first = np.searchsorted(true_groups, groups, side="left")
    last = np.searchsorted(true_groups, groups, side="right")
    return Queue(detections.boxes[order], rank, first, last, truths.boxes[true_order]), order


def by_label(labels: Codes) -> Codes:
    """Return the stable order by label; numpy sorts 16 bits in linear time."""
    small = len(labels) == 0 or int(labels.max()) < 2**16
    order: Codes = np.argsort(labels.astype(np.uint16) if small else labels, kind="stable")
    return order


def hits(line: Queue, thresholds: Floats) -> Hits:
    """Return which detections find a true box: [T, D].

    Compiled where that pays and numba is installed, in arrays otherwise; the same to the last bit.
    """
    if int((line.last - line.first).sum()) >= JIT_FROM:
        try:
            return compiled.hits(line.boxes, line.first, line.last, line.true, lowered(thresholds))
        except ImportError:
            pass
    return hits_by_array(line, thresholds)


def lowered(thresholds: Floats) -> Floats:
    """Return the thresholds as COCOeval compares them: just below 1 at most."""
    return np.minimum(thresholds, 1 - 1e-10)


def hits_by_array(line: Queue, thresholds: Floats) -> Hits:
    """Return which detections find a true box: [T, D].

    Most pairs stand alone, the only near one of both their boxes; the others are decided in rounds.
    """
    limits = lowered(thresholds)
    found = np.zeros((len(limits), len(line.boxes)), dtype=bool)
    detection, true, shared = _near(line, float(limits.min()))
    alone = (np.bincount(detection, minlength=1)[detection] == 1) & (np.bincount(true, minlength=1)[true] == 1)
    found[:, detection[alone]] = shared[alone] >= limits[:, None]
    _choose_in_rounds(line, limits, (detection[~alone], true[~alone], shared[~alone]), found)
    return found


def _choose_in_rounds(line: Queue, limits: Floats, pairs: tuple[Codes, Codes, Floats], found: Hits) -> None:
    """Fill `found` [T, D]: in each round the next detection of every image and class chooses, at every threshold."""
    detection, true, shared = pairs
    order = np.lexsort((shared, detection, line.rank[detection]))
    detection, true, shared = detection[order], true[order], shared[order]
    taken = np.zeros((len(limits), len(line.true)), dtype=bool)
    start = 0
    for end in (np.flatnonzero(np.diff(line.rank[detection], append=-1)) + 1).tolist():
        chooser, target = detection[start:end], true[start:end]
        level, place = np.nonzero((shared[start:end] >= limits[:, None]) & ~taken[:, target])
        # Of each detection's free boxes the last one is the nearest.
        best = np.ones(len(level), dtype=bool)
        best[:-1] = (level[1:] != level[:-1]) | (chooser[place[1:]] != chooser[place[:-1]])
        level, place = level[best], place[best]
        found[level, chooser[place]] = True
        taken[level, target[place]] = True
        start = end


def _near(line: Queue, least: float) -> tuple[Codes, Codes, Floats]:
    """Return the pairs that overlap by at least so much: detection, true box, overlap; by detection, then true box."""
    width = line.last - line.first
    upto = np.cumsum(width)
    cuts = np.searchsorted(upto, np.arange(0, int(upto[-1]) if len(upto) else 0, _PAIRS), side="left")
    bounds = [*np.unique(cuts).tolist(), len(width)]
    near = [_near_in(line, start, stop, least) for start, stop in pairwise(bounds)]
    parts = near or [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))]
    detection, true, shared = (np.concatenate(column) for column in zip(*parts, strict=True))
    return detection, true, shared


def _near_in(line: Queue, start: int, stop: int, least: float) -> tuple[Codes, Codes, Floats]:
    width = line.last[start:stop] - line.first[start:stop]
    detection = np.repeat(np.arange(start, stop), width)
    offset = np.repeat(line.first[start:stop] - (np.cumsum(width) - width), width)
    true = offset + np.arange(len(detection))
    shared = overlap(line.boxes[detection], line.true[true])
    kept = shared >= least
    return detection[kept], true[kept], shared[kept]
