"""Rows of the schema, each with the answer that somebody gives for it: by place, by id, or from a file."""

from collections.abc import Iterable, Iterator, Mapping, Set, Sized
from itertools import zip_longest
from pathlib import Path
from typing import Any, cast

from sarbench.errors import InputError
from sarbench.runs.predictions import ById, Prediction, from_file, from_mapping, joined

Row = Mapping[str, Any]
Answers = Iterable[str] | Mapping[str, str] | str | Path

_TEXT = "Give a str for every reference, empty for none"
_BY_ID = 'dict(zip(table["id"], table["prediction"]))'


def pairs(rows: Iterable[Row], predictions: Answers) -> Iterator[tuple[Row, str | None]]:
    """Yield every row with its answer; None where a mapping or a file has none.

    Raises:
        InputError: There are more or fewer answers than rows, an id is unknown or comes twice, an answer is no text, or
            nothing says which answer is whose: a set has no order, and an index may be one of its own.
    """
    given: Any = predictions
    if isinstance(predictions, str | Path):
        return _by_id(rows, from_file(Path(predictions)))
    if isinstance(predictions, Mapping) or _has_ids(predictions):
        return _by_id(rows, from_mapping(cast("ById", predictions)))
    if (wrong := _nobodys(given)) is not None:
        problem, fix = wrong
        raise InputError(where="sarbench.score(predictions=…)", problem=problem, fix=fix)
    return _in_order(rows, given.to_pylist() if hasattr(given, "to_pylist") else given)


def _nobodys(given: Any) -> tuple[str, str] | None:
    """Return why nothing says which answer is whose, and what to do; None where it can be read by place."""
    if hasattr(given, "columns") or hasattr(given, "column_names"):  # going through one gives its names
        return f"is a table ({type(given).__name__})", f"Give {_BY_ID}"
    if isinstance(given, Set):
        return "is a set, which has no order", f"Give a list in the order of the references, or {_BY_ID}"
    index: Any = getattr(given, "index", None)  # that of a Series that was sorted, filtered or put together
    if _inferred(index) is not None and list(index) != list(range(len(index))):
        fix = "Give predictions.to_list() if they are in the order of the references, else ids as the index"
        return "is a Series whose index is neither ids nor 0, 1, 2, …", fix
    return None


def _has_ids(predictions: Any) -> bool:
    """Tell whether this is a pandas Series whose index are ids: its order need not be that of the rows."""
    index = getattr(predictions, "index", None)
    return "string" in (_inferred(index), _inferred(getattr(index, "categories", None)))


def _inferred(index: object) -> str | None:
    return getattr(index, "inferred_type", None)


def _by_id(rows: Iterable[Row], predictions: Iterable[Prediction]) -> Iterator[tuple[Row, str | None]]:
    return joined(((row["id"], row.get("sample_sha256"), row) for row in rows), predictions)


def _in_order(rows: Iterable[Row], predictions: Iterable[Any]) -> Iterator[tuple[Row, str]]:
    over: Any = object()
    seen: set[int] = set()  # hashes, as in `joined`
    for number, (row, text) in enumerate(zip_longest(rows, predictions, fillvalue=over)):
        if row is over or text is over:
            raise _lengths(number, None if row is over else row, predictions)
        if not isinstance(text, str):
            problem = f"its prediction is {type(text).__name__}, not text"
            by_id = '. Of lines with ids, give {line["id"]: line["prediction"] for line in lines}'
            raise InputError(where=row["id"], problem=problem, fix=_TEXT + (by_id if isinstance(text, Mapping) else ""))
        if hash(row["id"]) in seen:
            problem = "two references have this id"
            raise InputError(where=row["id"], problem=problem, fix="Give every sample once")
        seen.add(hash(row["id"]))
        yield row, text


def _lengths(number: int, row: Row | None, predictions: object) -> InputError:
    """Say of which there are more; `row` is the first one without a prediction, None where predictions are left."""
    if row is None:
        counted = f" ({len(predictions)} in all)" if isinstance(predictions, Sized) else ""
        problem = f"there are {number} references, and more predictions{counted}"
    else:
        problem = f"there are {number} predictions, and more references: the first without one is {row['id']}"
    fix = "Give one prediction for every reference; a mapping from id to text may leave some out"
    return InputError(where="sarbench.score", problem=problem, fix=fix)
