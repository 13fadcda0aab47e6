"""SARChat's own files, opened: every record read once, and grouped by image."""

from collections.abc import Iterable, Iterator

import msgspec

from sarbench.errors import InputError
from sarbench.schema import Task
from sarbench.sources._report import Report
from sarbench.sources._split import OpenSplit
from sarbench.sources.reading.by_image import ByImage
from sarbench.sources.reading.conversations import KEYS, Conversation, read_conversation
from sarbench.sources.reading.files import DataFolder
from sarbench.sources.reading.images import ImageIndex, UnusableImage
from sarbench.sources.reading.records import json_records, repeats_a_key
from sarbench.sources.sarchat.files import TextFile, find_texts
from sarbench.sources.sarchat.frames import FRAMES, FrameVerdict, SeenBox, frame_evidence
from sarbench.sources.sarchat.rows import DATASET, Dialogues, asked, source_of
from sarbench.sources.sarchat.texts import read

__all__ = ["DATASET", "AuthorSplit", "author_split"]

_SAMPLED = 256
_WITHOUT_BOXES = frozenset({"classification", "description"})


def author_split(folder: DataFolder, config: str, task: Task, split: str, *, frame: str, report: Report) -> OpenSplit:
    """Open one config and split of the authors' files.

    Args:
        folder: The data folder; it must stay open while rows are asked for.
        config: One of the six configs.
        task: The task of its rows.
        split: `train` or `test`.
        frame: The frame that the boxes of the texts are in, one of `FRAMES`.
        report: Where records that give no row are noted, and boxes that belong to another frame than `frame`: a few
            hundred images are looked at.

    Raises:
        InputError: There is no text file of this config and split, or none of its records can be read.
    """
    opened = AuthorSplit(folder, config, task, split, frame=frame, report=report)
    groups = len(opened.dialogues.groups)
    opened.note_frame(opened.evidence(range(0, groups, -(-groups // _SAMPLED) or 1)), report)
    return OpenSplit(groups, opened.dialogues.rows)


class AuthorSplit:
    """The records of one config and split, read and grouped by image."""

    def __init__(self, folder: DataFolder, config: str, task: Task, split: str, *, frame: str, report: Report) -> None:
        texts = [text for text in find_texts(folder) if text.split == split and text.config in (None, config)]
        if not texts:
            raise folder.nothing_usable(looked_for=f"SARChat's text file of {config}, {split}")
        folder.note_unreadable(report)
        self._folder = folder
        self._config = config
        self._frame = frame
        self._texts = texts
        self._records = [self._read(text, report) for text in texts]
        by_image = ByImage()
        for file in range(len(texts)):
            for image, number in self._places(file, report):
                by_image.add(image, file, number)
        self.dialogues = Dialogues(
            config=config,
            task=task,
            split=split,
            frame=frame,
            simulated=folder.simulated,
            texts=texts,
            records=self._records,
            groups=by_image.groups(),
            index=ImageIndex(folder),
            sources=[source_of(text, frame=frame, simulated=folder.simulated) for text in texts],
        )

    def evidence(self, groups: Iterable[int]) -> FrameVerdict:
        """Weigh the frames against the boxes of some groups; images that cannot be read are left out."""
        return frame_evidence(self._boxes(groups))

    def note_frame(self, verdict: FrameVerdict, report: Report) -> None:
        """Note it where the boxes clearly belong to another frame than the one that is assumed."""
        if verdict.contradicts(self._frame):
            problem = f"boxes fit {FRAMES[verdict.best]} better than {FRAMES[self._frame]}"
            names = ", ".join(text.file.name for text in self._texts)
            action = f"read as {FRAMES[self._frame]}; the option box_frame changes it"
            report.flag(file=names, record=verdict.summary(), problem=problem, action=action)

    def note_repeated_keys(self, report: Report) -> None:
        """Note records with a key twice. It takes about as long as opening the split, so it is no part of that."""
        for text, records in zip(self._texts, self._records, strict=True):
            for number, raw in enumerate(records):
                if repeats_a_key(raw):
                    report.flag(
                        file=text.file.name,
                        record=f"record {number}",
                        problem="record has a key twice",
                        action="the last value counts",
                    )

    def _read(self, text: TextFile, report: Report) -> list[msgspec.Raw]:
        with self._folder.naming(text.file):
            data = self._folder.map(text.file)
            return json_records(data, file=text.file.name, report=report, record_keys=KEYS)

    def _places(self, file: int, report: Report) -> Iterator[tuple[str, int]]:
        """Yield image name and number of the records of one file that belong to the config."""
        text, records = self._texts[file], self._records[file]
        readable = 0
        for number, raw in enumerate(records):
            try:
                conversation = read_conversation(raw)
            except ValueError as error:
                record = f"record {number} ({error})"
                report.skip(file=text.file.name, record=record, problem="record is not a conversation")
                continue
            readable += 1
            if not any(asked(conversation, text, self._config)):
                continue
            if len(conversation.images) != 1:
                problem = "record names several images" if conversation.images else "record names no image"
                record = f"record {number} ({conversation.turns[0].question})"
                report.skip(file=text.file.name, record=record, problem=problem)
                continue
            yield conversation.images[0], number
        if not readable:
            problem = f"none of its {len(records)} records is a conversation about an image"
            fix = "Give the authors' file: records with messages, conversations, or query and response"
            raise InputError(where=self._folder.root / text.file.name, problem=problem, fix=fix)

    def _boxes(self, groups: Iterable[int]) -> Iterator[SeenBox]:
        if self._config in _WITHOUT_BOXES:
            return
        for number in groups:
            records = self.dialogues.groups[number].records
            try:
                size = self.dialogues.size(records[0][0])
            except UnusableImage:
                continue
            for _, file, record in records:
                yield from self._boxes_of(read_conversation(self._records[file][record]), self._texts[file], size)

    def _boxes_of(self, conversation: Conversation, text: TextFile, size: tuple[int, int]) -> Iterator[SeenBox]:
        for one in asked(conversation, text, self._config):
            reading = read(self._config, one.turn.question, one.turn.answer)
            if reading.region:
                yield SeenBox(reading.region, size, reading.region_position)
            for box in reading.boxes:
                yield SeenBox(box.xyxy, size, box.position)
