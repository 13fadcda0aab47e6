"""What keeps a run off the leaderboard: every reason at once, each as a sentence."""

from collections.abc import Iterable, Iterator, Mapping

from sarbench.build import data_digest
from sarbench.build.lite.writer import LITE_SUFFIX
from sarbench.catalogue import TaskSpec
from sarbench.questions.retrieval import VERSION, is_retrieval, task_name
from sarbench.runs.record import Manifest, TaskRun
from sarbench.sources import CARDS

MOST_FAILED = 0.01
"""Largest share of answers that may have failed in the harness."""


def shortcomings(manifest: Manifest, catalogue: Mapping[str, TaskSpec]) -> list[str]:
    """Return why the manifest of a run keeps it off the leaderboard; empty where nothing does.

    Args:
        manifest: The run.
        catalogue: The tasks that this version of sarbench has, by name.
    """
    found = [] if manifest.tasks else ["it holds no finished task"]
    for task in manifest.tasks:
        found += [f"{task.task}: {reason}" for reason in _of_task(task, catalogue.get(task.task))]
    return found


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
    if task.failed > MOST_FAILED * task.done:
        share = 100 * task.failed / task.done
        yield f"{task.failed} of {task.done} answers ({share:.1f} %) failed in the harness; {MOST_FAILED:.0%} may"


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
        f"{task.task}: its samples hash to {found[:12]}, where the manifest says {task.data_digest[:12]}: answers were "
        "reordered, changed or taken from other data"
    )
