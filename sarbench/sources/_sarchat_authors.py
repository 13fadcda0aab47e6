"""SARChat's own files → rows, the rows of one image together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath

import msgspec

from sarbench.errors import InputError
from sarbench.schema import Row, Source, Task, TaskOrigin
from sarbench.sources import _flags
from sarbench.sources._boxes import placement
from sarbench.sources._conversations import Conversation, Turn, read_conversation
from sarbench.sources._files import DataFolder
from sarbench.sources._images import ImageIndex, LoadedImage, UnusableImage
from sarbench.sources._records import compact, json_records
from sarbench.sources._report import Report
from sarbench.sources._rows import RowMaker, Sample
from sarbench.sources._sarchat_files import TextFile, find_texts
from sarbench.sources._sarchat_texts import Reading, prefix_of, prefix_word, read, task_of

DATASET = "sarchat-2m"


@dataclass(frozen=True, order=True, slots=True)
class _Place:
    """Where a record lies, ordered so that the records of one image come together."""

    stem: str
    image: str
    file: int
    number: int


@dataclass(frozen=True)
class _Asked:
    """One turn that belongs to the config, and how we know that it does."""

    number: int
    turn: Turn
    task_origin: TaskOrigin
    subtask: str | None


def author_rows(folder: DataFolder, config: str, task: Task, split: str, *, report: Report) -> Iterator[Row]:
    """Yield the rows of one config and split from the authors' files.

    Raises:
        InputError: There is no text file of this config and split, or none of its records can be read.
    """
    texts = [text for text in find_texts(folder) if text.split == split and text.config in (None, config)]
    if not texts:
        raise folder.nothing_usable(looked_for=f"SARChat's text file of {config}, {split}")
    folder.note_unreadable(report)
    return _Pass(folder, config, task, split, texts, report).rows()


class _Pass:
    """One pass over the text files of one config and split."""

    def __init__(
        self, folder: DataFolder, config: str, task: Task, split: str, texts: Sequence[TextFile], report: Report
    ) -> None:
        self._config = config
        self._task = task
        self._split = split
        self._texts = texts
        self._report = report
        self._folder = folder
        self._records = [self._read(text) for text in texts]
        self._sources = [_source(text, simulated=folder.simulated) for text in texts]
        self._index = ImageIndex(folder)
        self._maker = RowMaker(DATASET, config, split, "simulated" if folder.simulated else "authors")

    def _read(self, text: TextFile) -> list[msgspec.Raw]:
        with self._folder.naming(text.file):
            return json_records(self._folder.read(text.file), file=text.file.name, report=self._report)

    def rows(self) -> Iterator[Row]:
        places = sorted(place for file in range(len(self._texts)) for place in self._places(file))
        for (_, name), group in groupby(places, key=lambda place: (place.stem, place.image)):
            together = list(group)
            try:
                image = self._index.load(self._index.find(name, split=self._split), dataset=DATASET)
            except UnusableImage as unusable:
                for place in together:
                    self._skip(place.file, place.number, unusable.detail, problem=unusable.problem)
                continue
            for place in together:
                yield from self._rows_of_record(place, image)

    def _places(self, file: int) -> Iterator[_Place]:
        """Find the records of one file that belong to the config, and the image of each."""
        readable = 0
        for number, raw in enumerate(self._records[file]):
            try:
                conversation = read_conversation(raw)
            except ValueError as error:
                self._skip(file, number, str(error), problem="record is not a conversation")
                continue
            readable += 1
            if not any(_asked(conversation, self._texts[file], self._config)):
                continue
            if len(conversation.images) != 1:
                problem = "record names several images" if conversation.images else "record names no image"
                self._skip(file, number, conversation.turns[0].question, problem=problem)
                continue
            name = conversation.images[0]
            yield _Place(PurePosixPath(name.replace("\\", "/").strip()).stem, name, file, number)
        if not readable:
            problem = f"none of its {len(self._records[file])} records is a conversation about an image"
            fix = "Give the authors' file: records with messages, conversations, or query and response"
            raise InputError(where=self._folder.root / self._texts[file].file.name, problem=problem, fix=fix)

    def _rows_of_record(self, place: _Place, image: LoadedImage) -> Iterator[Row]:
        raw = self._records[place.file][place.number]
        conversation = read_conversation(raw)
        several = len(conversation.turns) > 1
        for asked in _asked(conversation, self._texts[place.file], self._config):
            if not asked.turn.answer:
                self._skip(place.file, place.number, asked.turn.question, problem="empty answer")
                continue
            reading = read(self._config, asked.turn.question, asked.turn.answer)
            if self._task == "counting" and reading.count is None:
                self._skip(place.file, place.number, asked.turn.answer, problem="counting answer without a number")
                continue
            sample = Sample(
                source=self._sources[place.file],
                task=self._task,
                subtask=asked.subtask,
                task_origin=asked.task_origin,
                question=asked.turn.question,
                answers=(asked.turn.answer,),
                choices=reading.choices,
                boxes=reading.boxes,
                region=reading.region or (),
                count=reading.count,
                dialogue_id=f"{self._texts[place.file].file.stem}-{place.number}" if several else None,
                turn=asked.number if several else None,
                flags=self._flags(place, asked, reading, image),
                record=compact(raw),
            )
            yield self._maker.row(place.stem, image, sample)

    def _flags(self, place: _Place, asked: _Asked, reading: Reading, image: LoadedImage) -> tuple[str, ...]:
        """Return the flags of a row; each is noted in the report."""
        flags = set(reading.flags)
        if asked.task_origin == "file" and prefix_of(asked.turn.question) not in (None, self._config):
            flags.add(_flags.TASK_MISMATCH)
        frames = [box.xyxy for box in reading.boxes] + ([reading.region] if reading.region else [])
        if any(placement(frame, image.width, image.height) != "inside" for frame in frames):
            flags.add(_flags.BOX_OUTSIDE_IMAGE)
        for flag in sorted(flags):
            record = f"record {place.number} ({place.image}, {image.width} × {image.height})"
            self._report.flag(file=self._texts[place.file].file.name, record=record, problem=_WORDS[flag])
        return tuple(sorted(flags))

    def _skip(self, file: int, number: int, detail: str, *, problem: str) -> None:
        self._report.skip(file=self._texts[file].file.name, record=f"record {number} ({detail})", problem=problem)


_WORDS = {
    _flags.BOX_DROPPED: "box in the text has no area",
    _flags.BOX_OUTSIDE_IMAGE: "box in the text exceeds the image",
    _flags.BOX_UNREADABLE: "box missing or unreadable",
    _flags.COUNT_FROM_BOXES: "answer states no number",
    _flags.COUNT_MISMATCH: "answer states another number than it has boxes",
    _flags.TASK_MISMATCH: "prefix names another task than the file",
}


def _asked(conversation: Conversation, text: TextFile, config: str) -> Iterator[_Asked]:
    """Yield the turns that belong to the config."""
    for number, turn in enumerate(conversation.turns):
        if text.config is not None:
            yield _Asked(number, turn, "file", text.subtask)
            continue
        found, origin = task_of(turn.question, turn.answer)
        if found == config:
            yield _Asked(number, turn, origin, prefix_word(turn.question) if origin == "prefix" else None)


def _source(text: TextFile, *, simulated: bool) -> Source:
    return Source(
        dataset="SARChat-Bench-2M",
        split=text.split,
        file=text.file.name,
        licence="simulated" if simulated else "CC BY-NC 4.0",
        box_frame="native pixels",
        box_edges="unknown",
    )
