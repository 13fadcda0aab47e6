"""Answers that come in a file or a mapping, brought together with the samples that they are about.

Both sides stream. Where a file is whole and keeps the order of the data, as most do, nothing is held. Answers that come
early wait for their sample: those behind the first gap of an incomplete file, all of a shuffled one.
"""

import codecs
import json
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.errors import InputError
from sarbench.runs.no_answer import FORMS, listed, why_no_answer
from sarbench.runs.samples import storable

_LONGEST_NAME = 200

_PARQUET = b"PAR1"
"""What a Parquet file begins with."""

_RECORDED = frozenset({"target", "parsed", "outcome", "coords"})
"""Columns that tell the samples of a run record from answers."""

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


class ById(Protocol):
    """A mapping from sample id to text, or a pandas Series with the ids as its index."""

    def items(self) -> Iterable[tuple[Any, Any]]:
        """Return ids with their texts."""


def from_mapping(predictions: ById) -> Iterator[Prediction]:
    """Yield the answers of a mapping from sample id to text.

    Raises:
        InputError: An answer is no text.
    """
    for key, text in predictions.items():
        if not isinstance(key, str):
            raise InputError(where=repr(key), problem="is no id of a sample", fix="Give the ids of the rows, as text")
        if not isinstance(text, str):
            problem = f"its prediction is {type(text).__name__}, not text"
            raise InputError(where=key, problem=problem, fix="Give a str for every sample, empty for no answer")
        yield Prediction(key, text, None, key)


def from_file(path: Path) -> Iterator[Prediction]:
    """Yield the answers of a file of JSON lines, or of Parquet, whatever its name ends with; a pipe is a file too.

    Raises:
        InputError: The file is missing or no such file, or a line is no answer; the message names the line.
    """
    with _opened(path) as lines:
        if path.suffix.lower() == ".parquet" or lines.peek(len(_PARQUET)).startswith(_PARQUET):
            yield from _from_parquet(lines, path)
            return
        decoder = msgspec.json.Decoder(_Line)
        for number, line in enumerate(lines, start=1):
            line = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            try:
                found = _decoded(decoder, line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                problem, fix = why_no_answer(line, error, first=number == 1)
                raise InputError(where=where, problem=problem, fix=fix) from error
            yield Prediction(found.id, found.prediction, found.sample_sha256, where)


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        problem, fix = f"cannot be opened ({error.strerror or error})", f"Give the path of a file: {FORMS}"
        if isinstance(error, IsADirectoryError):
            problem = "is a folder, and no file of answers"
        if (path / "manifest.json").is_file():
            problem, fix = "is the folder of a run", f"Score what it recorded: `sarbench score {path}`"
        raise InputError(where=str(path)[:_LONGEST_NAME], problem=problem, fix=fix) from error


def _decoded(decoder: msgspec.json.Decoder[_Line], line: bytes) -> _Line:
    """Read one line; Python's own reader also takes half an emoji, which `json.dumps` writes as an escape."""
    try:
        return decoder.decode(line)
    except msgspec.DecodeError as strict:
        try:
            return msgspec.convert(json.loads(line.decode()), _Line)
        except (ValueError, msgspec.ValidationError):
            raise strict from None


def _from_parquet(opened: BufferedReader, path: Path) -> Iterator[Prediction]:
    try:
        file = pq.ParquetFile(opened)
    except (pa.ArrowException, OSError) as error:
        raise InputError(where=path, problem=f"is no Parquet file ({error})", fix=f"Give {FORMS}") from error
    if _RECORDED.issubset(file.schema_arrow.names):  # its failures and its convention would get lost
        fix = "Score the run: `sarbench score RUN` with the folder that holds samples/"
        raise InputError(where=path, problem="is a part of a run record", fix=fix)
    wanted = [name for name in ("id", "prediction", "sample_sha256") if name in file.schema_arrow.names]
    if wanted[:2] != ["id", "prediction"]:
        problem = f"has the columns {', '.join(file.schema_arrow.names)}"
        raise InputError(where=path, problem=problem, fix="Give it the columns id and prediction")
    row = 0
    for lines in _batches(file, wanted, path):
        for line in lines:
            where = f"{path}, row {row}"
            if not isinstance(line["id"], str) or not isinstance(line["prediction"], str):
                problem = f"holds {line['id']!r} and {line['prediction']!r}"
                raise InputError(where=where, problem=problem, fix="Give two texts, an empty one for no answer")
            yield Prediction(line["id"], line["prediction"], line.get("sample_sha256"), where)
            row += 1


def _batches(file: pq.ParquetFile, wanted: list[str], path: Path) -> Iterator[list[dict[str, Any]]]:
    try:
        for batch in file.iter_batches(columns=wanted):
            yield batch.to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(where=path, problem=f"cannot be read ({error})", fix="Write the file again") from error


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
    example: str | None = None
    coming = iter(predictions)
    seen: set[int] = set()  # hashes: two of a million 64-bit ones are equal once in forty million files
    for sample_id, sha256, payload in references:
        if hash(sample_id) in seen:
            problem = "two references have this id"
            raise InputError(where=sample_id, problem=problem, fix="Give every sample once")
        seen.add(hash(sample_id))
        example = example or sample_id
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
        _refuse(waiting, example)


def _wait(waiting: dict[str, Prediction], prediction: Prediction, seen: set[int]) -> None:
    if prediction.id in waiting or hash(prediction.id) in seen:
        fix = "Keep one prediction for every id"
        raise InputError(where=prediction.where, problem=f"answers {prediction.id!r} a second time", fix=fix)
    waiting[prediction.id] = prediction


def _same_sample(prediction: Prediction, sha256: str | None) -> None:
    if prediction.sample_sha256 and sha256 and prediction.sample_sha256.lower() != sha256:
        problem = (
            f"was made on another version of {prediction.id!r}: its sample hash is {storable(prediction.sample_sha256)}"
        )
        fix = f"Answer the data that is built here (sample hash {sha256}), or build the data that was answered"
        raise InputError(where=prediction.where, problem=problem, fix=fix)


def _refuse(left: Mapping[str, Prediction], example: str | None) -> None:
    like = f"; the first reference is {example}" if example else ""
    raise InputError(
        where=next(iter(left.values())).where,
        problem=f"{_number(len(left))} about no sample of the references: {listed(left)}{like}",
        fix="Name the tasks that they answer, and score them against the data they were made on",
    )


def _number(predictions: int) -> str:
    return "1 prediction is" if predictions == 1 else f"{predictions} predictions are"
