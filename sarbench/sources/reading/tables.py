"""Tolerant tables: CSV as people save it, read so that good records survive bad neighbours.

The delimiter is told from the header; names of columns are compared without case, blanks, `_` and `-`.
"""

import codecs
import csv
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sarbench.errors import InputError
from sarbench.sources._report import Report
from sarbench.sources.reading.files import plain
from sarbench.sources.reading.table_records import Form, cells, find_records

DELIMITERS = (",", ";", "\t", "|")

_AGAIN = "Download the file again"
_BOM = b"\xef\xbb\xbf"
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF16_WITHOUT_MARK = {bytes([1, 0] * 4): "utf-16-le", bytes([0, 1] * 4): "utf-16-be"}
"""Where the first bytes of a plain header are NUL."""
_NONE: Mapping[str, Sequence[str]] = {}


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns of a file, and where each field lies among them."""

    delimiter: str
    columns: tuple[str, ...]
    places: Mapping[str, int]


class Table:
    """The good records of one file, parsed when asked for: 20 bytes a record beside the file's own text.

    Attributes:
        columns: The names of the columns, stripped, in their own spelling.
    """

    def __init__(self, data: bytes, header: _Header) -> None:
        self.columns = header.columns
        self._data = data
        self._header = header
        self._names = _unique(header.columns)
        self._numbers = array("I")
        self._starts = array("Q")
        self._stops = array("Q")

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, index: int) -> tuple[int, dict[str, str]]:
        """Return the line number of a record's first line, the header's being 1, and field → stripped text."""
        found = self._cells(index)
        return self._numbers[index], {field: found[place].strip() for field, place in self._header.places.items()}

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        return map(self.__getitem__, range(len(self)))

    def __contains__(self, field: object) -> bool:
        """Tell whether the file has a column for a field."""
        return field in self._header.places

    def record(self, index: int) -> dict[str, str]:
        """Return column → text of all columns as the file has them; a name met before gets `~1`, `~2` … behind it."""
        return dict(zip(self._names, self._cells(index), strict=False))

    def add(self, number: int, start: int, stop: int) -> None:
        """Take the record at data[start:stop], which begins in line `number`."""
        self._numbers.append(number)
        self._starts.append(start)
        self._stops.append(stop)

    def _cells(self, index: int) -> list[str]:
        return cells(self._data[self._starts[index] : self._stops[index]].decode(), self._header.delimiter)


def read_table(
    data: bytes,
    *,
    file: str,
    wanted: Mapping[str, Sequence[str]],
    optional: Mapping[str, Sequence[str]] = _NONE,
    report: Report,
) -> Table:
    r"""Read a delimited file with a header.

    Blank lines are passed over. A record is skipped into the report where it has too few or too many cells, unbalanced
    quotes, NUL bytes, or bytes that are not UTF-8, or where it is longer than 100,000 bytes or 50 lines.

    Args:
        data: The file's bytes: UTF-8, with or without byte order mark, or UTF-16.
        file: The file's name in messages.
        wanted: Field → accepted names of its column, the best first. The first field names the image: a line inside a
            quoted cell that is a whole record with the name of an image there shows that the quote is a stray one.
        optional: The same for fields that the file need not have.
        report: Where skipped records are noted.

    Raises:
        InputError: The file is empty or no table, lacks a wanted column, or has one of them twice.

    >>> data = b'Image Name;Caption\na.png;"Two ships; one tank"\nb.png\n'
    >>> report = Report()
    >>> names = {"image": ("image name",), "caption": ("caption",)}
    >>> list(read_table(data, file="c.csv", wanted=names, report=report))
    [(2, {'image': 'a.png', 'caption': 'Two ships; one tank'})]
    >>> report.counts
    {'record has too few cells': 1}
    """
    text = as_utf8(data)
    _check_text(text, file)
    start, number = _first_line(text)
    end = text.find(b"\n", start) + 1 or len(text)
    line = text[start:end].replace(b"\0", b"").decode(errors="replace")
    header = _header(line, file, wanted, optional)
    key = header.places[next(iter(wanted))]
    table = Table(text, header)
    form = Form(header.delimiter, len(header.columns), key)
    for place in find_records(text, end, number + 1, form, _skip(file, report)):
        table.add(*place)
    return table


def _skip(file: str, report: Report) -> Callable[[int, str], None]:
    return lambda number, problem: report.skip(file=file, record=f"line {number}", problem=problem)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Make names differ: one that was met before gets `~1`, `~2` … behind it."""
    found: dict[str, None] = {}
    repeats: Counter[str] = Counter()
    for name in names:
        unused = name
        while unused in found:
            repeats[name] += 1
            unused = f"{name}~{repeats[name]}"
        found[unused] = None
    return tuple(found)


