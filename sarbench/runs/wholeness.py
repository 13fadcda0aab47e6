"""How many answers of a task may have failed in the harness before it is no whole result."""

from sarbench.runs.record import TaskRun

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
