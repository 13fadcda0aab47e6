"""An evaluation that asks one task of three rows, for tests of what the launcher does without a worker."""

from pathlib import Path

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.lmms.evaluation import Evaluation
from sarbench.task_data import TaskData
from tests.lmms.small_run import TASK


@pytest.fixture
def asked(tmp_path: Path) -> Evaluation:
    (tmp_path / "run").mkdir()
    return Evaluation(
        model="dummy",
        model_args="response=1,api_key=sk-1",
        tasks=read_catalogue().select([TASK]),
        out=tmp_path / "run",
        command=("sarbench", "eval", "--model_args", "response=1,api_key=sk-1"),
    )


@pytest.fixture
def data(asked: Evaluation, tmp_path: Path) -> TaskData:
    return TaskData(asked.tasks[0], tmp_path, 3, "digest", True, ("test",))
