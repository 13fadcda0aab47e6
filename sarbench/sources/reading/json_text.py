"""JSON files as UTF-8 text: encodings told apart by their first bytes, and places named for people."""

import codecs
import re
from collections.abc import Iterator

from sarbench.errors import InputError
from sarbench.sources._report import Report

AGAIN = "Download the file again"

Buffer = bytes | memoryview
"""A text in memory, or a view of a file that is mapped into memory."""

_CHUNK = 1 << 20
_BLANK = re.compile(rb"\s*+\Z")
_POINTER = re.compile(rb"\s*+version https://git-lfs")
_MARKS = (  # UTF-32 before UTF-16: its mark begins with the other's
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_UNMARKED = (  # JSON begins with two ASCII characters; RFC 4627, section 3
    (re.compile(rb"[^\0]\0\0\0[^\0]\0\0\0", re.DOTALL), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]\0\0\0[^\0]", re.DOTALL), "utf-32-be"),
    (re.compile(rb"[^\0]\0[^\0]\0", re.DOTALL), "utf-16-le"),
    (re.compile(rb"\0[^\0]\0[^\0]", re.DOTALL), "utf-16-be"),
)


def as_utf8(data: Buffer, *, file: str, report: Report) -> Buffer:
    """Return a JSON text as UTF-8 without byte order mark. Bytes that are no UTF-8 stay where they are.

    A view that is UTF-8 stays a view: nothing is copied.

    Args:
        data: UTF-8, UTF-16 or UTF-32, with or without byte order mark.
        file: The file's name in messages.
        report: Where a missing mark and replaced characters are noted.

    Raises:
        InputError: The file is empty, or a pointer of Git LFS.
    """
    head = bytes(data[:4])
    mark, encoding = next((known for known in _MARKS if head.startswith(known[0])), (b"", ""))
    if not encoding:
        encoding = next((name for pattern, name in _UNMARKED if pattern.match(data)), "utf-8")
        if encoding != "utf-8":
            problem = "file has no byte order mark"
            report.flag(file=file, record="file", problem=problem, action=f"read as {encoding.upper()}")
    text = data[len(mark) :] if encoding == "utf-8" else _converted(data, len(mark), encoding, file, report)
    if _BLANK.match(text):
        raise InputError(where=file, problem="is empty", fix=AGAIN)
    if _POINTER.match(text):
        raise InputError(where=file, problem="is a Git LFS pointer", fix="Fetch the file itself with `git lfs pull`")
    return text


def first_invalid(text: Buffer) -> int | None:
    r"""Return the offset of the first byte that is no UTF-8, or None. Takes no memory to speak of.

    >>> first_invalid("Größe".encode()), first_invalid(b"Gr\xf6\xdfe")
    (None, 2)
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(text)
    for start in range(0, len(text), _CHUNK):
        waiting = len(decoder.getstate()[0])  # the beginning of a character at the end of the chunk before
        try:
            decoder.decode(view[start : start + _CHUNK], final=start + _CHUNK >= len(text))
        except UnicodeDecodeError as error:
            return start - waiting + error.start
    return None


class Places:
    r"""Names offsets of a text by line, column and byte. Offsets must not go down, so that the text is read once.

    >>> Places(b'[1,\n {"a"').at(6)
    'line 2, column 3 (byte 6)'
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._offset, self._line, self._column = 0, 1, 1

    def at(self, offset: int) -> str:
        """Return the place of one offset."""
        between = self._text[self._offset : offset]
        if lines := between.count(b"\n"):
            self._line += lines
            self._column = 1
            between = between[between.rfind(b"\n") + 1 :]
        self._column += len(between.decode("utf-8", "replace"))
        self._offset = offset
        return f"line {self._line}, column {self._column} (byte {offset})"


def lines(text: bytes) -> Iterator[tuple[int, bytes]]:
    r"""Yield (number from 1, line) of every line that is not blank, one copy at a time.

    >>> list(lines(b"a\r\n\r\nb"))
    [(1, b'a\r'), (3, b'b')]
    """
    end = b"\n" if b"\n" in text else b"\r"
    start, number = 0, 0
    while start < len(text):
        number += 1
        stop = text.find(end, start)
        stop = len(text) if stop < 0 else stop
        line = text[start:stop]
        if line and not line.isspace():
            yield number, line
        start = stop + 1


def _converted(data: Buffer, start: int, encoding: str, file: str, report: Report) -> bytes:
    """Convert to UTF-8 piece by piece: the text as one Python string would take several times the file."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    view, parts, replaced = memoryview(data), bytearray(), False
    for begin in range(start, len(data), _CHUNK):
        piece = decoder.decode(view[begin : begin + _CHUNK], final=begin + _CHUNK >= len(data))
        replaced = replaced or "\ufffd" in piece
        parts += piece.encode("utf-8", "replace")
    if replaced:
        problem = f"text is not valid {encoding[:6].upper()}"
        report.flag(file=file, record="file", problem=problem, action="characters replaced")
    return bytes(parts)
