"""The first page of a TIFF or BigTIFF from its tags (TIFF 6.0, Adobe 1992; BigTIFF design, AWare Systems)."""

import struct
from collections.abc import Mapping

from sarbench.imaging.info import ImageInfo

_FORMATS = {
    1: "B",
    2: "s",
    3: "H",
    4: "I",
    6: "b",
    8: "h",
    9: "i",
    11: "f",
    12: "d",
    13: "I",
    16: "Q",
    17: "q",
    18: "Q",
}
"""Field type → struct code; the other types do not occur in the tags that are read here."""

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_STRIP_OFFSETS, _SAMPLES, _STRIP_BYTES = 273, 277, 279
_TILE_OFFSETS, _TILE_BYTES, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 324, 325, 338, 339
GDAL_NODATA = 42113
_READ = {
    *(_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _STRIP_OFFSETS, _SAMPLES, _STRIP_BYTES),
    *(_TILE_OFFSETS, _TILE_BYTES, _EXTRA_SAMPLES, _SAMPLE_FORMAT, GDAL_NODATA),
}
_DTYPES = {
    **{(1, bits): f"uint{bits}" for bits in (8, 16, 32, 64)},
    **{(2, bits): f"int{bits}" for bits in (8, 16, 32, 64)},
    **{(3, bits): f"float{bits}" for bits in (16, 32, 64)},
    **{(4, bits): f"uint{bits}" for bits in (8, 16, 32, 64)},  # "undefined": read as unsigned, as libtiff does
    **{(6, bits): f"complex{bits}" for bits in (64, 128)},
}

Tags = Mapping[int, tuple[float, ...] | bytes]


def inspect_tiff(data: bytes) -> ImageInfo:
    """Read size, bands and type of the first page and check that its strips or tiles lie inside the file.

    Raises:
        ValueError: The page cannot be read, is cut off, or mixes sample types.
        struct.error: The header ends too early.
    """
    tags = read_tags(data)
    width, height = _integer(tags, _WIDTH, 0), _integer(tags, _HEIGHT, 0)
    bands = _integer(tags, _SAMPLES, 1)
    if width < 1 or height < 1 or bands < 1:
        msg = f"has no pixels: its header says {width} by {height} with {bands} bands"
        raise ValueError(msg)
    if _integer(tags, _PHOTOMETRIC, 1) == 3:
        msg = "is a TIFF with a colour palette: convert it to gray or RGB"
        raise ValueError(msg)
    dtype = _dtype(tags)
    _check_whole(tags, len(data))
    alpha = bands in (2, 4) and dtype.startswith("uint") and _integer(tags, _EXTRA_SAMPLES, 0) in (1, 2)
    return ImageInfo("tiff", width, height, bands, dtype, alpha=alpha)


def nodata(data: bytes) -> float | None:
    """Return the fill value that GDAL wrote into the first page (tag 42113), or None."""
    text = read_tags(data).get(GDAL_NODATA)
    try:
        return float(text.rstrip(b"\0 ")) if isinstance(text, bytes) else None
    except ValueError:
        return None


def read_tags(data: bytes) -> Tags:
    """Read those tags of the first page that this module knows: tag number → its values, or bytes for text."""
    order = "<" if data[:2] == b"II" else ">"
    (version,) = struct.unpack_from(order + "H", data, 2)
    big = version == 43
    (first,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    (entries,) = struct.unpack_from(order + ("Q" if big else "H"), data, first)
    entry = struct.Struct(order + ("HHQ8s" if big else "HHI4s"))
    start = first + (8 if big else 2)
    if start + entries * entry.size > len(data):
        msg = "is cut off: its TIFF directory lies outside the file"
        raise ValueError(msg)
    tags: dict[int, tuple[float, ...] | bytes] = {}
    for at in range(start, start + entries * entry.size, entry.size):
        tag, kind, count, inline = entry.unpack_from(data, at)
        if tag in _READ and kind in _FORMATS:
            tags[tag] = _values(data, order, _FORMATS[kind], count, inline)
    return tags


def _values(data: bytes, order: str, code: str, count: int, inline: bytes) -> tuple[float, ...] | bytes:
    size = struct.calcsize(order + code) * count
    if size > len(data):
        msg = "is cut off: a TIFF tag lies outside the file"
        raise ValueError(msg)
    if size <= len(inline):
        values = struct.unpack_from(f"{order}{count}{code}", inline)
    else:
        (offset,) = struct.unpack(order + ("Q" if len(inline) == 8 else "I"), inline)
        values = struct.unpack_from(f"{order}{count}{code}", data, offset)
    return values[0] if code == "s" else values


def _integer(tags: Tags, tag: int, default: int) -> int:
    values = tags.get(tag)
    if not values or not isinstance(values[0], int):
        return default
    return values[0]


def _dtype(tags: Tags) -> str:
    kinds, bits = tags.get(_SAMPLE_FORMAT) or (1,), tags.get(_BITS) or (1,)
    if len(set(kinds)) > 1 or len(set(bits)) > 1:
        msg = "is a TIFF whose bands have different types"
        raise ValueError(msg)
    dtype = _DTYPES.get((_integer(tags, _SAMPLE_FORMAT, 1), _integer(tags, _BITS, 1)))
    if dtype is None:
        msg = f"is a TIFF with samples of {bits[0]} bits and sample format {kinds[0]}, which are not read"
        raise ValueError(msg)
    return dtype


def _check_whole(tags: Tags, size: int) -> None:
    offsets = tags.get(_STRIP_OFFSETS) or tags.get(_TILE_OFFSETS)
    counts = tags.get(_STRIP_BYTES) or tags.get(_TILE_BYTES)
    if not offsets:
        msg = "is not a valid TIFF: it has neither strips nor tiles"
        raise ValueError(msg)
    ends = offsets if counts is None else (offset + count for offset, count in zip(offsets, counts, strict=False))
    if max(ends) > size:
        msg = "is cut off: strips or tiles of the TIFF lie outside the file"
        raise ValueError(msg)
