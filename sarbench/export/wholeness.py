"""Whether a run is a whole result: what keeps it off the leaderboard and out of collections of results.

Every reason is a sentence, and all of them are found at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sarbench.build import data_digest
from sarbench.catalogue import TaskSpec
from sarbench.questions.retrieval import VERSION, is_retrieval, task_name
from sarbench.runs.checked import checked_lines
from sarbench.runs.record import Manifest, TaskRun
from sarbench.runs.store import read_lines, samples_path
from sarbench.runs.wholeness import failed_share
from sarbench.schema import LITE_SUFFIX
from sarbench.sources import CARDS

Line = Mapping[str, Any]


def shortcomings(manifest: Manifest, catalogue: Mapping[str, TaskSpec]) -> list[str]:
    """Return why a run is no whole result by its manifest; empty where nothing speaks against it.

    Args:
        manifest: The run.
        catalogue: The tasks that this version of sarbench has, by name.
    """
    found = [] if manifest.tasks else ["it holds no finished task"]
    for task in manifest.tasks:
        found += [f"{task.task}: {reason}" for reason in _of_task(task, catalogue.get(task.task))]
    return found


def sample_faults(folder: Path, manifest: Manifest) -> list[str]:
    """Hold every recorded sample against the manifest: ids, number, failures, and the digest of the hashes.

    Raises:
        RunError: The samples are no record of the run; the message names the file.
    """
    found: list[str] = []
    for task in manifest.tasks:
        seen = _Seen()
        path = samples_path(folder, task.task)
        lines = seen.passing(checked_lines(read_lines(folder, task.task), task, path, manifest=manifest))
        hashes = row_hashes(lines) if is_retrieval(task.task) else (line["sample_sha256"] for line in lines)
        faults = [digest_fault(task, hashes), failed_share(task, failed=seen.failed), seen.without_images()]
        if not is_retrieval(task.task):
            faults.append(seen.without_targets())
        found += [f"{task.task}: {fault}" for fault in faults if fault]
    return found


def digest_fault(task: TaskRun, sample_hashes: Iterable[str]) -> str | None:
    """Say so where the recorded samples are not the data that the manifest names.

    Args:
        task: The manifest's word on the task.
        sample_hashes: The sample hashes of its recorded answers in file order, one for every sample of the split.
    """
    found = data_digest(sample_hashes)
    if found == task.data_digest:
        return None
    return (
        f"its samples hash to {found[:12]}, where the manifest says {task.data_digest[:12]}: answers were reordered, "
        "changed or taken from other data"
    )


def row_hashes(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the sample hash of every row: one of several captions has a line for each, named `ID`, `ID#2` and so on."""
    row, captions = None, 0
    for line in lines:
        if row is not None and line["id"] == f"{row}#{captions + 1}":
            captions += 1
            continue
        row, captions = line["id"], 1
        yield line["sample_sha256"]


class _Seen:
    """What is counted of lines while they pass."""

    def __init__(self) -> None:
        self.failed = self.scored = self.with_image = self.no_target = 0

    def passing(self, lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            failed = line["outcome"] == "failed"
            self.failed += failed
            self.scored += not failed
            self.with_image += not failed and line["image_id"] is not None
            self.no_target += not failed and line["target"] == "null"
            yield line

    def without_images(self) -> str | None:
        if self.scored and not self.with_image:
            return "no answer says which image it is about, and intervals are clustered by image"
        return None

    def without_targets(self) -> str | None:
        return f"{self.no_target} answers have no target, so they cannot be scored again" if self.no_target else None


def _of_task(task: TaskRun, spec: TaskSpec | None) -> Iterator[str]:
    spec = spec or _retrieval(task)
    if spec is None:
        yield "this version of sarbench has no such task, so it cannot score it again"
    else:
        yield from _of_spec(task, spec)
    if task.simulated:
        yield "its data are simulated, so its numbers say nothing of SAR images"
    if task.limit is not None:
        yield f"only the first {task.limit} samples were asked (--limit)"
    if task.done < task.samples:
        yield f"{task.samples - task.done} of {task.samples} samples have no answer"
    if (fault := failed_share(task, failed=task.failed)) is not None:
        yield fault


def _of_spec(task: TaskRun, spec: TaskSpec) -> Iterator[str]:
    if spec.version.partition(".")[0] != task.version.partition(".")[0]:
        yield f"was asked in version {task.version}, whose results are not comparable with the present {spec.version}"
    if (task.dataset, task.config) != (spec.dataset, spec.config):
        yield f"was asked on {task.dataset}/{task.config}, where it is a task of {spec.dataset}/{spec.config}"
    if task.split not in spec.splits:
        yield (
            f"was asked on the split {task.split}, where it is a task of {' or '.join(spec.splits)}: runs on items "
            "that may be learned from are for calibration"
        )


def _retrieval(task: TaskRun) -> TaskSpec | None:
    """Return what a retrieval task should be, for which no task file stands: its data set's card says what there is."""
    if not is_retrieval(task.task) or task.task != task_name(task.dataset, task.config, task.split):
        return None
    card = CARDS.get(task.dataset)
    configs = {config.name: config.splits for config in card.configs} if card else {}
    splits = configs.get(task.config.removesuffix(LITE_SUFFIX))
    if not splits:
        return None
    own, *others = ("test",) if "test" in splits else splits
    return TaskSpec(
        task.task,
        task.dataset,
        task.config,
        own,
        "retrieval",
        VERSION,
        fallback_split=others[0] if others else None,
    )
