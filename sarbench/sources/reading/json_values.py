"""One JSON value: read strictly, or mended where Python's own reader takes what a strict one refuses."""

import json
import re
from collections.abc import Callable

import msgspec

from sarbench.errors import InputError
from sarbench.sources._report import Report
from sarbench.sources.reading.json_text import AGAIN, Buffer, first_invalid

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_MENDED = "record is not strict JSON"


def mending(notes: Report, file: str, count: Callable[[], int], of: str = "") -> Callable[[bytes], msgspec.Raw | None]:
    """Return a reader of one record that notes what it had to mend.

    Args:
        notes: Where mended records are noted; one that cannot be mended is None and the caller's to note.
        file: The file's name in messages.
        count: How many records came before.
        of: What they are entries of, for messages.
    """

    def read(text: bytes) -> msgspec.Raw | None:
        value = strict(text)
        if value is not None:
            return value if first_invalid(text) is None else None
        if (value := lenient(text)) is not None:
            notes.flag(file=file, record=f"record {count()}{of}", problem=_MENDED, action="mended")
        return value

    return read


def strict(text: Buffer) -> msgspec.Raw | None:
    """Return one JSON value, or None where `text` is not one."""
    try:
        return msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return None


def lenient(text: bytes) -> msgspec.Raw | None:
    """Read with Python's own reader, which takes what some writers leave: NaN, lone surrogates, raw line breaks."""
    try:
        value = json.loads(text.decode(), strict=False, parse_constant=lambda _: None)
        whole = _LONE_SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False))
        return msgspec.json.decode(whole.encode(), type=msgspec.Raw)
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def broken(text: bytes, file: str) -> InputError:
    """Say where a file stops being JSON."""
    if (invalid := first_invalid(text)) is not None:
        return InputError(
            where=file,
            problem=f"is not UTF-8 text at byte {invalid}",
            fix="Save the file as UTF-8, or download it again",
        )
    try:
        json.loads(text.decode())
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno} (byte {len(error.doc[: error.pos].encode())})"
        cut = error.pos >= len(error.doc.rstrip()) - 1 or error.msg.startswith("Unterminated string")
        problem = f"is cut off at {place}" if cut else f"is not JSON at {place}: {error.msg.lower()}"
        return InputError(where=file, problem=problem, fix=AGAIN)
    except (ValueError, RecursionError) as error:
        return InputError(where=file, problem=f"cannot be read as JSON ({error})", fix=AGAIN)
    return InputError(where=file, problem="cannot be read as JSON", fix=AGAIN)
