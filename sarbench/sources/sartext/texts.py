"""The text files of SAR-TEXT as records: which image each is about, and its samples."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from sarbench.schema import Source, Task
from sarbench.sources._report import Report
from sarbench.sources._rows import Sample
from sarbench.sources.reading.conversations import read_conversation
from sarbench.sources.reading.files import SPLIT_WORDS, plain, split_of
from sarbench.sources.reading.records import compact, repeats_a_key
from sarbench.sources.reading.tables import Table
from sarbench.sources.sartext.answers import read_kind
from sarbench.sources.sartext.paths import reduce_path

_PATHS = ("filepath", "path", "image path", "image", "image name", "file name", "img")
CAPTION_COLUMNS = {"image": _PATHS, "caption": ("caption", "captions", "title", "text")}
QUESTION_COLUMNS = {"image": _PATHS, "question": ("question",), "answer": ("answer",)}
SPLIT_COLUMN = {"split": ("split", "subset")}


class UnusableRecord(Exception):  # noqa: N818 - it is no failure: the record is skipped and the next one read
    """A record that gives no row; the text is the kind of problem."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which image a record is about.

    Attributes:
        path: The path as the text has it.
        name: The path to look for: source or folder, and file.
        source: The set that the image was taken from.
        split: The split that the text itself states.
    """

    path: str
    name: str
    source: str | None
    split: str | None


class Texts(ABC):
    """The records of one file."""

    def __init__(self, file: str, licence: str) -> None:
        self.file = file
        self._source = cache(lambda dataset: Source(dataset=dataset, file=file, licence=licence))

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def place(self, number: int) -> Place:
        """Return which image a record is about.

        Raises:
            UnusableRecord: It names none, or is no record.
        """

    @abstractmethod
    def samples(self, number: int, report: Report) -> Iterator[Sample]:
        """Yield the samples of a record; what is skipped goes into the report."""

    def where(self, number: int) -> str:
        """Name a record for the report."""
        return f"record {number}"

    def skip(self, number: int, problem: str, report: Report, detail: str = "") -> None:
        """Note a record, or a part of it, that gives no row."""
        record = f"{self.where(number)} ({detail})" if detail else self.where(number)
        report.skip(file=self.file, record=record, problem=problem)


class _Rows(Texts):
    """The records of a table; bare image names are looked for in `folder` first."""

    def __init__(self, table: Table, file: str, licence: str, source: str | None, folder: str | None) -> None:
        super().__init__(file, licence)
        self._table = table
        self._named_after = source
        self._folder = folder

    def __len__(self) -> int:
        return len(self._table)

    def where(self, number: int) -> str:
        return f"line {self._table[number][0]}"

    def place(self, number: int) -> Place:
        fields = self._table[number][1]
        return _placed(fields["image"], self._named_after, self._folder, split_of(fields.get("split", "")))

    def record(self, number: int) -> str:
        return msgspec.json.encode(self._table.record(number)).decode()


class Captions(_Rows):
    """A table of paths and captions."""

    def __init__(
        self, table: Table, file: str, licence: str, source: str | None, folder: str | None, task: Task
    ) -> None:
        super().__init__(table, file, licence, source, folder)
        self._task = task

    def samples(self, number: int, report: Report) -> Iterator[Sample]:
        """Yield the samples of a record; what gives none is noted."""
        caption = self._table[number][1]["caption"]
        if not caption:
            self.skip(number, "caption is empty", report)
            return
        source = self._source(self.place(number).source)
        yield Sample(source=source, task=self._task, answers=(caption,), record=self.record(number))


class Questions(_Rows):
    """A table of questions and answers: the dialogues flattened by somebody, without the order of their turns."""

    def samples(self, number: int, report: Report) -> Iterator[Sample]:
        """Yield the samples of a record; what gives none is noted."""
        fields = self._table[number][1]
        if problem := _lacks(fields["question"], fields["answer"]):
            self.skip(number, problem, report)
            return
        source = self._source(self.place(number).source)
        yield _asked(source, fields["question"], fields["answer"], self.record(number))


class Dialogues(Texts):
    """Dialogues of several turns about one image each."""

    def __init__(self, raws: Sequence[msgspec.Raw], file: str, licence: str, split: str | None, report: Report) -> None:
        super().__init__(file, licence)
        self._raws = raws
        self._split = split
        self._ids = _dialogue_ids(raws)
        for number, raw in enumerate(raws):
            if repeats_a_key(raw):
                problem, action = "record has a key twice", "the last value counts"
                report.flag(file=file, record=self.where(number), problem=problem, action=action)

    def __len__(self) -> int:
        return len(self._raws)

    def place(self, number: int) -> Place:
        """Return where the image of a record is looked for; UnusableRecord where it names none."""
        try:
            images = read_conversation(self._raws[number]).images
        except ValueError as error:
            raise UnusableRecord(_kind(str(error))) from error
        if len(images) != 1:
            raise UnusableRecord("record names several images" if images else "record names no image")
        return _placed(images[0], None, None, self._split)

    def samples(self, number: int, report: Report) -> Iterator[Sample]:
        """Yield the samples of a record; what gives none is noted."""
        raw = self._raws[number]
        turns = read_conversation(raw).turns
        source, record = self._source(self.place(number).source), compact(raw)
        for _ in range(_questions(raw) - len(turns)):  # most often the last, cut off
            self.skip(number, "question without an answer", report, self._ids[number])
        for turn, said in enumerate(turns):
            if problem := _lacks(said.question, said.answer):
                self.skip(number, problem, report, f"{self._ids[number]}, turn {turn}")
                continue
            yield _asked(source, said.question, said.answer, record, self._ids[number], turn)


def split_of_path(path: str) -> str | None:
    """Return the split of the innermost folder of a path that is named after one.

    >>> split_of_path("OSdataset/512/val/sar/sar7.png")
    'validation'
    """
    parts = path.replace("\\", "/").split("/")[:-1]
    return next((SPLIT_WORDS[plain(part)] for part in reversed(parts) if plain(part) in SPLIT_WORDS), None)


def _placed(path: str, named_after: str | None, folder: str | None, split: str | None) -> Place:
    """Put a path together with the source that its file is named after, and with the usual folder of that source."""
    reduced = reduce_path(path)
    if reduced is None:
        msg = "record names no image"
        raise UnusableRecord(msg)
    name = f"{folder}/{reduced.name}" if folder and reduced.folder is None else reduced.name
    return Place(path, name, reduced.source or named_after or reduced.folder, split)


def _asked(
    source: Source, question: str, answer: str, record: str, dialogue_id: str | None = None, turn: int | None = None
) -> Sample:
    task, origin, count = read_kind(question, answer)
    return Sample(
        source=source,
        task=task,
        task_origin=origin,
        question=question,
        answers=(answer,),
        count=count,
        dialogue_id=dialogue_id,
        turn=turn,
        record=record,
    )


def _lacks(question: str, answer: str) -> str | None:
    if not question:
        return "question is empty"
    return None if answer else "empty answer"


def _kind(problem: str) -> str:
    """Return a kind of problem without the particulars behind its colon."""
    return f"record is {problem.partition(':')[0]}" if problem.startswith("not") else f"record has {problem}"


def _dialogue_ids(raws: Sequence[msgspec.Raw]) -> list[str]:
    """Return the authors' ids; one that was used before gets `~1`, `~2` … behind it, a missing one is its number."""
    met: Counter[str] = Counter()
    ids = []
    for number, raw in enumerate(raws):
        given = _identity(raw) or f"record-{number}"
        ids.append(f"{given}~{met[given]}" if met[given] else given)
        met[given] += 1
    return ids


class _Identity(msgspec.Struct):
    id: str | int | None = None


class _Spoken(msgspec.Struct):
    role: Any = msgspec.field(name="from", default=None)


class _Speakers(msgspec.Struct):
    conversations: list[_Spoken] = []


def _identity(raw: msgspec.Raw) -> str | None:
    try:
        given = msgspec.json.decode(raw, type=_Identity).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if given is None or not str(given).strip() else str(given).strip()


def _questions(raw: msgspec.Raw) -> int:
    """Count the questions of a dialogue, answered or not."""
    try:
        spoken = msgspec.json.decode(raw, type=_Speakers).conversations
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return 0
    return sum(message.role in ("human", "user") for message in spoken)
