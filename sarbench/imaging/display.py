"""SAR values of any type → an 8-bit picture, by one documented rule.

The rule, in order:

1. Opacity is dropped; complex samples become their magnitude.
2. Not valid, and painted black: NaN, ±inf, the file's own fill value, the usual fills -9999, -32768 and the lowest
   float32, and, where no value is negative, exact zeros (the rim around a swath).
3. Values go to a logarithmic scale, where speckle is additive. They are there already when 8-bit, when more than 1 % of
   them are negative (decibels), or when they are floats that look like decibels above zero: median at least 5, 99th
   percentile at most 120 and below three times the median. Else 10·log10, whether they are
   intensities or amplitudes: the two differ by a factor 2, which the stretch takes out.
4. Bands become channels, so that every band can be seen:
   1 → gray; 2 (a, b, e.g. VV, VH) → red a, green b, blue a − b, the ratio in decibels, as is usual for Sentinel-1;
   3 → red, green, blue; 4 (HH, HV, VH, VV) → red HH, green (HV + VH) / 2, blue VV, the lexicographic composite, which
   needs no phase; more → gray of their mean.
5. Each channel is stretched linearly from its 1st to its 99.5th percentile over valid pixels, clipped, to 0 … 255. A
   channel without contrast becomes mid-gray (128).

8-bit images of 1 or 3 bands are pictures already: they are returned as they are.
"""

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sarbench.imaging.header import inspect
from sarbench.imaging.pixels import decode
from sarbench.imaging.tiff import nodata as tiff_nodata

LOW_PERCENTILE = 1.0
HIGH_PERCENTILE = 99.5
_FILLS = (-9999.0, -32768.0, float(np.finfo(np.float32).min))
_SAMPLED = 1 << 20
"""Percentiles of larger channels are taken from an even sample of about this many pixels."""


def to_display(array: NDArray[Any], *, nodata: float | None = None) -> NDArray[np.uint8]:
    """Turn SAR values into an 8-bit picture by the rule at the top of this module.

    Args:
        array: [bands, height, width], any real, complex or boolean type.
        nodata: The file's own fill value.

    Returns:
        uint8 [height, width], or [height, width, 3] for 2, 3 or 4 bands.

    Raises:
        ValueError: The array is not three-dimensional or has no pixels.

    >>> to_display(np.full((1, 2, 2), -12.5, dtype=np.float32)).tolist()
    [[128, 128], [128, 128]]
    """
    if array.ndim != 3 or array.size == 0:
        msg = f"has shape {array.shape}, expected [bands, height, width] with pixels"
        raise ValueError(msg)
    if array.dtype == np.uint8 and array.shape[0] in (1, 3):
        return array[0] if array.shape[0] == 1 else np.moveaxis(array, 0, -1)
    logarithmic = _logarithmic(array, nodata)
    channels = [_stretch(channel) for channel in _channels(logarithmic)]
    return channels[0] if len(channels) == 1 else np.stack(channels, axis=-1)


def display_png(data: bytes) -> bytes:
    """Decode an image and return the 8-bit picture of it as PNG bytes, the same on every machine.

    Raises:
        ValueError: The image cannot be decoded.
    """
    info = inspect(data)
    pixels = decode(data)
    fill = tiff_nodata(data) if info.format == "tiff" else None
    return encode_png(to_display(pixels[:-1] if info.alpha else pixels, nodata=fill))


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """Encode uint8 [height, width] or [height, width, 3] as PNG with stored, not compressed, rows.

    Compressors differ between zlib builds, and with them hashes of the bytes would differ between machines. Speckle
    hardly compresses: a PNG at zlib's level 6 is about 5 % smaller than this.
    """
    height, width = picture.shape[:2]
    colour = 0 if picture.ndim == 2 else 2
    rows = np.zeros((height, 1 + picture[0].size), dtype=np.uint8)  # each row starts with filter type 0
    rows[:, 1:] = picture.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", _stored(rows.tobytes())) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _logarithmic(array: NDArray[Any], nodata: float | None) -> NDArray[np.float32]:
    """Apply steps 1 to 3: values on a logarithmic scale, NaN where not valid."""
    magnitude = np.abs(array) if np.iscomplexobj(array) else array
    values = magnitude.astype(np.float32, copy=False)
    invalid = ~np.isfinite(values)
    for fill in (*_FILLS, *(() if nodata is None else (nodata,))):
        invalid |= values == np.float32(fill)
    if invalid.all():
        return np.full(values.shape, np.nan, dtype=np.float32)
    valid = values[~invalid] if invalid.any() else values
    if array.dtype == np.uint8 or np.mean(valid < 0) > 0.01:
        return np.where(invalid, np.float32(np.nan), values)
    invalid |= values <= 0
    positive = values[~invalid]
    if np.issubdtype(array.dtype, np.floating) and _looks_like_decibels(positive):
        return np.where(invalid, np.float32(np.nan), values)
    with np.errstate(divide="ignore", invalid="ignore"):
        decibels = 10 * np.log10(values)
    return np.where(invalid, np.float32(np.nan), decibels)


def _looks_like_decibels(positive: NDArray[np.float32]) -> bool:
    if positive.size == 0:
        return False
    median, high = np.percentile(_sample(positive), (50, 99))
    return bool(median >= 5 and high <= 120 and high < 3 * median)


def _channels(bands: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    match bands.shape[0]:
        case 1 | 3:
            return list(bands)
        case 2:
            return [bands[0], bands[1], bands[0] - bands[1]]
        case 4:
            return [bands[0], (bands[1] + bands[2]) / 2, bands[3]]
        case _:
            valid = np.isfinite(bands)
            mean = np.where(valid, bands, 0).sum(axis=0) / np.maximum(valid.sum(axis=0), 1)
            return [np.where(valid.any(axis=0), mean, np.float32(np.nan)).astype(np.float32)]


def _stretch(channel: NDArray[np.float32]) -> NDArray[np.uint8]:
    valid = np.isfinite(channel)
    values = _sample(channel[valid])
    if values.size == 0:
        return np.zeros(channel.shape, dtype=np.uint8)
    low, high = np.percentile(values, (LOW_PERCENTILE, HIGH_PERCENTILE))
    if high - low <= 1e-6 * max(abs(low), abs(high)):  # float32 cannot tell the values apart
        return np.where(valid, 128, 0).astype(np.uint8)
    scaled = (np.where(valid, channel, low) - low) * (255 / (high - low))
    return np.where(valid, np.rint(np.clip(scaled, 0, 255)), 0).astype(np.uint8)


def _sample(values: NDArray[np.float32]) -> NDArray[np.float32]:
    flat = values.reshape(-1)
    return flat[:: max(1, flat.size // _SAMPLED)]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _stored(data: bytes) -> bytes:
    """Wrap bytes as a zlib stream of stored blocks (RFC 1950, RFC 1951 section 3.2.4)."""
    blocks = [data[at : at + 0xFFFF] for at in range(0, len(data), 0xFFFF)]
    parts = [b"\x78\x01"]
    for number, block in enumerate(blocks, start=1):
        parts += [struct.pack("<BHH", number == len(blocks), len(block), len(block) ^ 0xFFFF), block]
    return b"".join([*parts, struct.pack(">I", zlib.adler32(data))])
