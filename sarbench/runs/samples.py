"""Lines of the run record: from a row and an answer to `samples/<task>.parquet`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from sarbench.answers import Parsed
from sarbench.catalogue import TaskSpec
from sarbench.errors import RunError, SarbenchError
from sarbench.prompts import Prompt
from sarbench.questions.family import Family
from sarbench.questions.score import read_many, score_answer, size_of, target_of
from sarbench.questions.truth import paper_of
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


def rescore_all(lines: Sequence[Mapping[str, Any]], spec: TaskSpec) -> Iterator[dict[str, Any]]:
    """Read and score recorded answers of one run again, keeping everything else of their lines.

    A line whose scorer broke has no target and stays as it is, as does one that the harness knows to have failed: no
    text tells an answer that never came from an empty one.

    Raises:
        RunError: A line is none of this task; the message names it.
    """
    sound = [line for line in lines if _may_be_read(line)]
    texts = [line["prediction"] or "" for line in sound]
    try:
        reads = iter(read_many(spec.family, texts, [size_of(line) for line in sound], coords=_coords(sound)))
    except SarbenchError as error:
        raise RunError(
            where=f"samples of {spec.name}", problem=str(error), fix=f"Evaluate {spec.name} again"
        ) from error
    for line in lines:
        if not _may_be_read(line):
            yield dict(line)
            continue
        try:
            yield _rescored(line, spec, next(reads))
        except (SarbenchError, ValueError, TypeError, KeyError, AttributeError) as error:
            problem = f"cannot be scored again ({type(error).__name__}: {error})"
            raise RunError(where=line["id"], problem=problem, fix=f"Evaluate {spec.name} again") from error


def _may_be_read(line: Mapping[str, Any]) -> bool:
    return not (line["target"] == "null" or line["outcome"] == "failed")


def _coords(lines: Sequence[Mapping[str, Any]]) -> str:
    return str(lines[0]["coords"]) if lines else "pixel"


def _rescored(line: Mapping[str, Any], spec: TaskSpec, read: Parsed | None) -> dict[str, Any]:
    # Targets that were recorded before papers were named in them get theirs from the dataset.
    target = paper_of({"dataset": spec.dataset}) | msgspec.json.decode(line["target"], type=dict[str, Any])
    if target.get("asks", spec.family) == "counting" and "asked" not in target:
        target |= _asked(target, line["prompt"])
    read = None if target.get("choices") else read
    size = size_of(line)
    result = score_answer(spec.family, target, line["prediction"], coords=line["coords"], size=size, read=read)
    again = {"parsed": _json(result.parsed), "outcome": result.outcome, "rule": result.rule, "scores": result.scores}
    return {**line, **again}


def _asked(target: Mapping[str, Any], prompt: str) -> dict[str, str]:
    """Return the class that a question counts, for targets that were recorded before they named it."""
    question = {"question": prompt, "answers": ["any"], "boxes": target.get("boxes"), "count": 0}
    known = target_of(question, "counting")
    return {"asked": known["asked"]} if "asked" in known else {}


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
