"""COCO annotation files: images with their boxes, whatever a single record has wrong.

Layout and literal records: SARDet-100K (`Annotations/train.json`) and HRSID (`annotations/train2017.json`). Boxes are
x, y, width, height in pixels; category ids start at 0 in one and at 1 in the other, so classes are read by name.
"""

import re

import msgspec

from sarbench.errors import InputError
from sarbench.sources import _flags
from sarbench.sources._classes import CLASSES, class_named
from sarbench.sources._report import Report
from sarbench.sources.coco.records import (
    AnnotationRecord,
    CategoryRecord,
    CocoBox,
    CocoFile,
    CocoImage,
    ImageRecord,
    id_text,
)
from sarbench.sources.reading.records import compact, items, json_object, repeats_a_key

_EXPECTED = "a COCO object with images, annotations and categories"
_KEYS = (b'"bbox"', b'"image_id"', b'"category_id"')
"""What decides about a box: only records that seem to have one of them twice are looked at closely."""
_GIVE = "Give the annotation files as the authors publish them"


def read_coco(data: bytes, *, file: str, report: Report) -> CocoFile:
    """Read one annotation file.

    Records that cannot be read, annotations of unknown images and of unknown classes are left out and reported. Image
    records with the same file name become one. Two files under one image id cannot be told apart and are both left out.
    A box repeated under its own annotation id, or through an image listed twice, counts once; equal boxes under
    different ids are both kept, because the authors count them so.

    Args:
        data: The file's bytes.
        file: Its name in messages and reports.
        report: Where problems are noted.

    Raises:
        InputError: The file is no COCO file, lists no image, has none of the six classes, or has no box at all.
    """
    parts = json_object(data, file=file, expected=_EXPECTED, report=report)
    for key in ("images", "annotations", "categories"):
        if len(re.findall(rb'"%b"\s*:\s*\[' % key.encode(), data)) > 1:
            problem = f"names {key} twice, and which of the two counts cannot be told"
            raise InputError(where=file, problem=problem, fix=_GIVE)
    if missing := [key for key in ("images", "annotations", "categories") if key not in parts]:
        problem = f"has no {' and no '.join(missing)}, so it is not {_EXPECTED}"
        raise InputError(where=file, problem=problem, fix=f"{_GIVE}; detection results will not do")
    try:
        images, annotations, categories = (items(parts[key]) for key in ("images", "annotations", "categories"))
    except msgspec.DecodeError as error:
        raise InputError(where=file, problem=f"is not {_EXPECTED} ({error})", fix=_GIVE) from error
    if not annotations:
        problem = f"lists {len(images)} images and not one box"
        fix = "Download it again: SARDet-100K's test boxes were added on 2024-08-31"
        raise InputError(where=file, problem=problem, fix=fix)
    reader = _Reader(file, report)
    reader.read_categories(categories)
    reader.read_images(images)
    for number, annotation in enumerate(annotations):
        reader.read_annotation(number, annotation)
    distinct = {id(image): image for image in reader.images.values()}.values()
    ordered = tuple(sorted(distinct, key=lambda image: (image.stem, image.file_name)))
    return CocoFile(ordered, frozenset(label for label in reader.labels.values() if label))


