"""`sarbench.score`: answers from anywhere, held against rows of the schema."""

import warnings
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from sarbench.catalogue import read_catalogue
from sarbench.coords import parse_convention
from sarbench.errors import InputError, UnknownNameError
from sarbench.questions.family import FAMILIES, Family, family, may_be_scored_as
from sarbench.questions.memo import Scorer
from sarbench.runs.batches import BATCH, batched
from sarbench.runs.pairs import Answers, Row, pairs
from sarbench.runs.record import TaskScores
from sarbench.runs.samples import storable
from sarbench.runs.tally import ALWAYS, NO_SLICES, WHOLE, Tally, add_answers, protocols_named
from sarbench.runs.verdicts import Given
from sarbench.runs.wholeness import left_out

COLUMNS = (
    "id",
    "dataset",
    "task",
    "subtask",
    "image_id",
    "width",
    "height",
    "question",
    "answers",
    "choices",
    "boxes",
    "region",
    "count",
    "sample_sha256",
)
"""What scoring reads of a row; everything else, images above all, is left alone."""

_EMPTY: Mapping[str, Any] = {"answers": (), "choices": (), "region": (), "count": None}

_SIMPLE = frozenset({str, int, bool, list, tuple, dict, type(None)})
"""Types that a row of plain Python has."""

_KINDS: Mapping[str, tuple[type, str]] = {
    "task": (str, "a name"),
    "predictions": (Iterable, "a list of texts, a mapping from id to text, or the path of a file"),
    "references": (Iterable, "rows of the schema, as sarbench.load_dataset gives them"),
    "coords": (str, "the name of a convention"),
    "protocols": (Iterable, "names of protocols"),
    "slices": (Mapping, "a mapping from name to ids"),
    "verdicts": (Mapping, "a mapping from id to True or False"),
}
"""What each argument of `score` is."""


class ScoreTable(dict[str, dict[str, float | None]]):
    """`{protocol: {metric: value}}` over all samples; intervals, slices and outcome counts are in `details`."""

    def __init__(self, details: TaskScores, undecided: tuple[str, ...]) -> None:
        """Take the values of all samples out of the scores of a task."""
        super().__init__()
        self.details = details
        self.undecided = undecided
        """Ids of the answers that no rule decides and no verdict is about: what a judge may be asked."""
        for score in details.scores:
            if score.slice == WHOLE:
                self.setdefault(score.protocol, {})[score.metric] = score.value


def score(
    *,
    task: str,
    predictions: Answers,
    references: Iterable[Row],
    coords: str = "pixel",
    protocols: str | Collection[str] = ALWAYS,
    slices: Mapping[str, Collection[str]] = NO_SLICES,
    verdicts: Mapping[str, bool] | None = None,
) -> ScoreTable:
    """Score answers against rows of the schema.

    Answers and rows stream; what is kept of a sample are some hundred bytes (`benchmarks/score_stream.py`).

    Args:
        task: A kind of question (`counting`, `referring`, …) or the name of a task. `vqa` scores every question with a
            short answer.
        predictions: One text for every reference, in the same order; or a mapping from id to text (a pandas Series
            with the ids as its index is one); or the path of a file of JSON lines `{"id", "prediction"}`, or of Parquet
            with these columns. The last two may leave samples out: a warning says so, `details.missing` counts them,
            and the scores are about the others.
        references: Rows of the schema, e.g. a loaded dataset.
        coords: The coordinate convention of boxes in the predictions (see `sarbench.coords`).
        protocols: `strict` and `paper`; for captions also `coco` and `nltk`, which need Java and WordNet; or `all`.
        slices: Name → ids of samples that are scored once more by themselves.
        verdicts: Id → what a judge says of the answer. They decide what the rules leave open, in numbers of their own
            that stand beside the rules' (`accuracy_judged`), as in a run after `sarbench judge`; a number is None where
            more than one in twenty of the undecided answers has no verdict.

    Returns:
        `{protocol: {metric: value}}`, None where nothing could be scored; `.details` has the rest.

    Raises:
        UnknownNameError: The task, the convention or a protocol does not exist.
        InputError: There are more or fewer predictions than references; an id is unknown or comes twice; a prediction
            is no text; a reference asks another kind of question; an argument is of another type.
    """
    _check_kinds(
        task=task,
        predictions=predictions,
        references=references,
        coords=coords,
        protocols=protocols,
        slices=slices,
        verdicts={} if verdicts is None else verdicts,
    )
    kind, wanted = _family(task), protocols_named(protocols)
    parse_convention(coords)
    said = _ids_to_meet(slices, verdicts or {})
    tally, scorer, missing = Tally(task, kind, slices, spoken=_spoken(verdicts)), Scorer(kind, coords), 0
    for batch in batched(pairs(_named(scored_columns(references)), predictions), BATCH):
        for row, _ in batch:
            said.pop(row["id"], None)
            if not may_be_scored_as(kind, row):
                problem = f"asks for {family(row)}, not for {kind}"
                raise InputError(where=row["id"], problem=problem, fix=f"Score it with task={family(row)!r}")
        answered = [(row, storable(text)) for row, text in batch if text is not None]
        missing += len(batch) - len(answered)
        add_answers(tally, scorer, answered)
    for sample_id, where in said.items():
        problem = f"names {sample_id!r}, which is no reference"
        raise InputError(where=where, problem=problem, fix="Give the ids of the rows that are scored")
    undecided = tuple(sample_id for sample_id in tally.undecided if sample_id not in (verdicts or {}))
    details = tally.scores(protocols=wanted, missing=missing)
    for line in left_out(details):
        warnings.warn(line, stacklevel=2)
    return ScoreTable(details, undecided)


