"""Lines of the run record: from a row and an answer to `samples/<task>.parquet`."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import pyarrow as pa

from sarbench.prompts import Family, Prompt
from sarbench.runs.protocol import score_answer, target_of
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
    target = target_of(row)
    prediction = prediction.encode("utf-8", "backslashreplace").decode()  # half an emoji is no text that can be stored
    size = (row["width"] or 1, row["height"] or 1)
    result = score_answer(kind, target, prediction, coords=coords, size=size)
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


def rescore(line: Mapping[str, Any], kind: Family) -> dict[str, Any]:
    """Read and score a recorded answer again, keeping everything else of its line."""
    size = (line["width"] or 1, line["height"] or 1)
    target = msgspec.json.decode(line["target"])
    result = score_answer(kind, target, line["prediction"], coords=line["coords"], size=size)
    again = {"parsed": _json(result.parsed), "outcome": result.outcome, "rule": result.rule, "scores": result.scores}
    return {**line, **again}


def to_table(lines: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Collect lines into a table with exactly the `SAMPLES` schema."""
    return pa.Table.from_pylist([{**line, "scores": sorted(line["scores"].items())} for line in lines], schema=SAMPLES)


def from_table(table: pa.Table) -> list[dict[str, Any]]:
    """Turn a table of the run record back into lines, with `scores` as a dict."""
    return [{**line, "scores": dict(line["scores"])} for line in table.to_pylist()]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
