"""Image bytes → files that every browser shows, named by their content."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

_AS_THEY_ARE = {"PNG": "png", "JPEG": "jpg"}


@dataclass(frozen=True)
class ChipFile:
    """An image of the site: its path under the site's folder, its bytes, its own size in pixels."""

    path: str
    content: bytes
    size: tuple[int, int]


def chip_file(encoded: bytes) -> ChipFile | None:
    """Prepare an image for the site.

    PNG and JPEG stay as they are; what Pillow can read beside (BMP, TIFF, …) becomes PNG. None where nothing can read
    it: the page then shows a blank frame.
    """
    try:
        with Image.open(io.BytesIO(encoded)) as image:
            kind, size = image.format or "", image.size
            content = encoded if kind in _AS_THEY_ARE else _png(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        # Pillow raises SyntaxError and ValueError, too, for broken files.
        return None
    name = hashlib.sha256(content).hexdigest()[:12]
    return ChipFile(f"assets/chips/{name}.{_AS_THEY_ARE.get(kind, 'png')}", content, size)


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    plain = image if image.mode in {"1", "L", "RGB", "P"} else image.convert("L" if image.mode[0] in "IF" else "RGB")
    plain.save(stream, format="PNG")
    return stream.getvalue()
