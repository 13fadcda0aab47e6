"""FUSAR-GEOVL's files → records with their images → samples."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from sarbench.errors import InputError
from sarbench.schema import Source
from sarbench.sources import _flags
from sarbench.sources._report import Report
from sarbench.sources._rows import Sample
from sarbench.sources.fusar.records import FIELDS, FusarRecord, captions_of, read_record, value_of
from sarbench.sources.reading.files import DataFile, DataFolder, plain, unpacked_first
from sarbench.sources.reading.images import ImageIndex, LoadedImage, UnusableImage
from sarbench.sources.reading.records import compact, json_records, repeats_a_key

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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a usable record lies, its image id, how often that was used before, and whether it names an image."""

    file: int
    number: int
    given: str
    repeat: int
    named: bool

    @property
    def image_id(self) -> str:
        """The image id, unique."""
        return f"{self.given}~{self.repeat}" if self.repeat else self.given


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


class Scenes:
    """The records of all parts that have a field or a caption, each with its image when it is asked for.

    An image id that was used before, in the same part or another, gets `~1`, `~2` … behind it. A record that names no
    image has the one whose stem is its image id, if ids are unique and every record without a name finds one so.

    Raises:
        InputError: A file cannot be used.
    """

    def __init__(self, folder: DataFolder, *, dataset: str, licence: str, report: Report) -> None:
        folder.note_unreadable(report)
        self._dataset = dataset
        self._index = ImageIndex(folder)
        self._raws: list[list[msgspec.Raw]] = []
        self._sources: list[Source] = []
        self._places: list[_Place] = []
        met: Counter[str] = Counter()
        for file in find_parts(folder):
            with folder.naming(file):
                raws = json_records(folder.read(file), file=file.name, report=report)
            licence = "simulated" if folder.simulated else licence
            self._sources.append(Source(dataset="FUSAR-GEOVL-1M", file=file.name, licence=licence))
            self._raws.append(raws)
            if not self._find(len(self._raws) - 1, file, met, report):
                problem = f"none of its {len(raws)} records has a field such as Terrain or Water"
                fix = "Give the authors' file, data/part/caption_part1.json"
                raise InputError(where=folder.root / file.name, problem=problem, fix=fix)
        self._by_stem = self._stems_are_ids(report)

    def __len__(self) -> int:
        return len(self._places)

    def read(self, span: range, report: Report) -> Iterator[FusarScene]:
        """Yield the scenes of a run of records."""
        for place in self._places[span.start : span.stop]:
            raw, source = self._raws[place.file][place.number], self._sources[place.file]
            where = _Where(str(source.file), f"record {place.number}", report)
            record, flags = read_record(raw), []
            if place.repeat:
                where.flag("image id used before", place.given)
                flags.append(_flags.IMAGE_ID_REPEATED)
            for problem in record.geo.problems:
                where.flag(problem, place.image_id, action="left out")
            if record.geo.place_dropped:
                flags.append(_flags.PLACE_DROPPED)
            name = record.image or (place.given if self._by_stem else None)
            image = _image(name, self._index, self._dataset, flags, where) if name else None
            yield FusarScene(place.image_id, record, compact(raw), image, source, tuple(sorted(flags)))

    def _find(self, file: int, part: DataFile, met: Counter[str], report: Report) -> bool:
        """Note the usable records of one part; return whether there are any."""
        before = len(self._places)
        for number, raw in enumerate(self._raws[file]):
            if repeats_a_key(raw):
                problem, action = "record has a key twice", "the last value counts"
                report.flag(file=part.name, record=f"record {number}", problem=problem, action=action)
            record = _usable(raw, _Where(part.name, f"record {number}", report))
            if record is not None:
                given = record.image_id or f"{part.stem}-{number}"
                self._places.append(_Place(file, number, given, met[given], named=record.image is not None))
                met[given] += 1
        return len(self._places) > before

    def _stems_are_ids(self, report: Report) -> bool:
        """Tell whether every record that names no image has one whose stem is its id."""
        unnamed = [place for place in self._places if not place.named]
        found = [place for place in unnamed if len(self._index) and self._has(place.given)]
        if found and len(found) == len(unnamed) and not any(place.repeat for place in unnamed):
            return True
        if found:
            problem = "images not taken: records name none, and not every id is the name of one image"
            report.flag(file=str(self._sources[0].file), record="images", problem=problem, action="left out")
        return False

    def _has(self, image_id: str) -> bool:
        try:
            return self._index.find(image_id).stem == image_id
        except UnusableImage:
            return False


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
                geo=scene.record.geo.geo,
                flags=scene.flags,
                record=scene.text,
            )
        elif scene.record.values:
            record = f"record {scene.image_id}, {field.name}"
            file = str(scene.source.file)
            report.flag(file=file, record=record, problem="field missing or empty", action="other fields kept")


def caption_samples(scene: FusarScene, report: Report) -> Iterator[Sample]:
    """Yield one sample with every caption of a record, unless nothing but punctuation is left of them."""
    if captions := captions_of(scene.record):
        yield Sample(
            source=scene.source,
            task="caption",
            answers=captions,
            geo=scene.record.geo.geo,
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

    def flag(self, problem: str, detail: str, *, action: str = "kept") -> None:
        self.report.flag(file=self.file, record=f"{self.record} ({detail})", problem=problem, action=action)


def _usable(raw: msgspec.Raw, where: _Where) -> FusarRecord | None:
    try:
        record = read_record(raw)
    except ValueError as error:
        where.skip("record is not an object", f"({error})")
        return None
    if not record.values and not record.captions:
        where.skip("record has no field and no caption")
        return None
    return record


def _image(name: str, index: ImageIndex, dataset: str, flags: list[str], where: _Where) -> LoadedImage | None:
    try:
        return index.load(index.find(name), dataset=dataset)
    except UnusableImage as unusable:
        where.flag(unusable.problem, unusable.detail)
        flags.append(_flags.IMAGE_MISSING)
        return None
