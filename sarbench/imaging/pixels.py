"""The pixels of encoded images as arrays [bands, height, width] of their native type."""

import hashlib
import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sarbench.errors import InputError
from sarbench.imaging.header import inspect
from sarbench.imaging.info import ImageInfo

# What Pillow and tifffile raise on damaged files; neither documents a common parent.
_DECODER_ERRORS = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError),
    *(AssertionError, RuntimeError, ImportError, MemoryError),
    *(struct.error, zlib.error, Image.DecompressionBombError),
)
_EXACT_IN_PILLOW = {
    (1, "uint8"): ("L",),
    (3, "uint8"): ("RGB",),
    (1, "uint16"): ("I;16", "I;16B"),
    (1, "float32"): ("F",),
}
"""Bands and type of a TIFF → Pillow modes that hold its samples unchanged."""
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def decode(data: bytes) -> NDArray[Any]:
    """Decode every pixel.

    Args:
        data: The bytes of a PNG, JPEG, BMP or TIFF file.

    Returns:
        Array [bands, height, width] of the type that `inspect` tells; of a TIFF, its first page.

    Raises:
        ValueError: The file is damaged, cut off or compressed in a way that cannot be read here.
    """
    info = inspect(data)
    try:
        pixels = _tiff_pixels(data, info) if info.format == "tiff" else _pillow_pixels(data, info)
        bands_first = np.ascontiguousarray(pixels.reshape(info.bands, info.height, info.width))
    except _DECODER_ERRORS as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        msg = f"cannot be decoded: {reason}"
        raise ValueError(msg) from error
    return bands_first.astype(info.dtype, copy=False)


def verify(data: bytes) -> None:
    """Decode every pixel and forget it.

    Raises:
        ValueError: The image cannot be decoded; the reason follows.
    """
    decode(data)


def pixel_sha256(data: bytes) -> str:
    """Hash shape, type and pixels: copies in another lossless encoding hash alike, one changed pixel does not.

    A gray image and its copy with three equal bands differ, because their shapes do.
    """
    pixels = decode(data)
    little = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("<"))
    digest = hashlib.sha256(f"{pixels.dtype.name} {pixels.shape}".encode())
    digest.update(little.data)
    return digest.hexdigest()


DISPLAY_STRETCH = "display_stretch"
"""The flag of a row whose `image` is a display stretch, because its raw bytes are not 8-bit with 1 or 3 bands."""


def decode_raw(row: Mapping[str, Any]) -> NDArray[np.inexact[Any]]:
    """Return the measured values behind a row of the schema.

    Args:
        row: A row with `raw_image` (bytes or null) and `image` (a Pillow image, or a mapping with "bytes").

    Returns:
        Array [bands, height, width] with the values of the file, unscaled: float32 where that is exact (8 and 16-bit
        integers, half and single floats), else float64; complex samples stay complex, so that phase is kept.

    Raises:
        InputError: The row has neither image, its bytes cannot be decoded, or it shows a display stretch and the raw
            bytes got lost on the way.
    """
    where = str(row.get("id") or "this row")
    raw, image = row.get("raw_image"), row.get("image")
    if raw is None and DISPLAY_STRETCH in (row.get("flags") or ()):
        problem = "shows a display stretch, and its measured values (raw_image) are not in this row"
        fix = 'Load it with join="flat"; in a lazily joined set, with_format, concatenating and the like lose them'
        raise InputError(where=where, problem=problem, fix=fix)
    if raw is None and isinstance(image, Mapping):
        raw = image.get("bytes")
    if raw is None and isinstance(image, Image.Image):
        return _image_pixels(image).astype(np.float32)
    if raw is None:
        fix = "Take a row of a config that has images"
        raise InputError(where=where, problem="has neither raw_image nor image bytes", fix=fix)
    try:
        pixels = decode(bytes(raw))
    except ValueError as error:
        fix = "Build the set again from the authors' files; `sarbench check` lists the damaged ones"
        raise InputError(where=where, problem=f"its image {error}", fix=fix) from error
    if np.iscomplexobj(pixels):
        return pixels
    exact = np.can_cast(pixels.dtype, np.float32)
    return pixels.astype(np.float32 if exact else np.float64, copy=False)


def _tiff_pixels(data: bytes, info: ImageInfo) -> NDArray[Any]:
    """Read the first page with tifffile, or with Pillow where tifffile lacks the codec and Pillow is exact."""
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages.first
        try:
            pixels = page.asarray()
        except (ValueError, ImportError):  # tifffile reads LZW, zstd and JPEG only with imagecodecs installed
            if not (exact := _EXACT_IN_PILLOW.get((info.bands, info.dtype))):
                raise
            with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
                if image.mode not in exact:
                    raise
                return _image_pixels(image)
        if info.bands > 1 and page.planarconfig == tifffile.PLANARCONFIG.CONTIG:
            return np.moveaxis(pixels.reshape(info.height, info.width, info.bands), -1, 0)
        return np.asarray(pixels)


def _pillow_pixels(data: bytes, info: ImageInfo) -> NDArray[Any]:
    with Image.open(io.BytesIO(data), formats=[info.format.upper()]) as image:
        if image.size != (info.width, info.height):
            msg = f"Pillow finds {image.size} pixels where the header says {(info.width, info.height)}"
            raise ValueError(msg)
        return _image_pixels(image if info.dtype == "uint16" else image.convert(_MODES[info.bands]))


def _image_pixels(image: Image.Image) -> NDArray[Any]:
    """Return [bands, height, width]; a palette becomes the colours that it paints."""
    if image.mode in ("1", "P"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    pixels = np.asarray(image)
    return pixels[np.newaxis] if pixels.ndim == 2 else np.moveaxis(pixels, -1, 0)