def as_utf8(data: bytes) -> bytes:
    """Return the text as UTF-8 with line feeds, without byte order mark; what cannot be decoded stays invalid."""
    if coding := _UTF16.get(data[:2]) or _UTF16_WITHOUT_MARK.get(bytes(map(bool, data[:8]))):
        decoded = codecs.getincrementaldecoder(coding)("surrogatepass").decode(data)  # a cut last byte is left out
        data = decoded.removeprefix("\ufeff").encode(errors="surrogatepass")
    data = data.removeprefix(_BOM)
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def _check_text(text: bytes, file: str) -> None:
    if not text.strip(b" \t\r\n\0"):
        raise InputError(where=file, problem="is empty", fix=_AGAIN)
    beginning = text[:200].lstrip().lower()
    if beginning.startswith(b"version https://git-lfs"):
        raise InputError(where=file, problem="is a Git LFS pointer", fix="Fetch the file itself with `git lfs pull`")
    if beginning.startswith(b"pk\x03\x04"):
        fix = "Unpack it, or save the workbook's sheet as CSV"
        raise InputError(where=file, problem="holds a zip archive or an Excel workbook, not a table of text", fix=fix)
    held = "a web page" if re.match(rb"<(!doctype|html|\?xml)", beginning) else None
    held = "a JSON array" if beginning.startswith(b"[") else "a JSON object" if beginning.startswith(b"{") else held
    if held:
        raise InputError(where=file, problem=f"holds {held}, not a table with a header", fix=_AGAIN)


def _first_line(text: bytes) -> tuple[int, int]:
    """Return where the first line that is not blank begins, and its number."""
    blank = len(text) - len(text.lstrip())
    start = text.rfind(b"\n", 0, blank) + 1
    return start, text.count(b"\n", 0, start) + 1


def _header(
    line: str, file: str, wanted: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]]
) -> _Header:
    read = [_Header(delimiter, columns, {}) for delimiter in DELIMITERS if (columns := _columns(line, delimiter))]
    names = {**wanted, **optional}
    best = max(read, key=lambda one: (sum(_has(one.columns, names[field]) for field in wanted), len(one.columns)))
    missing = [field for field in wanted if not _has(best.columns, wanted[field])]
    if missing:
        lacks = ", ".join(f"{field} ({' or '.join(map(repr, wanted[field]))})" for field in missing)
        found = ", ".join(repr(name[:40]) for name in best.columns[:20])
        fix = "Name the columns in the first line, or give the authors' file"
        raise InputError(where=file, problem=f"has no column for {lacks}; its columns are {found}", fix=fix)
    places = {field: _place(best.columns, names[field], file) for field in names if _has(best.columns, names[field])}
    return _Header(best.delimiter, best.columns, places)


def _columns(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(name.strip() for name in cells(line, delimiter))
    except csv.Error:
        return tuple(name.strip(' "\r\n') for name in line.split(delimiter))


def _has(columns: Sequence[str], names: Sequence[str]) -> bool:
    return not {plain(name) for name in names}.isdisjoint(map(plain, columns))


def _place(columns: Sequence[str], names: Sequence[str], file: str) -> int:
    """Return the column of the best name that is there."""
    for name in names:
        found = [place for place, column in enumerate(columns) if plain(column) == plain(name)]
        if len(found) > 1:
            problem = f"has the column {columns[found[0]]!r} {len(found)} times"
            raise InputError(where=file, problem=problem, fix="Keep one of them, or give them different names")
        if found:
            return found[0]
    msg = f"none of {names} among {columns}"
    raise ValueError(msg)
