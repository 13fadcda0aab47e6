"""COCO files and images together: every image of a split with its targets, checked against the true size."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from sarbench.errors import InputError
from sarbench.schema import Box, Source
from sarbench.sources import _flags
from sarbench.sources._boxes import corners, placement
from sarbench.sources._classes import CLASSES
from sarbench.sources._report import Report
from sarbench.sources.coco.annotations import read_coco
from sarbench.sources.coco.records import CocoImage
from sarbench.sources.reading.ahead import ahead
from sarbench.sources.reading.files import DataFile, DataFolder, plain, split_of, unpacked_first
from sarbench.sources.reading.images import ImageIndex, LoadedImage, UnusableImage

SPLITS = ("train", "validation", "test")
_PLAIN_NAME = re.compile(r"(instances)?(train|val|valid|validation|test)\d*")
_HRSID_NAME = re.compile(r"P\d{4}_\d+_\d+_\d+_\d+")


@dataclass(frozen=True)
class Target:
    """One box that counts, and its annotation's JSON text."""

    box: Box
    record: str


@dataclass(frozen=True)
class Scene:
    """One image with its targets in the order of the file.

    `annotations` are the JSON texts of all annotations, targets or not.
    """

    stem: str
    image: LoadedImage
    targets: tuple[Target, ...]
    flags: tuple[str, ...]
    image_record: str
    annotations: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int]:
        """True width and height in pixels."""
        return self.image.width, self.image.height

    @property
    def record(self) -> str:
        """The authors' records of this image as JSON."""
        return self._as_json(self.annotations)

    def record_of(self, target: Target) -> str:
        """Return the image's record and the annotation of one target as JSON."""
        return self._as_json((target.record,))

    def _as_json(self, annotations: Sequence[str]) -> str:
        return f'{{"image":{self.image_record},"annotations":[{",".join(annotations)}]}}'


@dataclass(frozen=True)
class SceneSplit:
    """One split: what its rows share, and its scenes.

    Attributes:
        source: The provenance of every row.
        simulated: Whether the folder is marked as simulated.
        groups: How many different stems the images have.
        scenes: Gives the scenes of a run of stems; problems go into the report.
    """

    source: Source
    simulated: bool
    groups: int
    scenes: Callable[[range, Report], Iterator[Scene]]


def find_annotations(folder: DataFolder) -> dict[str, DataFile]:
    """Return split → COCO file for the files that are named after a split, such as train.json or test2017.json.

    A plain name is taken anywhere; one with more behind the split's name only in a folder named after annotations.

    Raises:
        InputError: Several files fit one split equally well.
    """
    ranked: dict[str, dict[tuple[bool, bool], list[DataFile]]] = {}
    for file in folder.files:
        split = split_of(plain(file.stem).removeprefix("instances"))
        if file.suffix != ".json" or split is None:
            continue
        exact = _PLAIN_NAME.fullmatch(plain(file.stem)) is not None
        filed = any(plain(part).startswith("annotation") for part in file.parts[:-1])
        if exact or filed:
            ranked.setdefault(split, {}).setdefault((not exact, not filed), []).append(file)
    chosen = {}
    for split in SPLITS:
        if split in ranked:
            best = unpacked_first(ranked[split][min(ranked[split])])
            if len(best) > 1:
                problem = f"several files may hold the {split} boxes: {', '.join(file.name for file in best)}"
                raise InputError(where=folder.root, problem=problem, fix="Give the folder of one dataset")
            chosen[split] = best[0]
    return chosen


