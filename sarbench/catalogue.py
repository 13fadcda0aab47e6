"""What can be evaluated: the task YAMLs, read without lmms-eval.

The YAMLs are the only list of tasks. Their `metadata` says which rows a task asks and by which rule it is scored; that
is all sarbench needs to score answers, wherever they come from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from sarbench import paths
from sarbench.errors import InputError, UnknownNameError
from sarbench.questions.family import Family
from sarbench.schema import Task


@dataclass(frozen=True)
class TaskSpec:
    """One task: which rows, which scoring rule, which version of both."""

    name: str
    dataset: str
    config: str
    split: str
    family: Family
    version: str
    """X.Y; results with different X are not comparable."""
    asks: Task | None = None
    """The column `task` of the rows it asks; None: it asks all rows of the split."""
    fallback_split: str | None = None
    """The split it asks where `split` is not built: SAR-TEXT has a test split only where the user's lists make one."""
    train_config: str = ""
    """The config whose train split belongs to it, where that is not its own; empty: its own."""

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits it may ask, the one it takes first in front."""
        return (self.split, self.fallback_split) if self.fallback_split else (self.split,)


@dataclass(frozen=True)
class Catalogue:
    """All tasks by name, and all groups with the names of their direct members."""

    tasks: Mapping[str, TaskSpec]
    groups: Mapping[str, tuple[str, ...]]

    def select(self, wanted: Iterable[str]) -> tuple[TaskSpec, ...]:
        """Resolve task names, group names and wildcards, in order and without repeats.

        Raises:
            UnknownNameError: A name matches nothing, or there is none.
        """
        chosen: dict[str, TaskSpec] = {}
        for name in wanted:
            for task in self._expand(name):
                chosen[task] = self.tasks[task]
        if not chosen:
            raise UnknownNameError(problem="no task is named", fix="`sarbench tasks` lists what there is")
        return tuple(chosen.values())

    def named(self, task: str) -> TaskSpec:
        """Return the one task of this very name: no group and no wildcard.

        Raises:
            UnknownNameError: There is none.
        """
        if task not in self.tasks:
            fix = "`sarbench tasks` lists those that this version of sarbench has"
            raise UnknownNameError(where=f"task {task!r}", problem="is no single task", fix=fix)
        return self.tasks[task]

    def _expand(self, name: str) -> list[str]:
        if name in self.tasks:
            return [name]
        if name in self.groups:
            return [task for member in self.groups[name] for task in self._expand(member)]
        matches = [task for task in self.tasks if fnmatchcase(task, name)]
        if not matches:
            near = get_close_matches(name, [*self.tasks, *self.groups], n=1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise UnknownNameError(
                where=f"task {name!r}", problem="does not exist", fix=f"{hint}`sarbench tasks` lists what there is"
            )
        return matches


def read_catalogue(folder: Path | None = None) -> Catalogue:
    """Read every `*.yaml` under `folder` (default: the tasks that come with sarbench), sorted by name.

    Raises:
        InputError: A file is not a task or group as sarbench writes them.
    """
    tasks: dict[str, TaskSpec] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for path in sorted((folder or paths.tasks()).rglob("*.yaml")):
        content = _read(path)
        if "group" in content:
            groups[content["group"]] = tuple(content["task"])
        else:
            task = _task(content, path)
            tasks[task.name] = task
    return Catalogue(dict(sorted(tasks.items())), dict(sorted(groups.items())))


def _task(content: Mapping[str, Any], path: Path) -> TaskSpec:
    try:
        meta = content["metadata"]
        return TaskSpec(
            name=content["task"],
            dataset=meta["dataset"],
            config=meta["config"],
            split=meta["split"],
            family=meta["family"],
            version=meta["version"],
            asks=meta["asks"],
            fallback_split=meta.get("fallback_split"),
            train_config=meta.get("train_config", ""),
        )
    except (KeyError, TypeError) as error:
        raise InputError(
            where=path,
            problem=f"is not a sarbench task: {error} is missing",
            fix="Give it `task` and `metadata` with dataset, config, split, family, asks and version",
        ) from error


class _Loader(yaml.SafeLoader):
    """Safe YAML that keeps lmms-eval's `!function` references as text instead of importing them."""


_Loader.add_constructor("!function", lambda loader, node: loader.construct_scalar(node))  # type: ignore[arg-type]


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except yaml.YAMLError as error:
        raise InputError(where=path, problem=f"is not YAML ({error})", fix="Mend or remove the file") from error
    if not isinstance(content, dict):
        raise InputError(where=path, problem="is not a YAML mapping", fix="Mend or remove the file")
    return content
