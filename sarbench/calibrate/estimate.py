"""Which coordinate convention a set of answers is in: estimated once over all of them together, never for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sarbench import stats
from sarbench.calibrate.candidates import CANDIDATES, alike
from sarbench.calibrate.fit import Fit, fit
from sarbench.calibrate.reading import Item, Reading, p_of_no_difference, parsed, scored
from sarbench.coords import parse_convention
from sarbench.errors import InputError

LEAST_BOXES = 20
"""Fewer answers with boxes than this are never clear."""

LEVEL = 0.05
"""Chance of a wrong "clear" over all rivals together, where no convention is better than another."""


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
    fit: Fit
    """How the best one fits, whatever its rivals do."""
    candidates: tuple[Candidate, ...]
    """Best first."""


def calibrate(items: Sequence[Item], *, candidates: Sequence[str] = CANDIDATES) -> Calibration:
    """Estimate the one convention of all answers from items with truth.

    Every candidate reads the same answers; the chosen one has the highest mean IoU of pairs matched one to one, missed
    and extra boxes counting as pairs without overlap. It is clear where it beats every candidate that reads these
    images otherwise, in a permutation test over whole images with Holm's correction, and where it fits by itself
    (`sarbench.calibrate.fit`): better than the same answers given to other images, and not clearly better still when
    its numbers are multiplied.

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
    readings = {name: scored(items, parsed(items, name), name) for name in names}
    order = sorted(names, key=lambda name: -(readings[name].mean_iou or 0.0))  # stable: the first among equals
    best, sizes = order[0], [item.size for item in items]
    same = {name: alike(best, name, sizes) for name in order}
    rivals = [name for name in order if not same[name]]
    tested = stats.holm([p_of_no_difference(readings[best].sums, readings[name].sums) for name in rivals])
    p_values = dict(zip(rivals, tested, strict=True))
    fits = fit(items, readings[best], best)
    clear, why = _verdict(best, readings[best], p_values, fits)
    if twins := [name for name in order[1:] if same[name]]:
        why += f"; {', '.join(twins)} read these images nearly alike and are not told apart from it"
    return Calibration(
        convention=best,
        clear=clear,
        why=why,
        items=len(items),
        images=len({item.image for item in items}),
        with_boxes=readings[best].with_boxes,
        fit=fits,
        candidates=tuple(_candidate(name, readings[name], same=same[name], p=p_values.get(name)) for name in order),
    )


def _candidate(name: str, reading: Reading, *, same: bool, p: float | None) -> Candidate:
    overlap = reading.overlap
    return Candidate(name, overlap.value, overlap.low, overlap.high, reading.f1, reading.in_range, same, p)


def _verdict(best: str, reading: Reading, p_values: dict[str, float | None], fits: Fit) -> tuple[bool, str]:
    if reading.with_boxes < LEAST_BOXES:
        return False, f"only {reading.with_boxes} answers hold boxes, {LEAST_BOXES} are needed"
    if not reading.mean_iou:
        return False, "no answer hits a true box in any convention"
    if why := _misfit(best, reading.mean_iou, fits):
        return False, why
    close = [name for name, p in p_values.items() if p is None or p >= LEVEL]
    if close:
        return False, f"{best} is not clearly better than {', '.join(close)}"
    return True, f"{best} beats every candidate that reads these images otherwise"


def _misfit(best: str, mean_iou: float, fits: Fit) -> str | None:
    """Say why the best of all candidates is not the model's convention all the same."""
    if fits.chance is None or fits.p_chance is None or fits.p_chance >= LEVEL or mean_iou <= fits.chance:
        if fits.chance is None:
            return f"all answers are about one image, which does not tell {best} from chance"
        return f"{best} is not clearly better than the same answers given to other images (mean IoU {fits.chance:.3f})"
    if fits.stretch is None or fits.stretched is None or fits.p_stretch is None:
        return None
    if fits.stretched > mean_iou and fits.p_stretch < LEVEL:
        across, down = fits.stretch
        return (
            f"{best} is the best of the candidates and not right: its numbers fit clearly better (mean IoU "
            f"{fits.stretched:.3f}) when multiplied by about {across:.3f} across and {down:.3f} down, as where images "
            "were resized in another way; name the model's convention with --candidate"
        )
    return None
