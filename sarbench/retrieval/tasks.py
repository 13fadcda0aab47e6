"""What can be retrieved from: every built split whose rows are captions, named `DATASET/CONFIG/SPLIT`.

lmms-eval knows no retrieval, so that no task file stands for it: the built data itself says what there is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from sarbench import paths
from sarbench.build import INDEX_NAME
from sarbench.build.index import SplitIndex, parse_index, read_index
from sarbench.errors import InputError, UnknownNameError
from sarbench.hub.lookup import rows
from sarbench.questions.retrieval import task_name

CAPTIONED = ("caption", "retrieval")
"""Tasks of the schema whose answers are texts about the whole image."""

_DESCRIBED = "describe"
"""Subtask of SARChat-2M's captions, which list targets by a template: thousands are alike."""


@dataclass(frozen=True)
class RetrievalTask:
    """One split of captions, and what identifies it."""

    dataset: str
    config: str
    split: str
    folder: Path
    rows: int
    digest: str
    simulated: bool

    @property
    def name(self) -> str:
        """As the user names it."""
        return f"{self.dataset}/{self.config}/{self.split}"

    @property
    def recorded(self) -> str:
        """As the run record names it."""
        return task_name(self.dataset, self.config, self.split)


def select(wanted: Iterable[str]) -> tuple[RetrievalTask, ...]:
    """Resolve names and wildcards such as `sar-text/retrieval-*/test`, in order and without repeats.

    What run records call the tasks is known too: `sarbench_sartext_retrieval_hrsid_test`.

    Raises:
        UnknownNameError: A name is no built split of captions; the message holds the nearest names.
        InputError: A dataset that is named cannot be read, or a split that is named holds no row.
    """
    chosen: dict[str, RetrievalTask] = {}
    for name in wanted:
        for task in _matches(name):
            if not task.rows:
                raise InputError(where=task.name, problem="holds no row", fix="Build it again from all of its files")
            chosen[task.name] = task
    if not chosen:
        fix = "Give --tasks with names such as sar-text/retrieval-hrsid/test"
        raise UnknownNameError(problem="no retrieval task is named", fix=fix)
    return tuple(chosen.values())


def available() -> tuple[RetrievalTask, ...]:
    """Return every built split of captions under `$SARBENCH_HOME`, sorted by name; sets that cannot be read are not."""
    found: list[RetrievalTask] = []
    for index in sorted(paths.home().glob(f"*/{INDEX_NAME}")):
        try:
            found += [task for task in _splits(index.parent.name) if not task.rows or _captioned(task)]
        except InputError:
            continue
    return tuple(found)


def _matches(name: str) -> list[RetrievalTask]:
    dataset, _, rest = name.partition("/")
    pattern = name if rest.count("/") else f"{name}/test"
    if not any(mark in dataset for mark in "*?[") and (paths.built(dataset) / INDEX_NAME).is_file():
        read_index(paths.built(dataset))  # says what is wrong with the files of a set that is named
    there = available()
    found = [task for task in there if fnmatchcase(task.name, pattern) or fnmatchcase(task.recorded, name)]
    if not found:
        raise _unknown(name, dataset, [task.name for task in there])
    return found


def _unknown(name: str, dataset: str, there: list[str]) -> UnknownNameError:
    if near := get_close_matches(name, there, n=3, cutoff=0.4):
        fix = f"Did you mean {' or '.join(near)}"
    elif there:
        fix = f"Take one of {', '.join(there[:8])}"
    else:
        fix = f"Build captions first: `sarbench build {dataset} --data-dir DIR`"
    problem = f"is no built split of captions under {paths.home()}"
    return UnknownNameError(where=f"retrieval task {name!r}", problem=problem, fix=fix)


def _splits(dataset: str) -> Iterator[RetrievalTask]:
    folder = paths.built(dataset)
    for config, splits in parse_index(folder).configs.items():
        for split, held in splits.items():
            yield _task(dataset, config, split, folder, held)


def _task(dataset: str, config: str, split: str, folder: Path, held: SplitIndex) -> RetrievalTask:
    return RetrievalTask(dataset, config, split, folder, held.rows, held.data_digest, held.simulated)


def _captioned(task: RetrievalTask) -> bool:
    """Tell by its first row whether a split holds captions: all rows of a config ask alike, or are told row by row."""
    first = next(rows(task.folder, task.config, task.split, columns=("task", "subtask")), None)
    return first is not None and first["task"] in CAPTIONED and first["subtask"] != _DESCRIBED
