"""Tolerant JSON: one bad record does not lose the good ones, and a bad file is named with the place where it breaks.

A strict reader goes first (msgspec, about a second for 500 MB). Only a file that it refuses is split record by record.
Records refer to the text they were read from: those of a mapped file take no memory but that of its pages, which
processes share. A mapped file that is refused is copied.
"""

import json
import re
from collections.abc import Collection
from typing import Any

import msgspec

from sarbench.errors import InputError
from sarbench.sources._report import Report
from sarbench.sources.reading.json_split import CUT_OFF, NOT_JSON, Fault, end_of_value, split_array
from sarbench.sources.reading.json_text import AGAIN, Buffer, Places, as_utf8, first_invalid, lines
from sarbench.sources.reading.json_values import broken, mending, strict

_FIELD = re.compile(rb'[\s,]*+"((?:[^"\\]|\\.)*+)"\s*+:\s*+', re.DOTALL)
_FIRST_FIELD = re.compile(rb"\s*+\{" + _FIELD.pattern, re.DOTALL)
_CLOSING = re.compile(rb"[\s,]*+\}")
_LINES = msgspec.json.Decoder(msgspec.Raw)


def json_records(data: Buffer, *, file: str, report: Report, record_keys: Collection[str] = ()) -> list[msgspec.Raw]:
    """Split a JSON array, JSON lines (whatever the file is called) or a single object into records.

    Whole records survive whatever is wrong with others. NaN and infinities become null, lone surrogates U+FFFD. What is
    skipped or mended is noted, and where a file is cut off.

    Args:
        data: The file's bytes: UTF-8, UTF-16 or UTF-32, with or without byte order mark.
        file: The file's name in messages.
        report: Where problems are noted.
        record_keys: Keys of which every record has one. Where they are given, an object without any of them stands for
            the list of objects in it, if there is exactly one, as in `{"data": [...]}`.

    Raises:
        InputError: The file is empty, neither an array nor lines of JSON, or not one record in it is whole.
    """
    text = as_utf8(data, file=file, report=report)
    if _begins(text, b"["):
        return _array(text, file, report)
    if not _begins(text, b"{"):
        raise InputError(where=file, problem=f"holds {_looks_like(text)}, not a JSON array or JSON lines", fix=AGAIN)
    if (whole := strict(text)) is not None and first_invalid(text) is None:
        return _unwrapped(whole, record_keys)
    if (objects := _strict_lines(text)) is not None and _wrapped_array(text, record_keys) is None:
        return objects
    text = bytes(text)
    inner = _wrapped_array(text, record_keys)
    if inner is not None and strict(text[: text.find(b"\n", inner)]) is None:
        return _salvaged(text, inner, file, report)
    return _lines(text, file, report) or _salvaged(text, 0, file, report, closed=False)


def json_object(data: bytes, *, file: str, expected: str, report: Report | None = None) -> dict[str, msgspec.Raw]:
    """Split a JSON object into its fields.

    Args:
        data: The file's bytes.
        file: The file's name in messages.
        expected: What the object should be.
        report: Where bad entries of lists are noted, which are left out, and text behind the end. Without, a file with
            a bad entry is refused.

    Raises:
        InputError: The file is empty, cut off, or no JSON object. A cut list is not salvaged: in the object's lists one
            belongs to the other, so what is left may be false.
    """
    notes = Report()
    text = bytes(as_utf8(data, file=file, report=notes))
    if not _begins(text, b"{"):
        raise InputError(where=file, problem=f"holds {_looks_like(text)}, not {expected}", fix=AGAIN)
    fields = None
    if first_invalid(text) is None:
        fields = _fields(text)
    if fields is None:
        fields = _mended_fields(text, file, notes)
        if notes.skipped and report is None:
            raise broken(text, file)
    if report is not None:
        report.merge(notes)
    return fields


def items(raw: msgspec.Raw) -> list[msgspec.Raw]:
    """Split a JSON array that was read before.

    Raises:
        msgspec.DecodeError: It is no array.
    """
    return msgspec.json.decode(raw, type=list[msgspec.Raw])


def compact(raw: msgspec.Raw) -> str:
    r"""Return the JSON text of a record without the white space between its parts; its values stay as written.

    >>> compact(msgspec.Raw(b'{"bbox": [829.0,\n 1e2]}'))
    '{"bbox":[829.0,1e2]}'
    """
    try:
        return msgspec.json.format(bytes(raw), indent=-1).decode()
    except RecursionError:  # nested too deeply to be formatted
        return bytes(raw).decode()


def repeats_a_key(raw: msgspec.Raw) -> bool:
    """Tell whether an object of a record has a key twice; the last value counts. Costs as much as reading the record.

    >>> repeats_a_key(msgspec.Raw(b'{"a": {"b": 1, "b": 2}}')), repeats_a_key(msgspec.Raw(b'{"a": {"a": 1}}'))
    (True, False)
    """
    repeated = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal repeated
        repeated = repeated or len({key for key, _ in pairs}) < len(pairs)

    try:
        json.loads(bytes(raw), object_pairs_hook=look)
    except (ValueError, RecursionError):
        return False
    return repeated


