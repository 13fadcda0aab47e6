"""Size, bands and type of an image from its header, and whether its bytes are all there; no pixel is decoded.

Rules from the formats' own specifications: PNG (W3C Recommendation, third edition), JPEG (ITU-T T.81, annex B),
BMP (Microsoft's BITMAPFILEHEADER and BITMAPINFOHEADER).
"""

import struct
import zlib

from sarbench.imaging.info import ImageInfo
from sarbench.imaging.tiff import inspect_tiff

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_LARGEST_SIDE = 1_000_000
"""Pixels; no chip or scene has more, and the columns of the schema could not hold it."""

_TAIL = 4096
"""Writers pad the end of files; the end mark is looked for in this many last bytes."""

_PNG_BANDS = {0: 1, 2: 3, 4: 2, 6: 4}
_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_BMP_RASTER = (0, 3, 6)
"""Compression codes whose rows are stored plainly: BI_RGB, BI_BITFIELDS, BI_ALPHABITFIELDS."""


def inspect(data: bytes) -> ImageInfo:
    """Read what the header of an encoded image tells, and check cheaply that the file is whole.

    Args:
        data: The bytes of a PNG, JPEG, BMP, TIFF or BigTIFF file.

    Returns:
        Format, size, bands and type; of a TIFF, those of its first page.

    Raises:
        ValueError: The bytes are no such image, are cut off, or hold samples that cannot be read without loss.

    >>> inspect(b"not an image")
    Traceback (most recent call last):
    ValueError: is not a PNG, JPEG, BMP or TIFF image
    """
    try:
        if data[:8] == _PNG:
            return _png(data)
        if data[:3] == _JPEG:
            return _jpeg(data)
        if data[:2] == b"BM":
            return _bmp(data)
        if data[:4] in _TIFF:
            return inspect_tiff(data)
    except (struct.error, IndexError, OverflowError) as short:
        msg = "is cut off: its header points outside the file"
        raise ValueError(msg) from short
    msg = "is not a PNG, JPEG, BMP or TIFF image" if data else "is empty"
    raise ValueError(msg)


def _sized(info: ImageInfo) -> ImageInfo:
    if info.width < 1 or info.height < 1:
        msg = f"has no pixels: its header says {info.width} by {info.height}"
        raise ValueError(msg)
    if max(info.width, info.height) > _LARGEST_SIDE:
        msg = f"is damaged: its header says {info.width} by {info.height}"
        raise ValueError(msg)
    return info


def _png(data: bytes) -> ImageInfo:
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    if data[12:16] != b"IHDR" or depth not in _PNG_DEPTHS.get(colour, ()):
        msg = "is not a valid PNG: its first chunk is no usable IHDR"
        raise ValueError(msg)
    if b"IEND\xaeB`\x82" not in data[-_TAIL:]:
        msg = "is cut off: the PNG does not end with IEND"
        raise ValueError(msg)
    if depth == 16 and colour != 0:
        msg = "is a 16-bit colour PNG, which Pillow cuts down to 8 bits: convert it to TIFF"
        raise ValueError(msg)
    bands = _png_palette_bands(data) if colour == 3 else _PNG_BANDS[colour]
    dtype = "uint16" if depth == 16 else "uint8"
    return _sized(ImageInfo("png", width, height, bands, dtype, alpha=colour in (4, 6)))


def _png_palette_bands(data: bytes) -> int:
    """Walk the chunks to PLTE, which precedes the pixels."""
    offset = 8
    while True:
        length, kind = struct.unpack_from(">I4s", data, offset)
        if kind == b"PLTE":
            palette = data[offset + 8 : offset + 8 + length]
            return 1 if palette[0::3] == palette[1::3] == palette[2::3] else 3
        if kind == b"IDAT":
            msg = "is not a valid PNG: its palette is missing"
            raise ValueError(msg)
        offset += 12 + length


def _jpeg(data: bytes) -> ImageInfo:
    """Walk the marker segments to the frame header (SOF0 … SOF15 without DHT, JPG and DAC)."""
    offset = 2
    while True:
        if data[offset] != 0xFF:
            msg = "is not a valid JPEG: a marker is expected where there is none"
            raise ValueError(msg)
        marker = data[offset + 1]
        if marker == 0xFF:  # fill byte
            offset += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return _jpeg_frame(data, offset)
        elif marker in (0xD9, 0xDA):
            msg = "is not a valid JPEG: no frame header before the pixels"
            raise ValueError(msg)
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:  # markers without a segment
            offset += 2
        else:
            offset += 2 + max(2, struct.unpack_from(">H", data, offset + 2)[0])


def _jpeg_frame(data: bytes, offset: int) -> ImageInfo:
    length, precision, height, width, components = struct.unpack_from(">HBHHB", data, offset + 2)
    if data.rfind(b"\xff\xd9", max(offset + 2 + length, len(data) - _TAIL)) < 0:
        msg = "is cut off: the JPEG does not end with its end-of-image marker"
        raise ValueError(msg)
    if precision != 8 or components not in (1, 3):
        msg = f"is a JPEG with {components} components of {precision} bits: only 1 or 3 of 8 bits are read"
        raise ValueError(msg)
    return _sized(ImageInfo("jpeg", width, height, components, "uint8"))


def _bmp(data: bytes) -> ImageInfo:
    size, _, start, header = struct.unpack_from("<IIII", data, 2)
    if header == 12:  # OS/2 1.x
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        compression, colours, entry = 0, 0, 3
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
        (colours,) = struct.unpack_from("<I", data, 46)
        entry = 4
    if bits not in (1, 4, 8, 16, 24, 32):
        msg = f"is not a valid BMP: {bits} bits a pixel"
        raise ValueError(msg)
    info = _sized(ImageInfo("bmp", width, abs(height), 3, "uint8"))
    stride = (width * bits + 31) // 32 * 4
    needed = start + stride * info.height if compression in _BMP_RASTER else size
    if needed > len(data):
        msg = f"is cut off: the BMP should have {needed} bytes and has {len(data)}"
        raise ValueError(msg)
    if bits > 8:
        return info
    first = 14 + header
    palette = data[first : first + entry * (colours or 1 << bits)]
    gray = palette[0::entry] == palette[1::entry] == palette[2::entry]
    return ImageInfo("bmp", info.width, info.height, 1 if gray else 3, "uint8")


def check_png(data: bytes) -> None:
    """Compare every chunk of a PNG with its checksum: damaged pixels are noticed without decoding them.

    Data that is no PNG passes: the other formats carry no checksum, and their pixels are only looked at by `verify`.

    Raises:
        ValueError: A chunk is damaged, cut off or out of place.
    """
    if not data.startswith(_PNG):
        return
    view, place = memoryview(data), len(_PNG)
    while place + 12 <= len(data):
        length = int.from_bytes(view[place : place + 4], "big")
        end = place + 8 + length
        if zlib.crc32(view[place + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            name = bytes(view[place + 4 : place + 8]).decode("latin-1")
            msg = f"is damaged: the checksum of its {name!r} chunk is wrong"
            raise ValueError(msg)
        if bytes(view[place + 4 : place + 8]) == b"IEND":
            return
        place = end + 4
    msg = "is cut off: the PNG does not end with IEND"
    raise ValueError(msg)
