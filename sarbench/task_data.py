"""The built rows that a task asks, and the record of having asked them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sarbench import paths
from sarbench.build import INDEX_NAME, BuiltIndex, SplitIndex, data_digest, read_index
from sarbench.catalogue import TaskSpec
from sarbench.errors import InputError
from sarbench.hub import lookup
from sarbench.hub.lookup import TEXT_COLUMNS
from sarbench.prompts import PROMPT_VERSION
from sarbench.runs.record import TaskRun
from sarbench.schema import LITE_SUFFIX

LITE_ROWS = 5_000
"""Rows for each score of a lite config where nobody says how many: enough for numbers that are compared."""


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


@dataclass(frozen=True)
class _Shortfall:
    """Why a task cannot be asked now."""

    where: Path
    problem: str
    fix: str
    not_built: bool = False
    """Whether building is what would help."""


def task_data(spec: TaskSpec) -> TaskData:
    """Find the rows of a task under `$SARBENCH_HOME`.

    The task of the result has the split that is asked, where the task leaves a choice. Rows and digest are those of
    the rows asked: the digest is the SHA-256 over their sample hashes in file order, as a build computes it.

    Raises:
        InputError: They are not built, show no image, or none asks what the task asks; the message says what to do.
    """
    found = _find(spec)
    if isinstance(found, _Shortfall):
        raise InputError(where=found.where, problem=found.problem, fix=found.fix)
    folder, asked, built, index = found
    rows, digest = built.rows, built.data_digest
    if spec.asks:
        hashes = [row["sample_sha256"] for row in task_rows(asked, columns=["sample_sha256"])]
        rows, digest = len(hashes), data_digest(hashes)
    return TaskData(asked, folder, rows, digest, index.simulated, tuple(index.configs[asked.config]))


def why_not(spec: TaskSpec) -> str | None:
    """Say why a task cannot be asked now, and what would help; None where it can be."""
    found = _find(spec)
    return f"{found.problem}. {found.fix}" if isinstance(found, _Shortfall) else None


def asked_split(spec: TaskSpec) -> str:
    """Return the split that a task asks now: its own, or the one it falls back on where that alone is built."""
    if spec.fallback_split is None:
        return spec.split
    found = _find(spec)
    return spec.split if isinstance(found, _Shortfall) else found[1].split


def is_missing(spec: TaskSpec) -> bool:
    """Tell whether a task cannot be asked now because its rows are not built."""
    found = _find(spec)
    return isinstance(found, _Shortfall) and found.not_built


def askable(specs: Sequence[TaskSpec], named: Collection[str]) -> tuple[tuple[TaskSpec, ...], dict[str, str]]:
    """Leave out what groups and wildcards brought along and cannot be asked now.

    Args:
        specs: The tasks that were selected.
        named: What was written down; a task that stands there by its own name stays, and fails later with its reason.

    Returns:
        The tasks that stay, all of them where none would; and task → why it was left out.
    """
    reasons = {spec.name: why for spec in specs if spec.name not in named and (why := why_not(spec)) is not None}
    kept = tuple(spec for spec in specs if spec.name not in reasons)
    return (kept, reasons) if kept else (tuple(specs), {})


def task_rows(
    spec: TaskSpec, *, columns: Sequence[str] = TEXT_COLUMNS, place: tuple[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the rows that a task asks in file order, as plain Python values without images.

    Args:
        spec: The task.
        columns: The columns wanted; the fewer, the faster.
        place: Another config and split to take rows of the same kind from, e.g. `training_place`.

    Raises:
        InputError: They are not built.
    """
    folder = paths.built(spec.dataset)
    config, split = place or (spec.config, _split(spec, folder))
    if spec.asks is None:
        yield from lookup.rows(folder, config, split, columns=columns)
        return
    for row in lookup.rows(folder, config, split, columns=list(dict.fromkeys((*columns, "task")))):
        if row["task"] == spec.asks:
            yield {name: row[name] for name in columns}


def training_place(data: TaskData) -> tuple[str, str]:
    """Return config and split of the items that may be learned from: train, else validation, else those asked.

    A split without a row of the kind that the task asks is passed over.
    """
    configs = read_index(data.folder).configs
    own, asked = data.spec.train_config or data.spec.config, (data.spec.config, data.spec.split)
    for config, split in ((own, "train"), (own, "validation")):
        there = split in configs.get(config, {})
        if there and next(task_rows(data.spec, columns=["task"], place=(config, split)), None) is not None:
            return config, split
    return asked


def build_command(dataset: str, configs: Sequence[str], *, lite: int | None) -> str:
    """Return the command that builds some configs, with `DIR` for the folder of the authors' files.

    >>> build_command("sar-text", ["vqa"], lite=5000)
    'sarbench build sar-text --data-dir DIR --configs vqa --lite 5000'
    """
    rows = "" if lite is None else f" --lite {lite}"
    return f"sarbench build {dataset} --data-dir DIR --configs {','.join(configs)}{rows}"


def build_commands(specs: Sequence[TaskSpec]) -> list[str]:
    """Return the commands that build what tasks ask: one for each dataset, or two where lite configs are among them."""
    configs: dict[tuple[str, bool], dict[str, None]] = {}
    for spec in specs:
        whole = spec.config.removesuffix(LITE_SUFFIX)
        configs.setdefault((spec.dataset, whole != spec.config), {})[whole] = None
    return [
        build_command(dataset, list(wanted), lite=LITE_ROWS if lite else None)
        for (dataset, lite), wanted in configs.items()
    ]


def _find(spec: TaskSpec) -> tuple[Path, TaskSpec, SplitIndex, BuiltIndex] | _Shortfall:
    """Return the folder of a task's data, the task with the split that is asked, and the indexes of both."""
    folder = paths.built(spec.dataset)
    whole = spec.config.removesuffix(LITE_SUFFIX)
    command = build_command(spec.dataset, [whole], lite=None if whole == spec.config else LITE_ROWS)
    fix = f"Build it: `{command}`"
    if not (folder / INDEX_NAME).is_file():
        return _Shortfall(folder, f"the data of {spec.name} is not built", fix, not_built=True)
    try:
        index = read_index(folder)
    except InputError as error:
        return _Shortfall(folder, f"the built data of {spec.name} cannot be used: {error.problem}", error.fix)
    splits = index.configs.get(spec.config, {})
    split = next((split for split in spec.splits if split in splits), None)
    if split is None:
        wanted = " or ".join(f"{spec.config}/{split}" for split in spec.splits)
        return _Shortfall(folder, f"holds no {wanted}, which {spec.name} asks", fix, not_built=True)
    asked = replace(spec, split=split, fallback_split=None)
    if not splits[split].images:
        fix = "Give the images together with the texts, and build it again"
        return _Shortfall(folder, f"there are no images in the built set, and {spec.name} asks about them", fix)
    if spec.asks and next(task_rows(asked, columns=["task"]), None) is None:
        fix = "Take other tasks: `sarbench tasks` lists those that can be run"
        return _Shortfall(folder, f"no row of {spec.config}/{split} is a question of {spec.asks}", fix)
    return folder, asked, splits[split], index


def _split(spec: TaskSpec, folder: Path) -> str:
    """Return the split that a task asks: the first of its own that is built."""
    built = read_index(folder).configs.get(spec.config, {})
    return next((split for split in spec.splits if split in built), spec.split)
