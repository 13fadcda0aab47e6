"""Answers that come in a file or a mapping, brought together with the samples that they are about.

Both sides stream. Where a file keeps the order of the data, as most do, nothing is held; answers that come early wait
for their sample.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.errors import InputError

_SHOWN = 5
"""Ids that a message names before it only counts."""

_FORMS = 'JSON lines of {"id": …, "prediction": …}, or Parquet with these columns'

T = TypeVar("T")


class Prediction(NamedTuple):
    """One answer: whose it is, what it says, and where it was found."""

    id: str
    text: str
    sample_sha256: str | None
    where: str


class _Line(msgspec.Struct):
    id: str
    prediction: str
    sample_sha256: str | None = None


def from_mapping(predictions: Mapping[str, Any]) -> Iterator[Prediction]:
    """Yield the answers of a mapping from sample id to text.

    Raises:
        InputError: An answer is no text.
    """
    for key, text in predictions.items():
        if not isinstance(text, str):
            problem = f"its prediction is {type(text).__name__}, not text"
            raise InputError(where=key, problem=problem, fix="Give a str for every sample, empty for no answer")
        yield Prediction(key, text, None, key)


def from_file(path: Path) -> Iterator[Prediction]:
    """Yield the answers of a `.jsonl` or `.parquet` file.

    Raises:
        InputError: The file is missing or no such file, or a line is no answer; the message names the line.
    """
    if not path.is_file():
        raise InputError(where=path, problem="there is no such file", fix=f"Give {_FORMS}")
    if path.suffix == ".parquet":
        yield from _from_parquet(path)
        return
    decoder = msgspec.json.Decoder(_Line)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            try:
                found = decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                problem = f"is no answer ({error})"
                raise InputError(
                    where=where, problem=problem, fix=f"Give {_FORMS}; empty text for no answer"
                ) from error
            yield Prediction(found.id, found.prediction, found.sample_sha256, where)


def _from_parquet(path: Path) -> Iterator[Prediction]:
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(where=path, problem=f"is no Parquet file ({error})", fix=f"Give {_FORMS}") from error
    wanted = [name for name in ("id", "prediction", "sample_sha256") if name in file.schema_arrow.names]
    if wanted[:2] != ["id", "prediction"]:
        problem = f"has the columns {', '.join(file.schema_arrow.names)}"
        raise InputError(where=path, problem=problem, fix="Give it the columns id and prediction")
    row = 0
    for batch in file.iter_batches(columns=wanted):
        for line in batch.to_pylist():
            where = f"{path}, row {row}"
            if not isinstance(line["id"], str) or not isinstance(line["prediction"], str):
                problem = f"holds {line['id']!r} and {line['prediction']!r}"
                raise InputError(where=where, problem=problem, fix="Give two texts, an empty one for no answer")
            yield Prediction(line["id"], line["prediction"], line.get("sample_sha256"), where)
            row += 1


def joined(
    references: Iterable[tuple[str, str | None, T]], predictions: Iterable[Prediction]
) -> Iterator[tuple[T, str | None]]:
    """Yield every sample with its answer, in the order of the samples; None where it has none.

    Args:
        references: (id, sample hash, anything) of each sample.
        predictions: The answers, in any order.

    Raises:
        InputError: An id occurs twice, belongs to no sample, or its hash is that of another version of the sample. It
            is raised behind the last sample where ids are left over.
    """
    waiting: dict[str, Prediction] = {}
    coming = iter(predictions)
    seen: set[int] = set()  # hashes: two of a million 64-bit ones are equal once in forty million files
    for sample_id, sha256, payload in references:
        if hash(sample_id) in seen:
            problem = "two references have this id"
            raise InputError(where=sample_id, problem=problem, fix="Give every sample once")
        seen.add(hash(sample_id))
        found = waiting.pop(sample_id, None)
        while found is None and (prediction := next(coming, None)) is not None:
            if prediction.id == sample_id:
                found = prediction
            else:
                _wait(waiting, prediction, seen)
        if found is not None:
            _same_sample(found, sha256)
        yield payload, None if found is None else found.text
    for prediction in coming:
        _wait(waiting, prediction, seen)
    if waiting:
        _refuse(waiting)


def _wait(waiting: dict[str, Prediction], prediction: Prediction, seen: set[int]) -> None:
    if prediction.id in waiting or hash(prediction.id) in seen:
        fix = "Keep one prediction for every id"
        raise InputError(where=prediction.where, problem=f"answers {prediction.id!r} a second time", fix=fix)
    waiting[prediction.id] = prediction


def _same_sample(prediction: Prediction, sha256: str | None) -> None:
    if prediction.sample_sha256 is not None and sha256 is not None and prediction.sample_sha256 != sha256:
        problem = f"was made on another version of {prediction.id!r}: its sample hash is {prediction.sample_sha256}"
        fix = f"Answer the data that is built here (sample hash {sha256}), or build the data that was answered"
        raise InputError(where=prediction.where, problem=problem, fix=fix)


def _refuse(left: Mapping[str, Prediction]) -> None:
    names = list(left)
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    raise InputError(
        where=left[names[0]].where,
        problem=f"{len(names)} predictions are about no sample of the references: {shown}",
        fix="Name the tasks that they answer, and score them against the data they were made on",
    )
