"""What may leave a run for a public collection of results, and what may be shown of its samples."""

from collections.abc import Iterable
from math import isfinite

from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, RunError
from sarbench.export.rescored import score_faults
from sarbench.export.wholeness import sample_faults, shortcomings
from sarbench.questions.family import Family
from sarbench.questions.judged import ENDING
from sarbench.questions.kinds import KINDS
from sarbench.questions.metric import Metric
from sarbench.questions.retrieval import is_retrieval
from sarbench.runs.record import Score, TaskRun
from sarbench.runs.store import SCORES, Run
from sarbench.sources import CARDS


def check_publishable(run: Run, *, form: str) -> None:
    """Refuse what would be read as the result of a model on a task and is none.

    A run on other images, of another wording of the prompt or with a history is one: it says so itself.

    Raises:
        InputError: The run is a floor's, or a score of it is no number.
        RunError: It is not on the authors' data, not on the whole of a task's own split, or its samples or scores are
            not what its manifest and its answers say; the message names every reason.
    """
    fix = "Export it as csv, markdown or latex, which say what it is"
    if run.manifest.kind == "floor":
        problem = f"is the run of a floor, which is no model; {form} holds results of models"
        raise InputError(where=run.folder, problem=problem, fix=fix)
    check_scores(run)
    simulated = [task.task for task in run.manifest.tasks if task.simulated]
    if simulated:
        problem = f"is about simulated data ({', '.join(simulated)}), which is no benchmark result for {form}"
        raise InputError(where=run.folder, problem=problem, fix=fix)
    if reasons := shortcomings(run.manifest, read_catalogue().tasks):
        raise RunError(where=run.folder, problem=f"is no whole result for {form}: {'; '.join(reasons)}", fix=fix)
    if reasons := sample_faults(run.folder, run.manifest):
        again = "Put back the files that the run wrote, or evaluate again"
        raise RunError(where=run.folder, problem=f"is no sound record for {form}: {'; '.join(reasons)}", fix=again)
    if reasons := list(score_faults(run)):
        problem = f"has scores that are not those of its answers: {'; '.join(reasons)}"
        raise RunError(where=run.folder, problem=problem, fix="Run `sarbench score` on it, then export it")


def check_scores(run: Run) -> None:
    """Refuse scores that no form can hold.

    Raises:
        InputError: One is no finite number, or is of a task that the manifest does not name.
    """
    tasks = {task.task for task in run.manifest.tasks}
    for held in run.scores.tasks:
        if held.task not in tasks:
            problem = f"holds scores of {held.task}, which the manifest does not name"
            raise InputError(where=run.folder / SCORES, problem=problem, fix="Run `sarbench score` on the run")
        for score in held.scores:
            for name in ("value", "low", "high"):
                number = getattr(score, name)
                if number is not None and not isfinite(number):
                    problem = f"{name} of {score.metric} ({score.protocol}, {score.slice}) of {held.task} is {number}"
                    fix = "Run `sarbench score` on the run"
                    raise InputError(where=run.folder / SCORES, problem=problem, fix=fix)


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