def _check_kinds(**given: object) -> None:
    """Refuse what is no argument of its kind, where it would fail later in words about something else."""
    for name, value in given.items():
        kind, words = _KINDS[name]
        if not isinstance(value, kind) and not (name == "predictions" and isinstance(value, Path)):
            where = f"sarbench.score({name}=…)"
            raise InputError(where=where, problem=f"is {_kind_of(value)}", fix=f"Give {words}")
        if name == "references" and isinstance(value, str | Mapping):
            several = f"; name one of {', '.join(map(str, value))}" if hasattr(value, "column_names") else ""
            problem = f"is {_kind_of(value)}, and no rows"
            raise InputError(where="sarbench.score(references=…)", problem=problem, fix=f"Give {words}{several}")


def _kind_of(value: object) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


def _spoken(verdicts: Mapping[str, bool] | None) -> dict[str, Given]:
    return {protocol: Given(verdicts) for protocol in ALWAYS} if verdicts else {}


def _ids_to_meet(slices: Mapping[str, Collection[str]], verdicts: Mapping[str, bool]) -> dict[str, str]:
    """Return id → who speaks of it, for ids that must be among the references."""
    for name, ids in slices.items():
        if isinstance(ids, str) or not isinstance(ids, Collection):
            problem = "is a text" if isinstance(ids, str) else f"is {_kind_of(ids)}"
            raise InputError(where=f"slice {name!r}", problem=problem, fix="Give a collection of ids")
        if not isinstance(name, str) or not all(isinstance(sample_id, Hashable) for sample_id in ids):
            problem = "has a name or an id that is no text"
            raise InputError(where=f"slice {name!r}", problem=problem, fix="Give text for both")
    for key, verdict in cast("Mapping[str, object]", verdicts).items():
        if not isinstance(verdict, bool):
            problem = f"has the verdict {verdict!r}"
            raise InputError(where=key, problem=problem, fix="Give True or False; leave out what was not judged")
    named = {sample_id: f"slice {name!r}" for name, ids in slices.items() for sample_id in ids}
    return named | dict.fromkeys(verdicts, "verdicts")


def _named(rows: Iterable[Row]) -> Iterator[Row]:
    """Give rows without an id the number of their place for one."""
    for number, row in enumerate(rows):
        yield row if row.get("id") else {**row, "id": f"reference {number}"}


def scored_columns(references: Iterable[Row]) -> Iterator[Row]:
    """Yield rows with the columns that scoring reads: a dataset would decode the image of every row otherwise."""
    chosen: Any = references
    names = getattr(references, "column_names", None)
    if names and hasattr(references, "select_columns"):
        chosen = chosen.with_format(None).select_columns([name for name in COLUMNS if name in names])
    for number, row in enumerate(chosen):
        if not isinstance(row, Mapping) or "task" not in row:
            problem = "is no row of the schema: it has no task"
            fix = "Give rows of sarbench.load_dataset; of a pandas table, table.to_dict('records')"
            raise InputError(where=f"reference {number}", problem=problem, fix=fix)
        if not _SIMPLE.issuperset(map(type, row.values())):
            row = {name: _plain(row[name]) for name in COLUMNS if name in row}
        for name in ("id", "image_id"):
            if not isinstance(row.get(name), Hashable):
                problem = f"has the {name} {row[name]!r}"
                raise InputError(where=f"reference {number}", problem=problem, fix="Give a text, as the schema has it")
        yield {**_EMPTY, **row}


def _plain(value: Any) -> Any:
    """Return what pandas and numpy make of a value as it was: arrays as lists, NaN as None."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return None if isinstance(value, float) and value != value else value


def _family(task: str) -> Family:
    for kind in FAMILIES:
        if task == kind:
            return kind
    if task == "retrieval":
        fix = "Score embeddings with sarbench.metrics.retrieval"
        raise UnknownNameError(where="task 'retrieval'", problem="has no answers in words", fix=fix)
    catalogue = read_catalogue()
    try:
        families = {spec.family for spec in catalogue.select([task])}
    except UnknownNameError as error:
        near = get_close_matches(task, [*FAMILIES, *catalogue.tasks], n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        fix = f"{hint}Name a task of `sarbench tasks`, or a kind of question: {', '.join(FAMILIES)}"
        raise UnknownNameError(where=f"task {task!r}", problem="does not exist", fix=fix) from error
    if len(families) != 1:
        fix = f"Name one task, or a kind of question: {', '.join(FAMILIES)}"
        raise UnknownNameError(where=f"task {task!r}", problem="names several kinds of question", fix=fix)
    return families.pop()
