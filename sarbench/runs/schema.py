"""The run record as JSON Schemas: `leaderboard/schema/`, written by `python -m sarbench.runs.schema [FOLDER]`.

There is one of each JSON file (manifest, scores, verdicts), made from the classes that read it, and one of a line of
each table (samples, verdicts), made from its Arrow schema. `arrow` beside a column is its type in the Parquet file. So
a run can be checked by any validator, without sarbench.
"""

import ast
import inspect
import json
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
from pydantic import BaseModel

from sarbench import paths
from sarbench.files import write_text
from sarbench.runs import record, verdicts
from sarbench.runs.columns import SAMPLE_COLUMNS, VERDICT_COLUMNS
from sarbench.runs.record import SAMPLES, Manifest, Scores
from sarbench.runs.verdicts import VERDICTS, VerdictsFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

FILES: Mapping[str, type[BaseModel]] = MappingProxyType(
    {"manifest": Manifest, "scores": Scores, "verdicts": VerdictsFile}
)
"""Name of a JSON file of a run → what reads it."""

_TYPES: tuple[tuple[pa.DataType, dict[str, Any]], ...] = (
    (pa.string(), {"type": ["string", "null"]}),
    (pa.int32(), {"type": ["integer", "null"]}),
    (pa.float64(), {"type": ["number", "null"]}),
    (pa.bool_(), {"type": ["boolean", "null"]}),
    (pa.map_(pa.string(), pa.float64()), {"type": "object", "additionalProperties": {"type": "number"}}),
)


def schema_path(name: str) -> Path:
    """Return the schema of a file of a run: `manifest`, `scores`, `verdicts`, `samples-line` or `verdicts-line`."""
    return paths.leaderboard() / "schema" / f"{name}.schema.json"


def schemas() -> dict[str, dict[str, Any]]:
    """Return every schema by its name."""
    lines = {
        "samples-line": ("One line of samples/<task>.parquet", SAMPLES, SAMPLE_COLUMNS),
        "verdicts-line": ("One line of verdicts/<task>.parquet", VERDICTS, VERDICT_COLUMNS),
    }
    return {
        **{name: _of_file(kind) for name, kind in FILES.items()},
        **{name: _of_line(*parts) for name, parts in lines.items()},
    }


def _of_file(kind: type[BaseModel]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    for name, found in ((kind.__name__, schema), *schema.get("$defs", {}).items()):
        for attribute, said in _attribute_docstrings(_class(name)).items():
            found["properties"][attribute]["description"] = said
    return {"$schema": _DIALECT, **schema}


def _class(name: str) -> type[BaseModel]:
    found: type[BaseModel] = getattr(record, name, None) or getattr(verdicts, name)
    return found


def _attribute_docstrings(kind: type[BaseModel]) -> dict[str, str]:
    """Return attribute → the string that stands below it in the class."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    said: dict[str, str] = {}
    for statement, below in zip(definition.body, definition.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(below, ast.Expr)
            and isinstance(statement.target, ast.Name)
        ):
            said[statement.target.id] = " ".join(str(ast.literal_eval(below.value)).split())
    return said


def _of_line(title: str, table: pa.Schema, columns: Mapping[str, str]) -> dict[str, Any]:
    properties = {
        column.name: {**_json_type(column.type), "arrow": str(column.type), "description": columns[column.name]}
        for column in table
    }
    return {
        "$schema": _DIALECT,
        "title": title,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _json_type(kind: pa.DataType) -> dict[str, Any]:
    return next(dict(schema) for arrow, schema in _TYPES if arrow == kind)


def write(folder: Path) -> None:
    """Write every schema into a folder as `<name>.schema.json`."""
    for name, schema in schemas().items():
        write_text(folder / f"{name}.schema.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n")


def main(arguments: Sequence[str]) -> None:
    """Write the schemas into the folder that is named, or where the board has them."""
    folder = Path(arguments[0]) if arguments else paths.leaderboard() / "schema"
    write(folder)
    print(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