def read_split(folder: DataFolder, split: str, *, dataset: str, report: Report) -> SceneSplit:
    """Read one split: the annotations at once, each image when its scene is asked for.

    Args:
        folder: The data folder.
        split: One of `SPLITS`.
        dataset: The name that goes into the paths of the images.
        report: Where problems of the annotation file are noted.

    Raises:
        InputError: The split has no annotation file, or the file cannot be used.
    """
    found = find_annotations(folder)
    if split not in found:
        raise folder.nothing_usable(looked_for=f"a COCO file of {split} such as Annotations/{split}.json")
    file = found[split]
    folder.note_unreadable(report)
    with folder.naming(file):
        coco = read_coco(folder.read(file), file=file.name, report=report)
    upstream, licence = _provenance(coco.classes, coco.images)
    source = Source(
        dataset=upstream,
        split=re.sub(r"^instances_|\d+$", "", file.stem),
        file=file.name,
        licence="simulated" if folder.simulated else licence,
        box_frame="native pixels",
        box_edges="exclusive",
    )
    index = ImageIndex(folder)
    stems = [list(images) for _, images in groupby(coco.images, key=lambda image: image.stem)]

    def scenes(span: range, report: Report) -> Iterator[Scene]:
        images = [image for stem in stems[span.start : span.stop] for image in stem]
        return _scenes(images, index, file.name, split, dataset, report)

    return SceneSplit(source, folder.simulated, len(stems), scenes)


def _scenes(
    images: Sequence[CocoImage], index: ImageIndex, file: str, split: str, dataset: str, report: Report
) -> Iterator[Scene]:
    def load(name: str) -> LoadedImage:
        return index.load(index.find(name, split=split, other_splits=False), dataset=dataset)

    for coco, loading in zip(images, ahead(partial(load, coco.file_name) for coco in images), strict=True):
        try:
            image = loading.result()
        except UnusableImage as unusable:
            report.skip(file=file, record=f"{coco.file_name} ({unusable.detail})", problem=unusable.problem)
            continue
        flags = set(coco.flags)
        if _declared(coco) not in (None, (image.width, image.height)):
            flags.add(_flags.SIZE_MISMATCH)
            detail = f"{coco.file_name} (declared {coco.width} × {coco.height}, is {image.width} × {image.height})"
            report.flag(file=file, record=detail, problem="declared size is not the image's size")
        targets = tuple(_targets(coco, image, flags, file, report))
        yield Scene(
            stem=coco.stem,
            image=image,
            targets=targets,
            flags=tuple(sorted(flags)),
            image_record=coco.record,
            annotations=tuple(box.record for box in coco.boxes),
        )


def _declared(coco: CocoImage) -> tuple[object, object] | None:
    return None if coco.width is None or coco.height is None else (coco.width, coco.height)


def _targets(coco: CocoImage, image: LoadedImage, flags: set[str], file: str, report: Report) -> Iterator[Target]:
    """Yield the boxes that count; what is wrong with them goes into `flags` and `report`."""
    for box in coco.boxes:
        if box.label is None:
            continue
        name = f"{coco.file_name}: {list(box.xywh)}"
        try:
            xyxy = corners(box.xywh)
        except ValueError as error:
            report.flag(file=file, record=name, problem=str(error), action="box dropped")
            flags.add(_flags.BOX_DROPPED)
            continue
        place = placement(xyxy, image.width, image.height)
        if place == "outside":
            report.flag(file=file, record=name, problem="box wholly outside the image", action="box dropped")
            flags.add(_flags.BOX_DROPPED)
            continue
        if place == "partly":
            report.flag(file=file, record=name, problem="box reaches over the edge of the image")
            flags.add(_flags.BOX_OUTSIDE_IMAGE)
        yield Target(Box(box.label, xyxy), box.record)


def _provenance(classes: frozenset[str], images: Sequence[CocoImage]) -> tuple[str | None, str | None]:
    """Return upstream set and licence where classes or file names give them away, else nothing."""
    if classes == frozenset(CLASSES):
        return "SARDet-100K", "CC BY-NC 4.0"
    if all(_HRSID_NAME.fullmatch(image.stem) for image in images):
        return "HRSID", "GPL-3.0 (of the repository)"
    return None, None
