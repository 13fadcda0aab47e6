"""Dialogues about images → rows, the rows of one image together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, tee
from operator import itemgetter
from typing import NamedTuple

import msgspec

from sarbench.schema import Row, Source, Task, TaskOrigin
from sarbench.sources import _flags
from sarbench.sources._boxes import placement
from sarbench.sources._report import Report
from sarbench.sources._rows import RowMaker, Sample
from sarbench.sources.reading.ahead import ahead
from sarbench.sources.reading.by_image import Groups
from sarbench.sources.reading.conversations import Conversation, Turn, read_conversation
from sarbench.sources.reading.images import ImageIndex, LoadedImage, UnusableImage
from sarbench.sources.reading.records import compact
from sarbench.sources.sarchat.files import TextFile
from sarbench.sources.sarchat.frames import to_native
from sarbench.sources.sarchat.texts import Reading, prefix_of, read, task_of

DATASET = "sarchat-2m"
_FRAME_IN_SOURCE = {"native": "native pixels", "512": "512-pixel frame"}
_WORDS = {
    _flags.BOX_DROPPED: "box in the text has no area",
    _flags.BOX_OUTSIDE_IMAGE: "box in the text exceeds the image",
    _flags.BOX_UNREADABLE: "box missing or unreadable",
    _flags.COUNT_FROM_BOXES: "answer states no number",
    _flags.COUNT_MISMATCH: "answer states another number than it has boxes",
    _flags.TASK_MISMATCH: "prefix names another task than the file",
}


class Asked(NamedTuple):
    """One turn that belongs to the config, and how we know that it does."""

    number: int
    turn: Turn
    task_origin: TaskOrigin
    subtask: str | None


@dataclass(frozen=True)
class _Image:
    """The records about one image, by its name as the texts have it: (image name, file, record)."""

    stem: str
    name: str
    records: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Dialogues:
    """The dialogues of one config and split.

    Attributes:
        config: One of the six configs.
        task: The task of its rows.
        split: `train` or `test`.
        frame: The frame that the boxes of the texts are in.
        simulated: Whether the data folder holds simulated data.
        texts: The text files.
        records: The records of each text file.
        groups: Which of them belong to the config, by image.
        index: The images.
        sources: The provenance of the rows of each text file.
    """

    config: str
    task: Task
    split: str
    frame: str
    simulated: bool
    texts: Sequence[TextFile]
    records: Sequence[Sequence[msgspec.Raw]]
    groups: Groups
    index: ImageIndex
    sources: Sequence[Source]

    def rows(self, span: range, report: Report) -> Iterator[Row]:
        """Yield the rows of a run of groups; each image is read a little before its rows are made."""
        maker = RowMaker(DATASET, self.config, self.split, "simulated" if self.simulated else "authors")
        images, soon = tee(self._images(span))
        for image, loading in zip(images, ahead(partial(self._load, coming.name) for coming in soon), strict=True):
            try:
                loaded = loading.result()
            except UnusableImage as unusable:
                for _, file, number in image.records:
                    self._skip(file, number, unusable.detail, problem=unusable.problem, report=report)
                continue
            for _, file, number in image.records:
                for sample in self._samples(file, number, image.name, loaded, report):
                    yield maker.row(image.stem, loaded, sample)

    def size(self, name: str) -> tuple[int, int]:
        """Return the size of an image in pixels; UnusableImage where there is none."""
        return self.index.size(self.index.find(name, split=self.split))

    def _images(self, span: range) -> Iterator[_Image]:
        for number in span:
            group = self.groups[number]
            for name, records in groupby(group.records, key=itemgetter(0)):
                yield _Image(group.stem, name, tuple(records))

    def _load(self, name: str) -> LoadedImage:
        return self.index.load(self.index.find(name, split=self.split), dataset=DATASET)

    def _samples(self, file: int, number: int, name: str, image: LoadedImage, report: Report) -> Iterator[Sample]:
        """Yield the samples of one record."""
        text, raw = self.texts[file], self.records[file][number]
        conversation = read_conversation(raw)
        several = len(conversation.turns) > 1
        for one in asked(conversation, text, self.config):
            if not one.turn.answer:
                self._skip(file, number, one.turn.question, problem="empty answer", report=report)
                continue
            reading = read(self.config, one.turn.question, one.turn.answer)
            if self.task == "counting" and reading.count is None:
                problem = "counting answer without a number"
                self._skip(file, number, one.turn.answer, problem=problem, report=report)
                continue
            reading = to_native(reading, self.frame, (image.width, image.height))
            flags = self._flags(one, reading, image)
            for flag in flags:
                record = f"record {number} ({name}, {image.width} × {image.height})"
                report.flag(file=text.file.name, record=record, problem=_WORDS[flag])
            yield Sample(
                source=self.sources[file],
                task=self.task,
                subtask=one.subtask,
                task_origin=one.task_origin,
                question=one.turn.question,
                answers=(one.turn.answer,),
                choices=reading.choices,
                boxes=reading.boxes,
                region=reading.region or (),
                count=reading.count,
                dialogue_id=f"{text.file.stem}-{number}" if several else None,
                turn=one.number if several else None,
                flags=flags,
                record=compact(raw),
            )

    def _flags(self, one: Asked, reading: Reading, image: LoadedImage) -> tuple[str, ...]:
        flags = reading.flags
        if one.task_origin == "file" and prefix_of(one.turn.question) not in (None, self.config):
            flags = (*flags, _flags.TASK_MISMATCH)
        frames = [box.xyxy for box in reading.boxes] + ([reading.region] if reading.region else [])
        if any(placement(frame, image.width, image.height) != "inside" for frame in frames):
            flags = (*flags, _flags.BOX_OUTSIDE_IMAGE)
        return tuple(sorted(flags)) if flags else ()

    def _skip(self, file: int, number: int, detail: str, *, problem: str, report: Report) -> None:
        report.skip(file=self.texts[file].file.name, record=f"record {number} ({detail})", problem=problem)


def source_of(text: TextFile, *, frame: str, simulated: bool) -> Source:
    """Return the provenance of the rows of one text file."""
    return Source(
        dataset="SARChat-Bench-2M",
        split=text.split,
        file=text.file.name,
        licence="simulated" if simulated else "CC BY-NC 4.0",
        box_frame=_FRAME_IN_SOURCE.get(frame, frame),
        box_edges="unknown",
    )


def asked(conversation: Conversation, text: TextFile, config: str) -> Iterator[Asked]:
    """Yield the turns that belong to the config."""
    for number, turn in enumerate(conversation.turns):
        if text.config is not None:
            yield Asked(number, turn, "file", text.subtask)
            continue
        found, origin, word = task_of(turn.question, turn.answer)
        if found == config:
            yield Asked(number, turn, origin, word)
