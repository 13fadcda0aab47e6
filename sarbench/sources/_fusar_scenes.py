"""FUSAR-GEOVL's files → records with their images → samples."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from sarbench.errors import InputError
from sarbench.schema import Source
from sarbench.sources import _flags
from sarbench.sources._files import DataFile, DataFolder, plain, unpacked_first
from sarbench.sources._fusar_records import FIELDS, FusarRecord, caption_of, read_record, value_of
from sarbench.sources._images import ImageIndex, LoadedImage, UnusableImage
from sarbench.sources._records import compact, json_records
from sarbench.sources._report import Report
from sarbench.sources._rows import Sample

_PART = re.compile(r"captionpart([0-9]+)")


@dataclass(frozen=True)
class FusarScene:
    """One record with its image, if it names one that is there; `text` is the record as JSON."""

    image_id: str
    record: FusarRecord
    text: str
    image: LoadedImage | None
    source: Source
    flags: tuple[str, ...]


def find_parts(folder: DataFolder) -> list[DataFile]:
    """Return the files caption_part<n>.json in the order of their numbers.

    Raises:
        InputError: There is none, or one number is there twice.
    """
    parts: dict[int, list[DataFile]] = {}
    for file in folder.files:
        found = _PART.fullmatch(plain(file.stem))
        if found and file.suffix in (".json", ".jsonl"):
            parts.setdefault(int(found[1]), []).append(file)
    if not parts:
        raise folder.nothing_usable(looked_for="caption_part1.json")
    chosen = []
    for number in sorted(parts):
        candidates = unpacked_first(parts[number])
        if len(candidates) > 1:
            problem = f"part {number} is there twice: {', '.join(file.name for file in candidates)}"
            raise InputError(where=folder.root, problem=problem, fix="Keep one of them in the data folder")
        chosen += candidates
    return chosen


def read_scenes(folder: DataFolder, *, dataset: str, licence: str, report: Report) -> Iterator[FusarScene]:
    """Yield the records of all parts that have a field or a caption.

    An image id that was used before, in the same part or another, gets `~1`, `~2` … behind it.

    Raises:
        InputError: A file cannot be used.
    """
    folder.note_unreadable(report)
    index = ImageIndex(folder)
    met: Counter[str] = Counter()
    for file in find_parts(folder):
        source = Source(dataset="FUSAR-GEOVL-1M", file=file.name, licence="simulated" if folder.simulated else licence)
        with folder.naming(file):
            raws = json_records(folder.read(file), file=file.name, report=report)
        usable = False
        for number, raw in enumerate(raws):
            where = _Where(file.name, f"record {number}", report)
            record = _usable(raw, where)
            if record is None:
                continue
            usable = True
            flags: list[str] = []
            image_id = _image_id(record.image_id or f"{file.stem}-{number}", met, flags, where)
            image = _image(record.image, index, dataset, flags, where) if record.image else None
            yield FusarScene(image_id, record, compact(raw), image, source, tuple(flags))
        if not usable:
            problem = f"none of its {len(raws)} records has a field such as Terrain or Water"
            fix = "Give the authors' file, data/part/caption_part1.json"
            raise InputError(where=folder.root / file.name, problem=problem, fix=fix)


def field_samples(scene: FusarScene, report: Report) -> Iterator[Sample]:
    """Yield one sample per field that has a value; the others are noted."""
    for field in FIELDS:
        value = value_of(field, scene.record.values.get(field.name, ""))
        if value:
            yield Sample(
                source=scene.source,
                task="attribute",
                subtask=field.name,
                question=field.question,
                answers=(value,),
                geo=scene.record.geo,
                flags=scene.flags,
                record=scene.text,
            )
        elif scene.record.values:
            record = f"record {scene.image_id}, {field.name}"
            file = str(scene.source.file)
            report.flag(file=file, record=record, problem="field missing or empty", action="other fields kept")


def caption_samples(scene: FusarScene, report: Report) -> Iterator[Sample]:
    """Yield the one caption of a record, unless nothing but punctuation is left of it."""
    if caption := caption_of(scene.record):
        yield Sample(
            source=scene.source,
            task="caption",
            answers=(caption,),
            geo=scene.record.geo,
            flags=scene.flags,
            record=scene.text,
        )
    else:
        report.skip(file=str(scene.source.file), record=f"record {scene.image_id}", problem="caption is empty")


@dataclass(frozen=True)
class _Where:
    """One record, for the report."""

    file: str
    record: str
    report: Report

    def skip(self, problem: str, detail: str = "") -> None:
        self.report.skip(file=self.file, record=f"{self.record} {detail}".strip(), problem=problem)

    def flag(self, problem: str, detail: str) -> None:
        self.report.flag(file=self.file, record=f"{self.record} ({detail})", problem=problem)


def _usable(raw: msgspec.Raw, where: _Where) -> FusarRecord | None:
    try:
        record = read_record(raw)
    except ValueError as error:
        where.skip("record is not an object", f"({error})")
        return None
    if not record.values and not record.caption:
        where.skip("record has no field and no caption")
        return None
    return record


def _image_id(given: str, met: Counter[str], flags: list[str], where: _Where) -> str:
    earlier = met[given]
    met[given] += 1
    if not earlier:
        return given
    where.flag("image id used before", given)
    flags.append(_flags.IMAGE_ID_REPEATED)
    return f"{given}~{earlier}"


def _image(name: str, index: ImageIndex, dataset: str, flags: list[str], where: _Where) -> LoadedImage | None:
    try:
        return index.load(index.find(name), dataset=dataset)
    except UnusableImage as unusable:
        where.flag(unusable.problem, unusable.detail)
        flags.append(_flags.IMAGE_MISSING)
        return None
