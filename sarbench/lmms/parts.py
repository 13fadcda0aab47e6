"""Answers of a task that is not whole yet: `RUN/parts/<task>/<session>-<first>-<last>.parquet`, one file a chunk.

A part is written under a temporary name and renamed, so that it is whole or absent whenever the process dies. It
carries the key of what was asked and the hash of every prompt: answers to other questions, from another model or with
other settings are never taken up. No session writes over the parts of another: one that asks the failed questions of a
chunk again leaves the good answers of that chunk where they are.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.files import replacing
from sarbench.runs.samples import storable

_KEY = b"sarbench.key"
_NAME = re.compile(r"(?P<session>\d{4,})-\d{9}-\d{9}\.parquet")
_PART = pa.schema(
    [
        ("position", pa.int64()),
        ("prompt_sha256", pa.string()),
        ("text", pa.string()),
        ("input_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("seconds", pa.float64()),
        ("error", pa.string()),
    ]
)

_CONCURRENT = ("num_concurrent", "num_cpus")
_YES = frozenset({"true", "1", "yes", "on"})
_ADAPTIVE_MOST = 128
"""What `async_openai` and `openai` of lmms-eval 0.7.3 let `adaptive_concurrency` go up to."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a model said to one question, before it is read."""

    position: int
    """Place of the question in its split."""
    prompt_sha256: str
    text: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    seconds: float
    """Its share of the time that its chunk took."""
    error: str | None = None
    """Why there is no answer; such a text is never scored."""


def next_session(folder: Path) -> int:
    """Return a number above that of every session that left a part."""
    return 1 + max(map(_session, folder.glob("*.parquet")), default=0)


def write_part(folder: Path, answers: Sequence[Answer], *, key: str, session: int = 1) -> Path:
    """Write the answers of one chunk, whole or not at all.

    Args:
        folder: The task's folder of parts.
        answers: In the order of their questions; at least one.
        key: Identity of what is asked.
        session: Number of the session that asked, of `next_session`.

    Returns:
        The file.
    """
    table = pa.Table.from_pylist([msgspec.structs.asdict(answer) for answer in answers], schema=_PART)
    path = folder / f"{session:04d}-{answers[0].position:09d}-{answers[-1].position:09d}.parquet"
    with replacing(path) as temporary:
        table = table.replace_schema_metadata({_KEY: key})
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)
    return path


def read_parts(folder: Path, *, key: str) -> tuple[dict[int, Answer], list[str]]:
    """Read what earlier sessions left; delete what cannot be used.

    Returns:
        The answers by position, without failed ones, the latest where there are several; and a note on every file that
        was of no use.
    """
    found: dict[int, Answer] = {}
    notes = []
    for path in sorted(folder.glob("*.parquet"), key=lambda path: (_session(path), path.name)):
        if path.name.startswith("."):  # what a killed process was writing
            continue
        try:
            file = pq.ParquetFile(path, page_checksum_verification=True)
            table = file.read()
            if not table.schema.equals(_PART, check_metadata=False):  # a damaged footer may drop a column unseen
                msg = "it has other columns than a part"
                raise pa.ArrowInvalid(msg)
            answers = [msgspec.convert(line, Answer) for line in table.to_pylist()]
        except (pa.ArrowException, OSError, msgspec.ValidationError, UnicodeDecodeError) as error:
            notes.append(f"parts/{folder.name}/{path.name} cannot be read ({error}); its questions are asked again")
            path.unlink(missing_ok=True)
            continue
        if (table.schema.metadata or {}).get(_KEY) != key.encode():
            notes.append(f"parts/{folder.name}/{path.name} answers other questions or settings; asked again")
            path.unlink(missing_ok=True)
            continue
        found.update({answer.position: answer for answer in answers if answer.error is None})
    for temporary in folder.glob(".*.tmp"):
        temporary.unlink(missing_ok=True)
    return found, notes


def chunks(positions: Iterable[int], size: int) -> list[list[int]]:
    """Group sorted positions by multiples of `size`, so that a chunk holds the same questions in every session.

    >>> chunks([0, 1, 2, 3, 4, 7], 3)
    [[0, 1, 2], [3, 4], [7]]
    """
    return [list(group) for _, group in groupby(positions, lambda position: position // size)]


def chunk_size(batch_size: int, model_args: Mapping[str, Any], *, backend: str = "") -> int:
    """Return how many questions may be lost when a process dies: few, yet many times what runs at once.

    A backend that asks a server answers a chunk before it begins the next, so its requests run out at the end of each.

    Args:
        batch_size: Questions in a batch.
        model_args: The backend's arguments; `num_concurrent` or `num_cpus` says how many requests are under way, or
            `adaptive_max_concurrency` how many may come to be.
        backend: lmms-eval's name of it: `async_openai` of 0.7.3 takes half of the processors where nothing is said.

    >>> chunk_size(1, {}), chunk_size(32, {}), chunk_size(1, {"num_concurrent": "32"}), chunk_size(1, {"num_cpus": 48})
    (64, 256, 256, 384)
    """
    said = [str(model_args.get(name, "")) for name in _CONCURRENT]
    if str(model_args.get("adaptive_concurrency", "")).lower() in _YES:
        said.append(str(model_args.get("adaptive_max_concurrency", _ADAPTIVE_MOST)))
    if backend == "async_openai" and "num_cpus" not in model_args:
        said.append(str((os.cpu_count() or 2) // 2))
    return max(64, 8 * batch_size, *(8 * int(number) for number in said if number.isdecimal()))


def _session(path: Path) -> int:
    """Return the session in a part's name; 0 for one of a version that wrote none."""
    found = _NAME.fullmatch(path.name)
    return int(found["session"]) if found else 0


def answer_text(text: str | None) -> str:
    """Return a text that a file can hold; a server may send none at all."""
    return storable(text or "")
