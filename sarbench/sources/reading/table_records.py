"""Where the records of a delimited file lie: one line each, or several where a quoted cell holds line breaks.

Quoting as in RFC 4180: a cell that begins with `"` ends with `"`, and `""` inside stands for one. A quote that is never
closed must not swallow the lines behind it, so a record that goes wrong costs its first line alone.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from posixpath import splitext
from typing import Literal

from sarbench.sources.reading.files import IMAGE_SUFFIXES

MOST_LINES = 50
"""A record of more lines has an unbalanced quote."""

MOST_BYTES = 100_000
"""A longer record has an unbalanced quote, or is no record."""


@dataclass(frozen=True)
class Form:
    """How a file's records are written.

    Attributes:
        delimiter: One of `,` `;` tab `|`.
        columns: How many cells a record has.
        key: The column that names the image.
    """

    delimiter: str
    columns: int
    key: int


def cells(text: str, delimiter: str) -> list[str]:
    r"""Return the cells of one record.

    Raises:
        csv.Error: Its quotes are unbalanced, or something stands beside a quoted cell.

    >>> cells('a.png,"Two ships, one\nat the quay"\r\n', ",")
    ['a.png', 'Two ships, one\nat the quay']
    """
    if '"' not in text:
        return text.rstrip("\r\n").split(delimiter)
    return next(csv.reader([text], delimiter=delimiter, strict=True))


def find_records(
    data: bytes, start: int, number: int, form: Form, skip: Callable[[int, str], None]
) -> Iterator[tuple[int, int, int]]:
    """Yield (line number, first byte, byte behind the last) of every good record; blank lines are passed over.

    Args:
        data: UTF-8 with line feeds, carriage returns before them allowed.
        start: Where the first record begins.
        number: The line number there.
        form: How records are written.
        skip: Called with line number and problem for every record that is left out.
    """
    delimiter = form.delimiter.encode()
    while start < len(data):
        end = _line_end(data, start)
        if b'"' in data[start:end]:
            stop, lines, problem = _quoted(data, start, end, form)
        else:
            stop, lines, problem = end, 1, _plain(data[start:end], delimiter, form.columns)
        if problem is None:
            yield number, start, stop
        elif problem:
            skip(number, problem)
        start, number = stop, number + lines


def _plain(line: bytes, delimiter: bytes, columns: int) -> str | None:
    """Return what is wrong with a line without quotes: None for nothing, "" where it is blank."""
    if not line.strip(b" \t\r\n" + delimiter):
        return ""
    found = line.count(delimiter) + 1
    if found > columns:  # empty cells at the end do no harm
        found = max(columns, line.rstrip(b" \t\r\n" + delimiter).count(delimiter) + 1)
    return _unreadable(line) or _wrong_width(found, columns)


def _wrong_width(found: int, columns: int) -> str | None:
    if found == columns:
        return None
    return "record has too few cells" if found < columns else "record has too many cells"


def _quoted(data: bytes, start: int, end: int, form: Form) -> tuple[int, int, str | None]:
    """Return (end, lines, problem) of the record whose first line, data[start:end], holds a quote."""
    stop, lines = end, 1
    state = _state(data[start:end], form, inside=False)
    while state == "open" and stop < len(data):
        line = data[stop : _line_end(data, stop)]
        if lines == MOST_LINES or stop + len(line) - start > MOST_BYTES or _stands_alone(line, form):
            break
        state = _state(line, form, inside=True)
        stop, lines = stop + len(line), lines + 1
    if state != "closed":
        return end, 1, _unreadable(data[start:end]) or "quotes are unbalanced"
    if problem := _unreadable(data[start:stop]):
        return stop, lines, problem
    found = cells(data[start:stop].decode(), form.delimiter)
    while len(found) > form.columns and not found[-1].strip():
        found.pop()
    return stop, lines, _wrong_width(len(found), form.columns)


def _state(line: bytes, form: Form, *, inside: bool) -> Literal["closed", "open", "broken"]:
    """Tell how a line ends that begins outside or inside a quoted cell."""
    if b'"' not in line:
        return "open" if inside else "closed"
    text = line.decode(errors="replace")
    try:
        cells(f'"{text}' if inside else text, form.delimiter)
    except csv.Error as error:
        return "open" if "unexpected end" in str(error) else "broken"
    return "closed"


def _stands_alone(line: bytes, form: Form) -> bool:
    """Tell whether a line inside a quoted cell is rather a record of its own: right width, and an image name in place.

    The last line of a record has a quote, and its image name where the image is not the first column; so such lines
    count only where it is.
    """
    if b'"' in line and form.key:
        return False
    try:
        found = cells(line.decode(errors="replace"), form.delimiter)
    except csv.Error:
        return False
    if len(found) != form.columns:
        return False
    name = found[form.key].strip()
    return splitext(name)[1].lower() in IMAGE_SUFFIXES and not any(map(str.isspace, name))


def _unreadable(record: bytes) -> str | None:
    if len(record) > MOST_BYTES:
        return "record is too long"
    if b"\0" in record:
        return "line holds NUL bytes"
    if not record.isascii():
        try:
            record.decode()
        except UnicodeDecodeError:
            return "line is not UTF-8"
    return None


def _line_end(data: bytes, start: int) -> int:
    return data.find(b"\n", start) + 1 or len(data)
