"""Tolerant JSON: one bad record does not lose the good ones, and a bad file is named with the place where it breaks."""

import json
import re
from typing import Any

import msgspec

from sarbench.errors import InputError
from sarbench.sources._report import Report

_AGAIN = "Download the file again"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def json_records(data: bytes, *, file: str, report: Report) -> list[msgspec.Raw]:
    """Split a JSON array, JSON lines (whatever the file is called) or a single object into records.

    A line that is no JSON is skipped and reported; everything else that breaks the file raises.

    Args:
        data: The file's bytes: UTF-8, with or without byte order mark, or UTF-16 with one.
        file: The file's name in messages.
        report: Where bad lines are noted.

    Raises:
        InputError: The file is empty, cut off, or neither an array nor lines of JSON.
    """
    text = _checked(data, file)
    if _begins(text, b"["):
        return _array(text, file)
    if not _begins(text, b"{"):
        raise InputError(where=file, problem=f"holds {_looks_like(text)}, not a JSON array or JSON lines", fix=_AGAIN)
    if (whole := _value(text)) is not None:
        return [whole]
    values = [(number, _value(line)) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    objects = [value for _, value in values if value is not None and _begins(value, b"{")]
    if not objects:
        raise _broken(text, file)
    for number, value in values:
        if value is None or not _begins(value, b"{"):
            report.skip(file=file, record=f"line {number}", problem="line is not a JSON object")
    return objects


def json_object(data: bytes, *, file: str, expected: str) -> dict[str, msgspec.Raw]:
    """Split a JSON object into its fields.

    Raises:
        InputError: The file is empty, cut off, or no JSON object; `expected` says what it should be.
    """
    text = _checked(data, file)
    if not _begins(text, b"{"):
        raise InputError(where=file, problem=f"holds {_looks_like(text)}, not {expected}", fix=_AGAIN)
    try:
        return msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return {key: _raw(part) for key, part in _lenient(text, file).items()}


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
    return msgspec.json.format(bytes(raw), indent=-1).decode()


def _checked(data: bytes, file: str) -> bytes:
    """Return the text as UTF-8 without byte order mark."""
    try:
        text = data.decode("utf-16").encode() if data.startswith(_UTF16) else data
        text = text.removeprefix(b"\xef\xbb\xbf")
        text.decode()
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text at byte {error.start}"
        raise InputError(where=file, problem=problem, fix="Save the file as UTF-8, or download it again") from error
    if not text or text.isspace():
        raise InputError(where=file, problem="is empty", fix=_AGAIN)
    if _begins(text, b"version https://git-lfs"):
        raise InputError(where=file, problem="is a Git LFS pointer", fix="Fetch the file itself with `git lfs pull`")
    return text


def _array(text: bytes, file: str) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(text, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return [_raw(part) for part in _lenient(text, file)]


def _lenient(text: bytes, file: str) -> Any:
    """Read with Python's own reader, which takes the NaN and Infinity that some writers leave; they become null."""
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise _broken(text, file) from error


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


def _value(text: bytes) -> msgspec.Raw | None:
    """Return one JSON value, or None where `text` is not one."""
    try:
        return msgspec.json.decode(text, type=msgspec.Raw).copy()
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return _raw(json.loads(text, parse_constant=lambda _: None))
    except (ValueError, RecursionError):
        return None


def _broken(text: bytes, file: str) -> InputError:
    """Say where a file stops being JSON."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno} (byte {len(error.doc[: error.pos].encode())})"
        cut = error.pos >= len(error.doc.rstrip()) - 1 or error.msg.startswith("Unterminated string")
        problem = f"is cut off at {place}" if cut else f"is not JSON at {place}: {error.msg.lower()}"
        return InputError(where=file, problem=problem, fix=_AGAIN)
    except (ValueError, RecursionError) as error:
        return InputError(where=file, problem=f"cannot be read as JSON ({error})", fix=_AGAIN)
    return InputError(where=file, problem="cannot be read as JSON", fix=_AGAIN)


def _begins(text: bytes | msgspec.Raw, what: bytes) -> bool:
    """Tell whether a text begins with something, white space aside."""
    return re.match(rb"\s*" + re.escape(what), text) is not None


def _looks_like(text: bytes) -> str:
    if re.match(rb"\s*<(!doctype|html|\?xml)", text[:64].lower()):
        return "a web page"
    return "a JSON object" if _begins(text, b"{") else "a JSON array" if _begins(text, b"[") else "no JSON"
