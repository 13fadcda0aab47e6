"""Embeddings on disk, chunk by chunk: what was computed before a process died is not computed again.

A folder belongs to one encoder and one sequence of items, so that nothing in it can be stale:
`<encoder>/<kind>-<items>/000000.npy`, float32 unit vectors; a row of NaN is an item that could not be read. The SHA-256
of a chunk stands behind it in its file: what a disk or a hand has changed is computed again.
"""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from sarbench.errors import RunError
from sarbench.files import replacing, write_text
from sarbench.retrieval.encoder import Embeddings

CHUNK = 256
"""Items a chunk: what a killed process loses at most."""

_DIGEST = hashlib.sha256().digest_size


def cache_folder(root: Path, key: Mapping[str, str], kind: str, digest: str) -> Path:
    """Return the folder for what one encoder makes of some items; `encoder.json` beside it spells out the key.

    Args:
        root: Where all embeddings lie.
        key: Everything that an embedding depends on beside its input (`Encoder.key`).
        kind: `images` or `texts`.
        digest: Of the items in their order (`gallery.items_digest`).
    """
    spelled = msgspec.json.encode(dict(sorted(key.items())))
    encoder = root / hashlib.sha256(spelled).hexdigest()[:16]
    folder = encoder / f"{kind}-{digest[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    write_text(encoder / "encoder.json", msgspec.json.format(spelled, indent=2).decode() + "\n")
    return folder


def cached(
    folder: Path,
    count: int,
    embed: Callable[[Sequence[int]], Embeddings],
    *,
    progress: Callable[[int], None] = lambda done: None,
    note: Callable[[str], None] = lambda text: None,
) -> Embeddings:
    """Return the unit vectors of all items, computing only the chunks that are not in the folder.

    Args:
        folder: Of this encoder and these items.
        count: How many items there are.
        embed: Gives [n, d] for the items at some places; a row of NaN for one that cannot be read.
        progress: Called with the number of items that came in.
        note: Told where chunks lay in the folder that are not what was once written there.

    Returns:
        [count, d] float32 of length one.

    Raises:
        RunError: The encoder gives infinity, or a vector of length zero.
    """
    chunks: list[Embeddings] = []
    kind, spoilt = folder.name.partition("-")[0], 0
    for number, start in enumerate(range(0, count, CHUNK)):
        places = range(start, min(start + CHUNK, count))
        path = folder / f"{number:06d}.npy"
        chunk = _read(path, len(places))
        if chunk is None:
            spoilt += path.exists()
            chunk = _unit(embed(places), first=start, kind=kind)
            _write(path, chunk)
        chunks.append(chunk)
        progress(len(places))
    if spoilt:
        note(f"{spoilt} of {len(chunks)} stored chunks of {kind} were not as they had been written: computed again")
    return np.concatenate(chunks)


def _write(path: Path, chunk: Embeddings) -> None:
    file = io.BytesIO()
    np.save(file, chunk)
    content = file.getvalue()
    with replacing(path) as temporary:
        temporary.write_bytes(content + hashlib.sha256(content).digest())


def _read(path: Path, rows: int) -> Embeddings | None:
    """Return a chunk; None where it is not there, torn by a full disk or a power cut, or changed since."""
    try:
        whole = path.read_bytes()
        content, digest = whole[:-_DIGEST], whole[-_DIGEST:]
        if hashlib.sha256(content).digest() != digest:
            return None
        found = np.load(io.BytesIO(content), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.dtype == np.float32 and found.ndim == 2 and len(found) == rows else None


def _unit(embeddings: Embeddings, *, first: int, kind: str) -> Embeddings:
    wide = embeddings.astype(np.float64)
    length = np.sqrt(np.square(wide).sum(axis=1, keepdims=True))
    bad = np.isinf(length) | (length == 0)
    if bad.any():
        raise RunError(
            where=f"{kind}[{first + int(bad.argmax())}]",
            problem="gets an embedding that is infinite or of length zero",
            fix="Look at the encoder's weights and its preprocessing",
        )
    unit: Embeddings = (wide / length).astype(np.float32)
    return unit
