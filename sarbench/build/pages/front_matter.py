"""YAML front matter that any text survives."""

import json
import re
from collections.abc import Mapping, Sequence

Value = str | bool | Sequence["Value"] | Mapping[str, "Value"]


def front_matter(fields: Mapping[str, Value]) -> str:
    r"""Render fields as the YAML block at the top of a dataset card.

    Every value is a double-quoted scalar, so that `no`, `1e3` or `a: b` stay text. Keys are written as they are: plain
    words such as `config_name`.

    >>> print(front_matter({"pretty_name": 'a "b": no', "configs": [{"config_name": "x", "default": True}]}))
    ---
    pretty_name: "a \"b\": no"
    configs:
    - config_name: "x"
      default: true
    ---
    """
    return "\n".join(["---", *_mapping(fields), "---"])


def scalar(text: str) -> str:
    r"""Quote text as a YAML double-quoted scalar; what YAML cannot print is escaped.

    >>> print(scalar("größe\n\x85"))
    "größe\n\u0085"
    """
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escape(ord(char)) for char in quoted)


def slug(text: str, *, longest: int = 64) -> str:
    """Turn text into lower-case words joined by hyphens.

    >>> slug("CC BY-NC 4.0; see text")
    'cc-by-nc-4.0-see-text'
    """
    return re.sub(r"[^a-z0-9.]+", "-", text.lower())[:longest].strip("-.")


def _mapping(fields: Mapping[str, Value]) -> list[str]:
    lines: list[str] = []
    for key, value in fields.items():
        nested = _lines(value)
        lines += [f"{key}: {nested[0]}"] if isinstance(value, str | bool) else [f"{key}:", *nested]
    return lines


def _lines(value: Value) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, str):
        return [scalar(value)]
    if isinstance(value, Mapping):
        return ["  " + line for line in _mapping(value)]
    return [line for item in value for line in _item(item)]


def _item(item: Value) -> list[str]:
    first, *rest = _mapping(item) if isinstance(item, Mapping) else _lines(item)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
