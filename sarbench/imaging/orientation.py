"""Images that ask their viewer to turn or mirror them (EXIF, tag 274): boxes on stored pixels would be off."""

import io
import warnings

from PIL import Image

_ORIENTATION = 274
_JPEG, _PNG = b"\xff\xd8", b"\x89PNG"
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_JPEG_HEAD = 1 << 17
"""Bytes at the beginning of a JPEG that hold its EXIF part, of at most 64 KiB, behind other segments."""


def is_turned(data: bytes) -> bool:
    """Tell whether an image carries an orientation other than upright.

    `datasets.Image` turns such an image when it decodes it (datasets, features/image.py), other readers do not.
    """
    if data.startswith(_JPEG):
        asks = b"Exif\0\0" in data[:_JPEG_HEAD]
    elif data.startswith(_PNG):
        asks = b"eXIf" in data or b"Raw profile type exif" in data
    else:
        asks = data.startswith(_TIFF)
    if not asks:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = Image.open(io.BytesIO(data)).getexif().get(_ORIENTATION)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False  # whoever decodes it says what is wrong
    return found not in (None, 1)
