"""SARLANG-1M's texts as they are asked for, record by record: from CSV or from JSON.

CSV columns: `Image Name` with `Caption`, or with `Question` and `Answer` (seen in public code that reads
Caption_test.csv and SARVQA2_test.csv; blanks round the names). JSON: a list of conversations with `images` in the form
of LLaMA-Factory, the toolkit whose requirements and evaluation the authors' repository carries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from sarbench.errors import InputError
from sarbench.sources._report import Report
from sarbench.sources.reading.conversations import read_conversation
from sarbench.sources.reading.files import IMAGE_SUFFIXES, DataFolder
from sarbench.sources.reading.records import compact, json_records, repeats_a_key
from sarbench.sources.reading.tables import Table, read_table
from sarbench.sources.sarlang.files import TextFile

_IMAGE_COLUMN = ("Image Name", "Image", "Image File", "File Name", "Filename")
_CAPTION_COLUMNS = {"image": _IMAGE_COLUMN, "answer": ("Caption", "Captions")}
_VQA_COLUMNS = {"image": _IMAGE_COLUMN, "question": ("Question", "Questions"), "answer": ("Answer", "Answers")}

_RECORD_KEYS = ("messages", "conversations", "query")


@dataclass(frozen=True, slots=True)
class Asked:
    """One text about an image; a caption in a CSV file has no question."""

    question: str | None
    answer: str


class Texts(Protocol):
    """The records of one file, numbered from 0."""

    file: str

    def __len__(self) -> int:
        """Return how many records there are, usable or not."""

    def images(self, report: Report) -> Iterator[tuple[int, str]]:
        """Yield number and image name of every usable record; the others go into the report."""

    def asked(self, number: int) -> tuple[Asked, ...]:
        """Return the texts of a usable record: one, or the turns of a dialogue."""

    def name(self, number: int) -> str:
        """Return what a record is called in messages."""

    def record(self, number: int) -> str:
        """Return the authors' record as JSON."""


class TableTexts:
    """The records of a CSV file."""

    def __init__(self, file: str, table: Table) -> None:
        self.file = file
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def images(self, report: Report) -> Iterator[tuple[int, str]]:
        """Yield number and image name of every record that names an image."""
        for number, (line, fields) in enumerate(self._table):
            if fields["image"]:
                yield number, with_suffix(fields["image"])
            else:
                report.skip(file=self.file, record=f"line {line}", problem="record names no image")

    def asked(self, number: int) -> tuple[Asked, ...]:
        """Return the one text of a record."""
        _, fields = self._table[number]
        return (Asked(fields.get("question"), fields["answer"]),)

    def name(self, number: int) -> str:
        """Return the line that the record begins in."""
        return f"line {self._table[number][0]}"

    def record(self, number: int) -> str:
        """Return all cells of a record with the names of their columns."""
        return msgspec.json.encode(self._table.record(number)).decode()


class ConversationTexts:
    """The records of a JSON file."""

    def __init__(self, file: str, records: Sequence[msgspec.Raw]) -> None:
        self.file = file
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    def images(self, report: Report) -> Iterator[tuple[int, str]]:
        """Yield number and image name of every conversation about one image."""
        for number, raw in enumerate(self._records):
            if repeats_a_key(raw):
                problem, action = "record has a key twice", "the last value counts"
                report.flag(file=self.file, record=self.name(number), problem=problem, action=action)
            try:
                conversation = read_conversation(raw)
            except ValueError as error:
                detail = f"record {number} ({error})"
                report.skip(file=self.file, record=detail, problem="record is not a conversation")
                continue
            if len(conversation.images) != 1:
                problem = "record names several images" if conversation.images else "record names no image"
                report.skip(file=self.file, record=self.name(number), problem=problem)
                continue
            yield number, with_suffix(conversation.images[0])

    def asked(self, number: int) -> tuple[Asked, ...]:
        """Return the turns of a conversation."""
        return tuple(Asked(turn.question, turn.answer) for turn in read_conversation(self._records[number]).turns)

    def name(self, number: int) -> str:
        """Return the record's place in the list, from 0."""
        return f"record {number}"

    def record(self, number: int) -> str:
        """Return the record without the white space between its parts."""
        return compact(self._records[number])


def read_texts(folder: DataFolder, files: Sequence[TextFile], *, report: Report) -> Texts:
    """Read the first of several files with the same content that can be used.

    Args:
        folder: The data folder.
        files: The files in the order of `find_texts`.
        report: Where bad lines are noted, and that a file could not be used.

    Raises:
        InputError: None can be used; the error is that of the last, and names those before it.
    """
    failed: list[str] = []
    for text in files:
        try:
            texts = _read(folder, text, report)
        except InputError as error:
            if text is files[-1]:
                before = f"; nor can {'; '.join(failed)}" if failed else ""
                raise InputError(where=error.where, problem=f"{error.problem}{before}", fix=error.fix) from error
            failed.append(f"{text.file.name}: {error.problem}")
            report.flag(
                file=text.file.name,
                record=f"whole file ({error.problem})",
                problem="text file cannot be used",
                action="the file beside it is read",
            )
        else:
            return texts
    msg = "no file to read"
    raise ValueError(msg)


def with_suffix(name: str) -> str:
    """Return an image name that ends in a suffix: names with coordinates hold points that are none.

    >>> with_suffix("SV_Darwin_-12.4278_130.8688"), with_suffix("0009787.jpg")
    ('SV_Darwin_-12.4278_130.8688.png', '0009787.jpg')
    """
    name = name.strip()
    return name if any(name.lower().endswith(suffix) for suffix in IMAGE_SUFFIXES) else f"{name}.png"


def _read(folder: DataFolder, text: TextFile, report: Report) -> Texts:
    name = text.file.name
    with folder.naming(text.file):
        data = folder.read(text.file)
        if text.file.suffix != ".csv":
            return ConversationTexts(name, json_records(data, file=name, report=report, record_keys=_RECORD_KEYS))
        wanted = _CAPTION_COLUMNS if text.name.content[0].startswith("caption") else _VQA_COLUMNS
        table = read_table(data, file=name, wanted=wanted, report=report)
        if not len(table):
            raise InputError(where=name, problem="has a header and no usable record", fix="Download the file again")
        return TableTexts(name, table)