class _Reader:
    """One pass over one file: categories, then images, then annotations."""

    def __init__(self, file: str, report: Report) -> None:
        self.file = file
        self.report = report
        self.labels: dict[str, str | None] = {}
        self.images: dict[str, CocoImage] = {}
        self._annotation_ids: set[str] = set()

    def read_categories(self, raws: list[msgspec.Raw]) -> None:
        """Fill `labels`: category id → class, None for a class that is not one of the six."""
        names = []
        for number, raw in enumerate(raws):
            try:
                category = msgspec.json.decode(raw, type=CategoryRecord)
            except msgspec.DecodeError:
                self._skip(f"category {number}", "category cannot be read")
                continue
            names.append(category.name)
            key, label = id_text(category.id), class_named(category.name)
            if key in self.labels and self.labels[key] != label:
                # Which of the two an annotation means cannot be told: neither is taken.
                self._skip(f"category {category.name!r}", "category id stands for several classes")
                label = None
            self.labels[key] = label
            if label is None:
                self._skip(f"category {category.name!r}", "unknown category")
        if not any(self.labels.values()):
            problem = f"has none of the classes {', '.join(CLASSES)}; its categories are {', '.join(names) or 'none'}"
            fix = "Give SARDet-100K or another set with some of these classes"
            raise InputError(where=self.file, problem=problem, fix=fix)

    def read_images(self, raws: list[msgspec.Raw]) -> None:
        """Fill `images`: image id → image; equal file names share one image."""
        by_name: dict[str, CocoImage] = {}
        torn: dict[str, str] = {}
        for number, raw in enumerate(raws):
            try:
                record = msgspec.json.decode(raw, type=ImageRecord)
            except msgspec.DecodeError:
                self._skip(f"image record {number}", "image record cannot be read")
                continue
            key, name = id_text(record.id), record.file_name
            if not name.strip():
                self._skip(f"image {key}", "image record without a file name")
            elif key in self.images and self.images[key].file_name != name:
                self._skip(f"image {key} ({name})", "image id stands for several files")
                torn[key] = self.images[key].file_name
            elif name in by_name:
                self._flag(name, "image listed twice", "put together")
                by_name[name].flags.add(_flags.IMAGE_LISTED_TWICE)
                self.images[key] = by_name[name]
            else:
                self.images[key] = by_name[name] = CocoImage(name, compact(raw), record.width, record.height)
        for key, name in torn.items():
            self._skip(f"image {key} ({name})", "image id stands for several files")
            del self.images[key]
        if not self.images:
            raise InputError(where=self.file, problem="lists no image that can be read", fix=_GIVE)

    def read_annotation(self, number: int, raw: msgspec.Raw) -> None:
        """Give one annotation to its image."""
        try:
            annotation = msgspec.json.decode(raw, type=AnnotationRecord)
        except msgspec.DecodeError:
            self._skip(f"annotation {number}", "annotation cannot be read")
            return
        if any(bytes(raw).count(key) > 1 for key in _KEYS) and repeats_a_key(raw):
            self._flag(f"annotation {number}", "record has a key twice", "the last value counts")
        name = f"annotation {number if annotation.id is None else annotation.id}"
        image = self.images.get(id_text(annotation.image_id))
        if image is None:
            self._skip(name, "annotation of an unknown image")
            return
        box = self._box(annotation, compact(raw), image, f"{name} ({image.file_name})")
        known = annotation.id is not None and name in self._annotation_ids
        self._annotation_ids.add(name)
        if known:
            self._flag(name, "annotation id used twice", "kept")
        if any(box.xywh and (box.label, box.xywh) == (other.label, other.xywh) for other in image.boxes):
            once = known or _flags.IMAGE_LISTED_TWICE in image.flags
            self._flag(f"{name} ({image.file_name})", "box given twice", "counted once" if once else "kept")
            box = CocoBox(box.record) if once else box
        image.boxes.append(box)

    def _box(self, annotation: AnnotationRecord, record: str, image: CocoImage, name: str) -> CocoBox:
        label = self.labels.get(id_text(annotation.category_id))
        if label is None:
            self._flag(name, "box of an unknown class", "box dropped")
            image.flags.add(_flags.BOX_DROPPED)
            return CocoBox(record)
        if annotation.iscrowd or annotation.ignore:
            self._flag(name, "box marked as crowd or ignore", "no target")
            image.flags.add(_flags.BOX_IGNORED)
            return CocoBox(record)
        return CocoBox(record, label, tuple(annotation.bbox) if isinstance(annotation.bbox, list) else ())

    def _skip(self, record: str, problem: str) -> None:
        self.report.skip(file=self.file, record=record, problem=problem)

    def _flag(self, record: str, problem: str, action: str) -> None:
        self.report.flag(file=self.file, record=record, problem=problem, action=action)
