"""The numbers of a run as the Hub reads them: `model-index` in a model card, and `.eval_results/*.yaml`.

Both are written by the classes of huggingface_hub. The card holds every number with its interval; the newer format has
one value a task and no place for an interval, so that it gets the headline, and the rest in words.
"""

from collections.abc import Iterator
from typing import Any

from huggingface_hub import EvalResult, ModelCardData

from sarbench.errors import MissingExtraError
from sarbench.export.publishable import family_of, ranking
from sarbench.export.tables import decimals
from sarbench.runs.record import Score, TaskRun
from sarbench.runs.store import Run
from sarbench.sources import CARDS

_WHOLE = "all"
_ANSWERS, _RANKS = "image-text-to-text", "image-text-retrieval"


def card_data(run: Run) -> ModelCardData:
    """Return the metadata of a model card with all scores over all samples.

    The Hub puts numbers on one split of a config together, under the name of the first. So each number says itself
    which task it is of, with its protocol, interval, data digest and version.
    """
    tasks = {task.task: task for task in run.manifest.tasks}
    found = [
        _result(score, tasks[held.task], run)
        for held in run.scores.tasks
        for score in ranking(held.scores)
        if score.slice == _WHOLE
    ]
    return ModelCardData(model_name=run.manifest.model.id.rpartition("/")[2], eval_results=found)


def _result(score: Score, task: TaskRun, run: Run) -> EvalResult:
    card = CARDS.get(task.dataset)
    return EvalResult(
        task_type=_RANKS if family_of(task.task) == "retrieval" else _ANSWERS,
        dataset_type=card.hub.repo_id if card and card.hub else task.dataset,
        dataset_name=f"{card.title if card else task.dataset} ({task.config})",
        dataset_config=task.config,
        dataset_split=task.split,
        metric_type=score.metric,
        metric_name=f"{task.task}: {score.metric} ({score.protocol})",
        metric_value=score.value,
        metric_args={
            "task": task.task,
            "task_version": task.version,
            "protocol": score.protocol,
            "headline": score.headline,
            "unit": score.unit,
            "low": score.low,
            "high": score.high,
            "level": score.level,
            "interval": score.method,
            "n": score.n,
            "images": score.clusters,
            "samples": task.samples,
            "answered": task.done,
            "failed": task.failed,
            "data_digest": task.data_digest,
            "prompt": f"{task.prompt_id} {task.prompt_version}",
            "coordinates": run.manifest.coords,
            "history": run.manifest.history,
            "scored_by": f"sarbench {run.scores.sarbench_version}",
            "run_id": run.manifest.run_id,
        },
    )


def entries(run: Run) -> list[dict[str, Any]]:
    """Return the headlines of the tasks whose dataset is a repository on the Hub, as `.eval_results/*.yaml` has them.

    Raises:
        MissingExtraError: The installed huggingface_hub does not know the format.
    """
    headlines = list(_headlines(run))
    if not headlines:
        return []
    try:
        from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml
    except ImportError as error:
        raise MissingExtraError(
            where="huggingface_hub",
            problem="is too old to write .eval_results",
            fix="Upgrade it: pip install 'huggingface_hub>=1.4'",
        ) from error
    return eval_result_entries_to_yaml(
        [
            EvalResultEntry(
                dataset_id=repo_id,
                task_id=task.task,
                value=score.value,
                date=task.ended,
                notes=_notes(score, task, run),
            )
            for repo_id, score, task in headlines
        ]
    )


def not_on_the_hub(run: Run) -> list[str]:
    """Return the datasets of a run that are no repository on the Hub, so that `entries` has nothing of them."""
    datasets = dict.fromkeys(task.dataset for task in run.manifest.tasks)
    return [name for name in datasets if (card := CARDS.get(name)) is None or card.hub is None]


def _headlines(run: Run) -> Iterator[tuple[str, Score, TaskRun]]:
    tasks = {task.task: task for task in run.manifest.tasks}
    for held in run.scores.tasks:
        card = CARDS.get(tasks[held.task].dataset)
        for score in ranking(held.scores):
            if score.headline and card and card.hub:
                yield card.hub.repo_id, score, tasks[held.task]


def _notes(score: Score, task: TaskRun, run: Run) -> str:
    """Say what has no field of its own."""
    partial = f"PARTIAL, {task.done} of {task.samples} samples; " if task.done < task.samples else ""
    places = decimals(score.low, score.high)
    interval = ""
    if score.low is not None and score.high is not None:
        interval = f", {score.level:.0%} interval {score.low:.{places}f} to {score.high:.{places}f} by image"
    return (
        f"{partial}{score.metric} ({score.protocol}){interval}; {score.n} samples, {score.clusters} images; "
        f"task {task.version}, prompt {task.prompt_id} {task.prompt_version}, coordinates {run.manifest.coords}; "
        f"data {task.data_digest[:12]}; sarbench {run.scores.sarbench_version}"
    )
