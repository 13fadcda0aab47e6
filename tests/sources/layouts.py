"""Small folders in the authors' layouts, made by the tests themselves."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sarbench.schema import Row
from sarbench.sources import Report, SourceModule

CLASSES = ("ship", "aircraft", "car", "tank", "bridge", "harbor")


def picture(seed: int = 0, size: tuple[int, int] = (64, 48), kind: str = "PNG") -> bytes:
    """Return an 8-bit gray image of (width, height)."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0]), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def coco(
    images: Sequence[dict[str, Any]], annotations: Sequence[dict[str, Any]], classes: Sequence[str] = CLASSES
) -> dict[str, Any]:
    return {
        "images": list(images),
        "annotations": list(annotations),
        "categories": [{"id": number, "name": name, "supercategory": name} for number, name in enumerate(classes)],
    }


def image(number: int, name: str | None = None, size: tuple[int, int] = (64, 48)) -> dict[str, Any]:
    return {"file_name": name or f"{number:07d}.png", "height": size[1], "width": size[0], "id": number}


def box(number: int, of: int, bbox: Sequence[Any], category: int = 0, **more: Any) -> dict[str, Any]:
    base = {"area": 1.0, "iscrowd": 0, "image_id": of, "bbox": list(bbox), "category_id": category, "id": number}
    return {**base, "ignore": 0, "segmentation": [], **more}


class Folder:
    """A data folder in the making."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def put(self, name: str, content: bytes | str | object) -> Path:
        """Write bytes and text as they are, anything else as JSON."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def rows(self, source: SourceModule, config: str, split: str) -> tuple[list[Row], Report]:
        report = Report()
        return list(source.rows(self.root, config, split, report=report)), report
