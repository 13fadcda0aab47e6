"""What may leave a run for a public collection of results, and what may be shown of its samples."""

from collections.abc import Iterable

from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError
from sarbench.questions.family import Family
from sarbench.questions.judged import ENDING
from sarbench.questions.kinds import KINDS
from sarbench.questions.metric import Metric
from sarbench.questions.retrieval import is_retrieval
from sarbench.runs.record import Score, TaskRun
from sarbench.runs.store import Run
from sarbench.sources import CARDS


def check_publishable(run: Run, *, form: str) -> None:
    """Refuse what would be read as the result of a model and is none.

    Raises:
        InputError: The run is a floor's, or on simulated data.
    """
    fix = "Export it as csv, markdown or latex, which say what it is"
    if run.manifest.kind == "floor":
        problem = f"is the run of a floor, which is no model; {form} holds results of models"
        raise InputError(where=run.folder, problem=problem, fix=fix)
    simulated = [task.task for task in run.manifest.tasks if task.simulated]
    if simulated:
        problem = f"is about simulated data ({', '.join(simulated)}), which is no benchmark result for {form}"
        raise InputError(where=run.folder, problem=problem, fix=fix)


def may_show_texts(task: TaskRun) -> bool:
    """Tell whether questions, truths, and answers that may quote them, may be published: as the leaderboard does."""
    card = CARDS.get(task.dataset)
    return card is not None and card.may_show_texts


def family_of(task: str) -> Family | None:
    """Return the kind of question that a task asks; None for a task that this version does not have."""
    if is_retrieval(task):
        return "retrieval"
    spec = read_catalogue().tasks.get(task)
    return spec.family if spec else None


def metrics_of(task: str) -> dict[tuple[str, str], Metric]:
    """Return (metric, protocol) → what it means, of a task; empty for a task that this version does not have."""
    kind = family_of(task)
    return {(metric.name, metric.protocol): metric for metric in KINDS[kind].metrics} if kind else {}


def ranking(scores: Iterable[Score]) -> list[Score]:
    """Return the scores that a collection of results can hold: those with a value that is better high or better low.

    Numbers that only describe, such as the share of yes, have no direction there; those of a judge need more about the
    judge than a run records.
    """
    return [
        score
        for score in scores
        if score.value is not None and score.higher_is_better is not None and not score.metric.endswith(ENDING)
    ]
