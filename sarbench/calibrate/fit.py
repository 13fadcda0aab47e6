"""Whether the best of the conventions that were tried fits at all, however badly a model sees.

The best of several wrong conventions beats the others as clearly as the right one would, and no least overlap tells
them apart: a weak model has little in its own convention too. So two questions are asked of the best one instead.

- Does it say where things are? The same answers given to other images have to overlap less.
- Is it the right scale? The same numbers, multiplied by the factor that fits them best, must not overlap more. A model
  that sees little is wrong to both sides of the truth and gains nothing by a factor; one that speaks the pixels of a
  resized image gains all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sarbench.calibrate.candidates import stretched_alike
from sarbench.calibrate.reading import Array, Item, Reading, p_of_no_difference, scored
from sarbench.metrics.boxes import iou
from sarbench.questions import numbers

_SHIFTS = 5
"""Other images that each image's answers are given to."""

_LEAST_PAIRS = 10
"""Boxes of one image size from which on it has a factor of its own: a resize differs from size to size."""

Factor = tuple[float, float]


@dataclass(frozen=True)
class Fit:
    """What is known of the best convention apart from its rivals."""

    chance: float | None
    """Mean IoU of the same answers given to other images; None with fewer than two images."""
    p_chance: float | None
    """P-value of "no better than that"."""
    stretch: Factor | None
    """What its numbers are to be multiplied by, across and down; None where that changes little or no box is found."""
    stretched: float | None
    """Mean IoU after that."""
    p_stretch: float | None
    """P-value of "no better for it"."""


def fit(items: Sequence[Item], best: Reading, convention: str) -> Fit:
    """Look at how the best convention fits; nothing in it is drawn at random but the permutations of the tests."""
    chance, p_chance = _of_chance(items, best, convention)
    found, sums = _stretched(items, best, convention)
    if found is None or sums is None:
        return Fit(chance, p_chance, None, None, None)
    stretched = float(numbers.share_of(sums.sum(axis=0)))
    return Fit(chance, p_chance, found, stretched, p_of_no_difference(sums, best.sums))


def _of_chance(items: Sequence[Item], best: Reading, convention: str) -> tuple[float | None, float | None]:
    """Give the answers of each image to others, evenly far away in the order of names; the truth is moved instead."""
    images = sorted({item.image for item in items})
    if len(images) < 2:
        return None, None
    places: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(item.image, []).append(place)
    steps = sorted({max(1, round(len(images) * step / (_SHIFTS + 1))) for step in range(1, _SHIFTS + 1)})
    sums = np.zeros_like(best.sums)
    for step in steps:
        moved = list(items)
        for number, image in enumerate(images):
            others = places[images[(number + step) % len(images)]]
            for turn, place in enumerate(places[image]):
                moved[place] = _with_truth_of(items[place], items[others[turn % len(others)]])
        sums += scored(moved, best.answers, convention).sums
    return float(numbers.share_of(sums.sum(axis=0))), p_of_no_difference(best.sums, sums / len(steps))


def _with_truth_of(item: Item, other: Item) -> Item:
    """Move the true boxes of another item to the same place of this item's image."""
    scale = (item.size[0] / other.size[0], item.size[1] / other.size[1])
    return _multiplied(replace(item, boxes=other.boxes), scale)


def _multiplied(item: Item, by: Factor) -> Item:
    scale = (*by, *by)
    boxes = tuple((x1 * scale[0], y1 * scale[1], x2 * scale[2], y2 * scale[3]) for x1, y1, x2, y2 in item.boxes)
    return replace(item, boxes=boxes)


def _stretched(items: Sequence[Item], best: Reading, convention: str) -> tuple[Factor | None, Array | None]:
    """Find the factors on one half of the images and try them on the other, both ways: none is tried where it was made.

    To multiply what was read is to divide the truth, for overlap does not mind the scale of an axis.
    """
    ratios = _ratios(items, best)
    halves = {image: number % 2 for number, image in enumerate(sorted({item.image for item in items}))}
    overall = _median([ratios[place] for place in range(len(items))])
    if overall is None:
        return None, None
    moved, useful = list(items), False
    for half in (0, 1):
        learnt = [place for place, item in enumerate(items) if halves[item.image] != half]
        common = _median([ratios[place] for place in learnt])
        by_size = {
            size: _median([ratios[place] for place in learnt if items[place].size == size])
            for size in {item.size for item in items}
            if sum(len(ratios[place]) for place in learnt if items[place].size == size) >= _LEAST_PAIRS
        }
        for place, item in enumerate(items):
            factor = by_size.get(item.size) or common
            if halves[item.image] == half and factor is not None and not stretched_alike(factor):
                moved[place], useful = _multiplied(item, (1 / factor[0], 1 / factor[1])), True
    return (overall, scored(moved, best.answers, convention).sums) if useful else (None, None)


def _ratios(items: Sequence[Item], best: Reading) -> list[Array]:
    """Return for each item [pairs, 4], true edges over read ones: of the only box, or of boxes that overlap."""
    found: list[Array] = []
    for place, item in enumerate(items):
        read = best.answers.values[best.answers.offsets[place] : best.answers.offsets[place + 1]]
        true = np.array(item.boxes, dtype=np.float64).reshape(-1, 4)
        if not (len(read) == 1 == len(true)) and len(read) and len(true):
            overlaps = iou(true, read)
            true, read = true[overlaps.max(axis=1) > 0], read[overlaps.argmax(axis=1)[overlaps.max(axis=1) > 0]]
        elif not (len(read) and len(true)):
            true = read = np.empty((0, 4))
        with np.errstate(divide="ignore", invalid="ignore"):
            found.append(np.where(read > 0, true / read, np.nan))
    return found


def _median(ratios: Sequence[Array]) -> Factor | None:
    """Return the factor across and down; noise to both sides leaves it at 1."""
    pairs = np.concatenate(ratios) if ratios else np.empty((0, 4))
    across, down = pairs[:, [0, 2]], pairs[:, [1, 3]]
    if not (np.isfinite(across).any() and np.isfinite(down).any()):
        return None
    factor = (float(np.nanmedian(across)), float(np.nanmedian(down)))
    return factor if min(factor) > 0 else None
