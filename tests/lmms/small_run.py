"""What a small run consists of: a job, a finished task, a line of its samples."""

from datetime import datetime

from sarbench.lmms.job import Job
from sarbench.runs.record import TaskRun
from sarbench.task_data import TaskData

TASK = "sarbench_sarchat_rebuilt_counting"

JOB = Job(
    task="t",
    tasks_folder="",
    model="m",
    model_args="",
    batch_size=1,
    device=None,
    gen_kwargs=None,
    limit=None,
    seed=0,
    out="",
    parts="",
    key="",
    chunk=64,
    data_digest="0",
)


def task_run(data: TaskData, began: datetime, **changes) -> TaskRun:
    run = data.run(prompt="sarbench", done=2, failed=0, started=began)
    return run.model_copy(update=changes)


def line(number: int) -> dict:
    names = ("id", "sample_sha256", "image_id", "prompt_sha256", "prompt", "target")
    return {
        **{name: f"{name}-{number}" for name in names},
        **{"width": 1, "height": 1, "perturbation": None, "prediction": "1", "parsed": "null", "outcome": "ok"},
        **{"rule": None, "scores": {}, "seconds": None, "tokens": None, "prompt_id": "sarbench", "coords": "pixel"},
    }
