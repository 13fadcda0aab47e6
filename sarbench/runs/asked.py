"""What a task of a run asked, where no task file says so."""

from sarbench.catalogue import TaskSpec
from sarbench.runs.record import TaskRun


def retrieval_spec(run: TaskRun) -> TaskSpec:
    """Return what a retrieval task asked: no task file stands for retrieval, the run itself says what it was."""
    return TaskSpec(run.task, run.dataset, run.config, run.split, "retrieval", run.version)
