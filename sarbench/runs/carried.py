"""Curves and spreads in `scores.json`: made from several runs, and true as long as the run's own headline stays."""

from collections.abc import Iterable, Mapping
from math import isclose

from sarbench.errors import InputError
from sarbench.metrics.robustness import severity_curve
from sarbench.perturb import LEVELS
from sarbench.runs.record import Manifest, Score, Scores, SeverityCurve, WordingSpread
from sarbench.runs.tally import WHOLE

_TOLERANCE = 1e-12


def headlines(scores: Scores) -> dict[str, Score]:
    """Return task → its headline over all samples."""
    return {of.task: score for of in scores.tasks for score in of.scores if score.headline and score.slice == WHOLE}


def carried_over(fresh: Scores, old: Scores | None, manifest: Manifest) -> Scores:
    """Take over from older scores of a run what is still about its headlines.

    Args:
        fresh: The scores that were made now.
        old: Those that they replace; None where there are none.
        manifest: The run.

    Returns:
        The fresh scores with the curves and spreads whose own value is still the headline and whose sums are those of
        their own points. None is kept from scores that were made with other word lists: the other runs that they speak
        of were read by those.
    """
    if old is None or (old.rules and old.rules != fresh.rules):
        return fresh
    return with_findings(fresh, manifest, curves=old.curves, wordings=old.wordings)


def with_findings(
    scores: Scores, manifest: Manifest, *, curves: Iterable[SeverityCurve] = (), wordings: Iterable[WordingSpread] = ()
) -> Scores:
    """Add curves and spreads to the scores of a run, in place of those about the same; stale ones are left out."""
    of_curve = {(found.task, found.perturbation): found for found in (*scores.curves, *curves)}
    of_wording = {found.task: found for found in (*scores.wordings, *wordings)}
    heads = headlines(scores)
    prompts = {task.task: task.prompt_id for task in manifest.tasks}
    return scores.model_copy(
        update={
            "curves": tuple(
                found for found in of_curve.values() if _is_headline(found, found.clean, heads) and _adds_up(found)
            ),
            "wordings": tuple(
                found for found in of_wording.values() if _holds_headline(found, prompts.get(found.task), heads)
            ),
        }
    )


def dropped(before: Scores, after: Scores) -> tuple[tuple[SeverityCurve, ...], tuple[WordingSpread, ...]]:
    """Return the curves and the spreads that scoring again has left out."""
    curves = {(found.task, found.perturbation) for found in after.curves}
    wordings = {found.task for found in after.wordings}
    return (
        tuple(found for found in before.curves if (found.task, found.perturbation) not in curves),
        tuple(found for found in before.wordings if found.task not in wordings),
    )


def _holds_headline(found: WordingSpread, prompt: str | None, heads: Mapping[str, Score]) -> bool:
    own = next((wording for wording in found.wordings if wording.prompt_id == prompt), None)
    return own is not None and _is_headline(found, own.value, heads) and _spans(found)


def _adds_up(found: SeverityCurve) -> bool:
    """Whether a curve has the standard severities, and sums that follow from its own points."""
    if tuple(point.perturbation for point in found.points) != tuple(LEVELS.get(found.perturbation, ())):
        return False
    if found.floor_run_id is None and found.floor != 0.0:
        return False
    try:
        sums = severity_curve(found.clean, [point.value for point in found.points], floor=found.floor)
    except InputError:  # a point is no finite number
        return False
    limits = [
        (found.area_low, found.area_high),
        (found.retained_low, found.retained_high),
        (found.worst_low, found.worst_high),
    ]
    said = (found.area, found.retained, found.worst)
    made = (sums.area, sums.retained, sums.worst) if sums else (None, None, None)
    return all(map(_same, said, made)) and all(_is_interval(low, high) for low, high in limits)


def _spans(found: WordingSpread) -> bool:
    """Whether mean and range of a spread follow from its own values."""
    values = [wording.value for wording in found.wordings]
    known = [value for value in values if value is not None]
    said = (found.mean, found.lowest, found.highest)
    if not known or len(known) < len(values):
        return said == (None, None, None)
    return all(map(_same, said, (sum(known) / len(known), min(known), max(known))))


def _is_interval(low: float | None, high: float | None) -> bool:
    if low is None or high is None:
        return low is high
    return not low > high


def _same(said: float | None, made: float | None) -> bool:
    if said is None or made is None:
        return said is made
    return isclose(said, made, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)


def _is_headline(found: SeverityCurve | WordingSpread, value: float | None, heads: Mapping[str, Score]) -> bool:
    head = heads.get(found.task)
    if head is None or (head.metric, head.unit) != (found.metric, found.unit):
        return False
    return _same(value, head.value)
