"""What a task lacks: samples without an answer, answers that failed in the harness, and how many of these may have."""

from collections.abc import Iterator

from sarbench.runs.record import TaskRun, TaskScores

MAX_FAILED = 0.01
"""A result with a larger share of failed samples is partial: what is missing may not be missing at random."""


def failed_share(task: TaskRun, *, failed: int) -> str | None:
    """Say so where too many answers have failed.

    Args:
        task: The manifest's word on the task.
        failed: How many have, by the manifest or by the samples.
    """
    if failed <= MAX_FAILED * task.done:
        return None
    share = f" ({100 * failed / task.done:.1f} %)" if task.done else ""
    return f"{failed} of {task.done} answers{share} failed in the harness; {MAX_FAILED:.0%} may"


def left_out(task: TaskScores) -> Iterator[str]:
    """Say which samples the scores of a task are not about.

    >>> list(left_out(TaskScores(task="t", samples=6, missing=2, outcomes={"ok": 5, "failed": 1}, scores=())))
    ['t: PARTIAL, 2 of 8 samples (25.0 %) have no answer', 't: 1 of 6 answers failed in the harness and count nowhere']
    """
    if task.missing:
        asked = task.samples + task.missing
        share = 100 * task.missing / asked
        yield f"{task.task}: PARTIAL, {task.missing} of {asked} samples ({share:.1f} %) have no answer"
    if failed := task.outcomes.get("failed"):
        yield f"{task.task}: {failed} of {task.samples} answers failed in the harness and count nowhere"
