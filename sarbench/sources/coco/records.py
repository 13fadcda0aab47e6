"""What a COCO file is made of: its three kinds of records as they are read, and images with their boxes."""

from dataclasses import dataclass, field
from posixpath import basename, splitext
from typing import Any

import msgspec

Id = int | float | str


@dataclass(frozen=True)
class CocoBox:
    """One annotation: its class and box where it is a target, and its JSON text in any case."""

    record: str
    label: str | None = None
    xywh: tuple[Any, ...] = ()


@dataclass
class CocoImage:
    """One image record with its annotations in the order of the file."""

    file_name: str
    record: str
    width: object
    height: object
    boxes: list[CocoBox] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)

    @property
    def stem(self) -> str:
        """The file name without folders and suffix."""
        return splitext(basename(self.file_name.replace("\\", "/")))[0]


@dataclass(frozen=True)
class CocoFile:
    """One annotation file: images sorted by stem and name, and the class names it declares."""

    images: tuple[CocoImage, ...]
    classes: frozenset[str]


class ImageRecord(msgspec.Struct):
    """One entry of `images`."""

    id: Id
    file_name: str
    width: Any = None
    height: Any = None


class AnnotationRecord(msgspec.Struct):
    """One entry of `annotations`."""

    image_id: Id
    category_id: Id
    id: Any = None
    bbox: Any = None
    iscrowd: Any = 0
    ignore: Any = 0


class CategoryRecord(msgspec.Struct):
    """One entry of `categories`."""

    id: Id
    name: str


def id_text(value: Id) -> str:
    """Return an id as text: 7, 7.0 and "7" are the same."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