def _array(text: Buffer, file: str, report: Report) -> list[msgspec.Raw]:
    try:
        records = msgspec.json.decode(text, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        pass
    else:
        if first_invalid(text) is None:
            return records
        del records
    whole = bytes(text)
    return _salvaged(whole, whole.index(b"[") + 1, file, report)


def _salvaged(text: bytes, start: int, file: str, report: Report, *, closed: bool = True) -> list[msgspec.Raw]:
    """Return the whole records of a broken array.

    Raises:
        InputError: There is none.
    """
    notes = Report()
    places = Places(text)
    records: list[msgspec.Raw] = []
    mend = mending(notes, file, lambda: len(records))
    for found in split_array(text, start, mend, closed=closed):
        if not isinstance(found, Fault):
            records.append(found)
            continue
        place = places.at(found.offset)
        if found.action == "skipped":
            notes.skip(file=file, record=f"{place}, behind {_counted(len(records))}", problem=found.problem)
        else:
            kept = f"{place}, {_counted(len(records))} kept" if found.problem == CUT_OFF else place
            notes.flag(file=file, record=kept, problem=found.problem, action=found.action)
    if not records and (notes.counts or not closed):
        raise broken(text, file)
    report.merge(notes)
    return records


def _strict_lines(text: Buffer) -> list[msgspec.Raw] | None:
    """Return the objects of JSON lines, or None where not every line is one."""
    try:
        values = _LINES.decode_lines(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return values if values and all(map(_is_object, values)) and first_invalid(text) is None else None


def _lines(text: bytes, file: str, report: Report) -> list[msgspec.Raw]:
    """Return the objects of JSON lines; none where no line is one."""
    if (values := _strict_lines(text)) is not None:
        return values
    notes = Report()
    objects: list[msgspec.Raw] = []
    mend = mending(notes, file, lambda: len(objects))
    for number, line in lines(text):
        value = mend(line)
        if value is None or not _begins(value, b"{"):
            notes.skip(file=file, record=f"line {number}", problem="line is not a JSON object")
        else:
            objects.append(value)
    if objects:
        report.merge(notes)
    return objects


def _fields(text: bytes | msgspec.Raw) -> dict[str, msgspec.Raw] | None:
    try:
        return msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return None


def _mended_fields(text: bytes, file: str, notes: Report) -> dict[str, msgspec.Raw]:
    """Split an object by brackets; lists lose the entries that are no JSON."""
    fields: dict[str, msgspec.Raw] = {}
    place = text.index(b"{") + 1
    while found := _FIELD.match(text, place):
        end = end_of_value(text, found.end())
        if end is None:
            raise broken(text, file)
        value = text[found.end() : end]
        key = found[1].decode("utf-8", "replace")
        if (whole := strict(value)) is not None and first_invalid(value) is None:
            fields[key] = whole
        elif value.startswith(b"["):
            fields[key] = _rejoined(value, file, key, notes)
        elif (mended := mending(notes, file, lambda: 0)(value)) is not None:
            fields[key] = mended
        else:
            notes.skip(file=file, record=key, problem="field is not JSON")
        place = end
    closing = _CLOSING.match(text, place)
    if not fields or closing is None:
        raise broken(text, file)
    if not text[closing.end() :].isspace() and closing.end() < len(text):
        record = f"{Places(text).at(closing.end())}, {len(text) - closing.end():,} bytes"
        notes.flag(file=file, record=record, problem="text behind the end of the object", action="left out")
    return fields


def _rejoined(array: bytes, file: str, key: str, notes: Report) -> msgspec.Raw:
    good: list[bytes] = []
    mend = mending(notes, file, lambda: len(good), of=f" of {key}")
    for found in split_array(array, 1, mend):
        if not isinstance(found, Fault):
            good.append(bytes(found))
        elif found.action == "skipped":
            record = f"entry of {key} behind {len(good):,} good ones"
            notes.skip(file=file, record=record, problem=NOT_JSON)
    return msgspec.Raw(b"[" + b",".join(good) + b"]")


def _unwrapped(whole: msgspec.Raw, record_keys: Collection[str]) -> list[msgspec.Raw]:
    fields = _fields(whole) if record_keys else None
    if not fields or not fields.keys().isdisjoint(record_keys):
        return [whole]
    lists = [items(value) for value in fields.values() if _begins(value, b"[")]
    lists = [entries for entries in lists if entries and all(map(_is_object, entries))]
    return lists[0] if len(lists) == 1 else [whole]


def _wrapped_array(text: Buffer, record_keys: Collection[str]) -> int | None:
    """Return where the list begins in a broken object of which it is the first value."""
    found = _FIRST_FIELD.match(text) if record_keys else None
    if not found or found[1].decode("utf-8", "replace") in record_keys:
        return None
    return found.end() + 1 if re.compile(rb"\[\s*+\{").match(text, found.end()) else None


def _begins(text: Buffer | msgspec.Raw, what: bytes) -> bool:
    """Tell whether a text begins with something, white space aside."""
    return re.match(rb"\s*" + re.escape(what), text) is not None


def _is_object(raw: msgspec.Raw) -> bool:
    return bytes(raw)[:1] == b"{"


def _counted(records: int) -> str:
    return f"{records:,} whole record{'' if records == 1 else 's'}"


def _looks_like(text: Buffer) -> str:
    if re.match(rb"\s*<(!doctype|html|\?xml)", bytes(text[:64]).lower()):
        return "a web page"
    return "a JSON object" if _begins(text, b"{") else "a JSON array" if _begins(text, b"[") else "no JSON"
