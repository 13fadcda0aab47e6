"""Splitting a broken JSON array into its records: used only where a strict reader refuses the file.

Brackets are matched outside strings, by a regular expression with possessive repeats, so the text is read once. Where
brackets do not match, reading goes on at the next place that begins like a record: `{` and the key that comes first in
records, which cannot stand inside a string, because quotes are escaped there.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from sarbench.sources.reading.json_values import strict

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_DEPTH = 6  # messages in a record in an array take three; what is deeper is counted out
_GAP = re.compile(rb"[\s,]*+")
_TOKEN = re.compile(_STRING + rb'|["\[\]{}]', re.DOTALL)
_FIRST_KEY = re.compile(rb'\{\s*+("[^"\\]{0,100}+")\s*+:')
_DELIMITED = re.compile(rb"\s*+[,\]]")
_NEXT = re.compile(rb"[,\]]")
_NEAR = 1 << 16
_LOOKED_AT = 32
_CLOSING = ord("]")
_OBJECT = ord("{")
_OPENING = {b"]": b"[", b"}": b"{"}


def _nested(depth: int) -> bytes:
    inner = rb"|" + _nested(depth - 1) if depth else b""
    return rb'[\[{](?:[^"\[\]{}]++|' + _STRING + inner + rb")*+[\]}]"


_VALUE = re.compile(_nested(_DEPTH) + rb"|" + _STRING + rb'|[^\s,:"\[\]{}]++', re.DOTALL)


class Fault(NamedTuple):
    """Something wrong at an offset of the text: the kind of problem, and what was done."""

    offset: int
    problem: str
    action: str


LOST = "records behind it lost"
CUT_OFF = "file is cut off"
NOT_JSON = "record is not JSON"


def split_array(
    text: bytes, start: int, read: Callable[[bytes], msgspec.Raw | None], *, closed: bool = True
) -> Iterator[msgspec.Raw | Fault]:
    """Yield the records of an array and what is wrong between and within them, in order.

    Args:
        text: The file.
        start: The offset behind the opening bracket.
        read: Reads one record, or returns None where it is none.
        closed: Whether a closing bracket is due at the end; without, the text is one record after another.
    """
    yield from _Splitter(text, start, read, closed=closed).run()


class _Splitter:
    def __init__(self, text: bytes, start: int, read: Callable[[bytes], msgspec.Raw | None], *, closed: bool) -> None:
        self._text = text
        self._place: int | None = start
        self._read = read
        self._closed = closed
        self._heads = _Heads(text, start)
        self._commas_due: int | None = 0
        self._within_heads = False  # once brackets did not match, no record reaches beyond the next head

    def run(self) -> Iterator[msgspec.Raw | Fault]:
        while self._place is not None:
            gap = _GAP.match(self._text, self._place)
            begin = gap.end() if gap else self._place
            if self._closed:
                yield from self._between(self._place, begin)
            if begin == len(self._text):
                return
            if self._closed and self._text[begin] == _CLOSING:
                yield from self._end(begin)
            else:
                yield from self._record(begin)

    def _between(self, place: int, begin: int) -> Iterator[Fault]:
        """Look at the commas before what begins here."""
        if begin == len(self._text):
            yield Fault(begin, CUT_OFF, LOST)
            return
        due = 0 if self._text[begin] == _CLOSING else self._commas_due
        commas = self._text.count(b",", place, begin)
        if due is not None and self._commas_due is not None and commas != due:
            yield Fault(place, "comma missing" if commas < due else "stray comma", "ignored")

    def _end(self, begin: int) -> Iterator[Fault]:
        """Leave, unless more records stand behind the closing bracket."""
        following = self._heads.next(begin)
        if following is not None:
            yield Fault(begin, "array ends before its last record", "read on")
        elif self._text[begin + 1 :].strip():
            yield Fault(begin + 1, "text behind the end of the array", "left out")
        self._go_on(following)

    def _record(self, begin: int) -> Iterator[msgspec.Raw | Fault]:
        window = self._heads.next(begin + 1) if self._within_heads else None
        span = _span(self._text, begin, len(self._text) if window is None else window)
        delimited = span.closed and _DELIMITED.match(self._text, span.end) is not None
        whole = span.closed and (delimited or self._text[begin] == _OBJECT)
        record = self._read(self._text[begin : span.end]) if whole else None
        hidden = None if record is not None else self._heads.hidden(begin, span.end)
        if record is not None or (delimited and hidden is None):
            yield Fault(begin, NOT_JSON, "skipped") if record is None else record
            self._place, self._commas_due = span.end, 1
            return
        self._within_heads = True
        following = self._heads.next(begin + 1) if hidden is None else hidden
        if following is None and span.unclosed:
            yield Fault(len(self._text), CUT_OFF, LOST) if self._closed else Fault(begin, NOT_JSON, "skipped")
        else:
            yield Fault(begin, NOT_JSON, "skipped")
        if following is None and not span.unclosed:
            found = _NEXT.search(self._text, max(span.end, begin + 1))
            following = found.start() if found else len(self._text)
        self._go_on(following)

    def _go_on(self, place: int | None) -> None:
        self._place, self._commas_due = place, None


class _Span(NamedTuple):
    """Where a value ends, or where it was seen that it does not: brackets that do not match, or the end of the text."""

    end: int
    closed: bool
    unclosed: bool = False


class _Heads:
    """Finds the next place that begins like a record; every byte is looked at once."""

    def __init__(self, text: bytes, start: int) -> None:
        key = _first_key(text, start)
        self._text = text
        self._pattern = re.compile(rb"\{\s*+" + re.escape(key) + rb"\s*+:") if key else None
        self._next: int | None = -1

    def next(self, start: int) -> int | None:
        if self._pattern is not None and self._next is not None and self._next < start:
            found = self._pattern.search(self._text, start)
            self._next = found.start() if found else None
        return self._next if self._pattern is not None else None

    def hidden(self, begin: int, end: int) -> int | None:
        """Return the first head that lies inside what looks like a string: a quote is missing or too many before it."""
        if self._pattern is None:
            return None
        for token in _TOKEN.finditer(self._text, begin, end):
            brace = token.start() + token[0].rfind(b"{")
            if brace > token.start() and self._pattern.match(self._text, brace):
                return brace
        return None


def _first_key(text: bytes, start: int) -> bytes | None:
    """Return the first key of the first record; where that is broken, of the longest whole object near it.

    The longest, because the parts of a record are shorter than the record.
    """
    keys = list(islice(_FIRST_KEY.finditer(text, start, start + _NEAR), _LOOKED_AT))
    longest, chosen = 0, keys[0][1] if keys else None
    for found in keys:
        span = _span(text, found.start(), min(len(text), found.start() + _NEAR))
        size = span.end - found.start()
        if span.closed and size > longest and strict(text[found.start() : span.end]) is not None:
            longest, chosen = size, found[1]
            if not text[start : found.start()].strip():
                break
    return chosen


def end_of_value(text: bytes, begin: int) -> int | None:
    """Return where the JSON value that begins at an offset ends, by its brackets and quotes; None where it does not."""
    span = _span(text, begin, len(text))
    return span.end if span.closed else None


def _span(text: bytes, begin: int, limit: int) -> _Span:
    found = _VALUE.match(text, begin, limit)
    if found:
        return _Span(found.end(), closed=True)
    if text[begin : begin + 1] not in (b"[", b"{"):
        return _Span(begin, closed=False, unclosed=text[begin : begin + 1] == b'"')
    opened: list[bytes] = []
    for token in _TOKEN.finditer(text, begin, limit):
        mark = token[0]
        if mark in (b"[", b"{"):
            opened.append(mark)
        elif mark in (b"]", b"}"):
            if opened.pop() != _OPENING[mark]:
                return _Span(token.end(), closed=False)
            if not opened:
                return _Span(token.end(), closed=True)
        elif mark == b'"':  # opens a string that does not end
            break
    return _Span(limit, closed=False, unclosed=True)
