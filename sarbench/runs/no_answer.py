"""Why a line of a file is no answer: what was found there, and what would be one."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from sarbench.runs.samples import storable

FORMS = 'JSON lines of {"id": …, "prediction": …}, or Parquet with these columns'
"""What a file of answers is."""

_SHOWN = 5
"""Names that a message holds before it only counts."""

_LONGEST = 200
"""Characters of a name in a message."""

_LINES = 'Write one object a line, {"id": …, "prediction": …}'
_PACKED: Mapping[bytes, str] = {
    b"\x1f\x8b": "compressed by gzip",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard",
    b"BZh": "compressed by bzip2",
    b"\xfd7zXZ": "compressed by xz",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet",
}
_JSON_TYPES: Mapping[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "a bool",
    int: "an int",
    float: "a float",
    type(None): "null",
}


def why_no_answer(line: bytes, error: Exception, *, first: bool) -> tuple[str, str]:
    """Say what is wrong with a line, and what to do.

    Args:
        line: As it stands in the file.
        error: What reading it as an answer ended with.
        first: Whether it is the first line of its file.

    Returns:
        Problem and fix of an error message.

    >>> why_no_answer(b'{"id": "a", "answer": "2"}', ValueError(), first=True)[0]
    'is no answer: it has the keys id, answer, and no prediction'
    """
    if first and (found := _another_format(line)):
        return found
    try:
        value = _value(line)
    except UnicodeDecodeError as broken:
        return f"is not UTF-8 ({broken.reason} at byte {broken.start})", "Write the file again, in UTF-8"
    except RecursionError:
        return "is no answer: it is nested too deeply", _LINES
    except ValueError:
        return _no_json(line, error, first=first)
    if not isinstance(value, dict):
        fix = f"{_LINES}, e.g. by `jq -c '.[]'`" if isinstance(value, list) else _LINES
        return f"is no answer: it is {_JSON_TYPES[type(value)]}, where an object should be", fix
    return _not_filled(value)


def _value(line: bytes) -> Any:
    """Read any JSON; Python's own reader also takes half an emoji."""
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        return json.loads(line.decode())


def _another_format(line: bytes) -> tuple[str, str] | None:
    for magic, what in _PACKED.items():
        if line.startswith(magic):
            return f"is no answer: the file is {what}", f"Unpack it, and give {FORMS}"
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is no answer: the file is UTF-16", "Write it again, in UTF-8"
    return None


def _no_json(line: bytes, error: Exception, *, first: bool) -> tuple[str, str]:
    text = line.strip()
    if text.startswith((b"{", b"[")):
        problem = f"is no answer: its JSON does not end in this line or is malformed ({error})"
        return problem, f"{_LINES}; where this is the last line, the file may be cut off"
    if first and any(sign in text for sign in (b",", b"\t", b";")):
        fix = 'Write JSON lines, e.g. by pandas.read_csv(FILE, dtype=str).to_json(OUT, orient="records", lines=True)'
        return "is no answer: it is no JSON, and CSV is not read", fix
    return f"is no answer: it is no JSON ({error})", f"Give {FORMS}"


def _not_filled(found: Mapping[str, Any]) -> tuple[str, str]:
    """Name what an object lacks, or holds of another type."""
    lacking = [name for name in ("id", "prediction") if name not in found]
    if lacking:
        problem = f"is no answer: it has the keys {listed(found)}, and no {' and no '.join(lacking)}"
        return problem, "Name the id of the row `id` and the model's text `prediction`"
    wrong = [name for name in ("id", "prediction") if not isinstance(found[name], str)] or ["sample_sha256"]
    said = " and ".join(f"its {name} is {_JSON_TYPES[type(found[name])]}" for name in wrong)
    return f"is no answer: {said}, where a text should be", "Give texts, an empty one for no answer"


def listed(names: Iterable[str]) -> str:
    """Write names one after the other, the first few of them.

    >>> listed("abcdefg")
    'a, b, c, d, e and 2 more'
    """
    every = [name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…" for name in map(storable, names)]
    return ", ".join(every[:_SHOWN]) + (f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else "")
