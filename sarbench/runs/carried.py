"""Curves and spreads in `scores.json`: made from several runs, and true as long as the run's own headline stays."""

from collections.abc import Iterable, Mapping
from math import isclose

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
        The fresh scores with the curves and spreads whose own value is still the headline. None is kept from scores
        that were made with other word lists: the other runs that they speak of were read by those.
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
            "curves": tuple(found for found in of_curve.values() if _is_headline(found, found.clean, heads)),
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
    return own is not None and _is_headline(found, own.value, heads)


def _is_headline(found: SeverityCurve | WordingSpread, value: float | None, heads: Mapping[str, Score]) -> bool:
    head = heads.get(found.task)
    if head is None or (head.metric, head.unit) != (found.metric, found.unit):
        return False
    if value is None or head.value is None:
        return value is head.value
    return isclose(value, head.value, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
