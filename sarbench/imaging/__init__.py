"""Encoded images: size from the header, pixels, SAR → 8-bit display, pixel hashes.

Bytes go in and come out; nothing here opens a file. Whatever the bytes are, `inspect`, `decode`, `verify`,
`display_png` and `pixel_sha256` raise nothing but `ValueError`, whose reason reads on after the file's name.
"""

from sarbench.imaging.display import display_png, to_display
from sarbench.imaging.header import check_png, inspect
from sarbench.imaging.info import ImageInfo, is_displayable
from sarbench.imaging.orientation import is_turned
from sarbench.imaging.pixels import DISPLAY_STRETCH, decode, decode_raw, pixel_sha256, verify

__all__ = [
    "DISPLAY_STRETCH",
    "ImageInfo",
    "check_png",
    "decode",
    "decode_raw",
    "display_png",
    "inspect",
    "is_displayable",
    "is_turned",
    "pixel_sha256",
    "to_display",
    "verify",
]
