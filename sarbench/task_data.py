"""The built rows that a task asks, and the record of having asked them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sarbench import paths
from sarbench.build import read_index
from sarbench.catalogue import TaskSpec
from sarbench.errors import InputError
from sarbench.prompts import PROMPT_VERSION
from sarbench.runs.record import TaskRun


@dataclass(frozen=True)
class TaskData:
    """Where the rows of a task lie, how many there are, and what identifies them."""

    spec: TaskSpec
    folder: Path
    rows: int
    digest: str
    simulated: bool
    splits: tuple[str, ...]
    """All built splits of the task's config."""

    def run(
        self,
        *,
        prompt: str,
        done: int,
        failed: int,
        started: datetime,
        limit: int | None = None,
        generated_tokens: int | None = None,
        generation: dict[str, str] | None = None,
    ) -> TaskRun:
        """Record that the task was asked, from `started` until now."""
        ended = datetime.now(UTC)
        return TaskRun(
            task=self.spec.name,
            version=self.spec.version,
            dataset=self.spec.dataset,
            config=self.spec.config,
            split=self.spec.split,
            data_digest=self.digest,
            simulated=self.simulated,
            prompt_id=prompt,
            prompt_version=PROMPT_VERSION,
            samples=self.rows,
            done=done,
            failed=failed,
            limit=limit,
            started=started.isoformat(timespec="seconds"),
            ended=ended.isoformat(timespec="seconds"),
            seconds=round((ended - started).total_seconds(), 2),
            generated_tokens=generated_tokens,
            generation=generation or {},
        )


def task_data(spec: TaskSpec) -> TaskData:
    """Find the rows of a task under `$SARBENCH_HOME`.

    Raises:
        InputError: They are not built; the message holds the command that builds them.
    """
    folder = paths.built(spec.dataset)
    fix = f"Build it with `sarbench build {spec.dataset} --data-dir DIR --configs {spec.config}`"
    if not folder.is_dir():
        raise InputError(where=folder, problem=f"the data of {spec.name} is not built", fix=fix)
    index = read_index(folder)
    splits = index.configs.get(spec.config, {})
    if spec.split not in splits:
        raise InputError(where=folder, problem=f"holds no {spec.config}/{spec.split}, which {spec.name} asks", fix=fix)
    split = splits[spec.split]
    return TaskData(spec, folder, split.rows, split.data_digest, index.simulated, tuple(splits))
