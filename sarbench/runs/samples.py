"""Lines of the run record: from a row and an answer to `samples/<task>.parquet`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from sarbench.answers import Parsed
from sarbench.prompts import Prompt
from sarbench.questions.family import Family
from sarbench.questions.score import read_many, score_answer, size_of, target_of
from sarbench.runs.record import SAMPLES


def sample(
    row: Mapping[str, Any],
    kind: Family,
    prompt: Prompt,
    prediction: str,
    *,
    coords: str,
    perturbation: str | None,
    tokens: int | None = None,
) -> dict[str, Any]:
    """Score one answer and write it down as one line of the run record (see `SAMPLES`)."""
    target = target_of(row, kind)
    prediction = storable(prediction)
    result = score_answer(kind, target, prediction, coords=coords, size=size_of(row))
    return {
        "id": row["id"],
        "sample_sha256": row["sample_sha256"],
        "image_id": row["image_id"],
        "width": row["width"],
        "height": row["height"],
        "prompt_id": prompt.id,
        "prompt_sha256": prompt.sha256,
        "prompt": prompt.text,
        "coords": coords,
        "perturbation": perturbation,
        "target": _json(target),
        "prediction": prediction,
        "parsed": _json(result.parsed),
        "outcome": result.outcome,
        "rule": result.rule,
        "scores": result.scores,
        "seconds": None,
        "tokens": tokens,
    }


def rescore_all(lines: Sequence[Mapping[str, Any]], kind: Family) -> Iterator[dict[str, Any]]:
    """Read and score recorded answers of one run again, keeping everything else of their lines.

    A line whose scorer broke has no target and stays as it is.
    """
    sound = [line for line in lines if line["target"] != "null"]
    sizes, texts = [size_of(line) for line in sound], [line["prediction"] for line in sound]
    reads = iter(read_many(kind, texts, sizes, coords=sound[0]["coords"]) if sound else ())
    for line in lines:
        yield dict(line) if line["target"] == "null" else _rescored(line, kind, next(reads))


def _rescored(line: Mapping[str, Any], kind: Family, read: Parsed | None) -> dict[str, Any]:
    target = msgspec.json.decode(line["target"])
    result = score_answer(kind, target, line["prediction"], coords=line["coords"], size=size_of(line), read=read)
    again = {"parsed": _json(result.parsed), "outcome": result.outcome, "rule": result.rule, "scores": result.scores}
    return {**line, **again}


def storable(prediction: str) -> str:
    """Spell out half an emoji, which is no text that a file can hold."""
    return prediction.encode("utf-8", "backslashreplace").decode()


def to_table(lines: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Collect lines into a table with exactly the `SAMPLES` schema."""
    return pa.Table.from_pylist([{**line, "scores": sorted(line["scores"].items())} for line in lines], schema=SAMPLES)


def from_table(table: pa.Table | pa.RecordBatch) -> list[dict[str, Any]]:
    """Turn a table of the run record back into lines, with `scores` as a dict."""
    return [{**line, "scores": dict(line["scores"])} for line in table.to_pylist()]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
