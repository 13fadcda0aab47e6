"""What tells one build of a config from another: `datasets` takes builds that look alike for the same data.

For a local folder it keys its cache by the folder's base name and by the configs of the card, not by the files. Without
a word there that follows from their content, it would return the rows of an older build, or of a folder of the same
name elsewhere.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from sarbench.build.index import IMAGES, BuiltIndex, ImagesIndex, SplitIndex
from sarbench.errors import InputError

_MAGIC = b"PAR1"
_TAIL = 8
"""Bytes at the end of a Parquet file: the length of its footer, and the magic."""


def fingerprints(folder: Path, index: BuiltIndex) -> dict[str, str]:
    """Return config → 16 hex digits that follow from what is built of it.

    They are made of its part of the index (rows, sizes, digest of questions, images and targets) and of the footers of
    its files, which hold the size and the smallest and largest value of every column; no file is read whole.

    Raises:
        InputError: A file is no Parquet file.
    """
    held: dict[str, Mapping[str, SplitIndex | ImagesIndex]] = dict(index.configs)
    if index.images:
        held[IMAGES] = index.images
    return {config: _fingerprint(folder, index.schema_version, splits) for config, splits in held.items()}


def _fingerprint(folder: Path, version: str, splits: Mapping[str, SplitIndex | ImagesIndex]) -> str:
    digest = hashlib.sha256(version.encode())
    for name, split in splits.items():
        digest.update(f"\n{name} {split.model_dump_json(exclude={'problems'})}\n".encode())
        for file in split.files:
            digest.update(_footer(folder / file.path))
    return digest.hexdigest()[:16]


def _footer(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
        length = int.from_bytes(tail[:4], "little") + _TAIL
        if tail[4:] != _MAGIC or length > size:
            raise InputError(where=path, problem="is no whole Parquet file", fix="Build it again with `sarbench build`")
        file.seek(size - length)
        return file.read(length)
