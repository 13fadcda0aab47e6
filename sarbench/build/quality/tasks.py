"""Rules about tasks: how many rows have none that the authors state or that a rule tells."""

from sarbench.build.quality.batch import Batch, Hit, nonzero, shown


def unknown_tasks(batch: Batch) -> Hit:
    """Find rows whose `task_origin` is `unknown`."""
    return Hit("task-unknown", nonzero(batch.unknown_tasks), len(batch), lambda row: shown(batch.questions[row]))
