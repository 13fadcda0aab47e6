"""Where the records go: one file, or the place in a datastore that their names give them."""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sarbench.errors import InputError, UnknownNameError
from sarbench.export.every_eval_ever.aggregate import RELATIONSHIPS, aggregate, evaluation_id
from sarbench.export.every_eval_ever.instances import instances
from sarbench.export.every_eval_ever.naming import UNKNOWN, developer_of
from sarbench.export.publishable import check_publishable
from sarbench.files import replacing, write_text
from sarbench.runs.record import Manifest
from sarbench.runs.store import Run

_COLLECTION = "sarbench"
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_RESERVED = re.compile(r"(?i)(data|con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def write_every_eval_ever(run: Run, out: Path, *, by: str = "unknown", relationship: str = "other") -> list[Path]:
    """Write a run as Every Eval Ever.

    Args:
        run: The run.
        out: A `.json` file for the numbers alone; or a folder, which gets them under `data/` as the datastore lays
            them out, with the lines of the samples of all tasks whose licence lets them be shown.
        by: The organisation that evaluated.
        relationship: What it is to the model's developer, one of `RELATIONSHIPS`.

    Returns:
        The files that were written. The same run is written to the same place again.

    Raises:
        InputError: The run is a floor's or on simulated data, or it has no number to export.
        RunError: The run is no whole result, or its scores are not those of its answers.
        UnknownNameError: There is no such relationship.
    """
    check_publishable(run, form="Every Eval Ever")
    if relationship not in RELATIONSHIPS:
        fix = f"Use {', '.join(RELATIONSHIPS)}"
        raise UnknownNameError(where=f"--relationship {relationship}", problem="does not exist", fix=fix)
    if out.suffix == ".json":
        return [_write(run, out, by, relationship, None)]
    name = file_id(run.manifest)
    place = place_of(run.manifest)
    written, detailed = [], None
    first = next(instances(run), None)
    if first is not None:
        samples = out / place / f"{name}_samples.jsonl"
        rows, checksum = write_lines(samples, instances(run))
        detailed = {
            "format": "jsonl",
            "file_path": f"{place.as_posix()}/{samples.name}",
            "hash_algorithm": "sha256",
            "checksum": checksum,
            "total_rows": rows,
        }
        written.append(samples)
    return [_write(run, out / place / f"{name}.json", by, relationship, detailed), *written]


def file_id(manifest: Manifest) -> str:
    """Return the UUID (version 4 in form) that names the files of a run; always the same one."""
    digest = hashlib.sha256(evaluation_id(manifest).encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def place_of(manifest: Manifest) -> Path:
    """Return the folder of a model in the datastore.

    >>> _portable("Qwen/Qwen2.5-VL", "model"), _portable("aux", "model"), _portable("..", "model")
    ('Qwen_Qwen2.5-VL', 'model_aux', 'model_')
    """
    developer, model = developer_of(manifest), manifest.model.id
    if developer != UNKNOWN:
        model = model.partition("/")[2]
    return Path("data", _COLLECTION, _portable(developer, "developer"), _portable(model, "model"))


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> tuple[int, str]:
    """Write JSON lines, whole or not at all; return how many they are, and the SHA-256 of the file."""
    digest, rows = hashlib.sha256(), 0
    with replacing(path) as temporary, temporary.open("wb") as file:
        for line in lines:
            written = json.dumps(line, ensure_ascii=False, allow_nan=False).encode() + b"\n"
            digest.update(written)
            file.write(written)
            rows += 1
    return rows, digest.hexdigest()


def _write(run: Run, path: Path, by: str, relationship: str, detailed: dict[str, Any] | None) -> Path:
    record = aggregate(run, by=by, relationship=relationship, written=datetime.now(UTC), detailed=detailed)
    if not record["evaluation_results"]:
        raise InputError(where=run.folder, problem="holds no number to export", fix="Run `sarbench score` on it")
    write_text(path, json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def _portable(name: str, kind: str) -> str:
    safe = _UNSAFE.sub("_", name).rstrip(". ")
    return f"{kind}_{safe}" if not safe or _RESERVED.fullmatch(safe) else safe
