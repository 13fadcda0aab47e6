"""THE schema: one row is one question about one image, or one text about it.

Everything that crosses a border in sarbench is a `Row`; on disk it is one line of a Parquet file with exactly `SCHEMA`.
Feature metadata is written in the spelling that `datasets` 3.6, 4.x and 5.x all read (lists as `[x]`, fixed lists as
`Sequence`); newer spellings are refused by 3.6.
"""

import hashlib
import itertools
import operator
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec
import pyarrow as pa

SCHEMA_VERSION = "1"
"""Part of every sample hash: it changes when the meaning of a column changes."""

LITE_SUFFIX = "-lite"
"""How the name of a lite config ends: chosen rows of the test split of the config before it. Only built folders have
such configs."""

Task = Literal[
    "caption",
    "presence",
    "classification",
    "counting",
    "region",
    "position",
    "grounding",
    "referring",
    "reasoning",
    "attribute",
    "vqa",
    "retrieval",
]
"""What a row asks for. `region` is box → what, `position` what → where, `grounding` → all boxes with labels,
`referring` phrase → boxes, `vqa` a question whose kind is not known."""

TASKS: tuple[Task, ...] = get_args(Task)

TaskOrigin = Literal["file", "prefix", "rule", "unknown"]
TextOrigin = Literal["authors", "derived", "simulated"]

Xyxy = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the native image; right and bottom edges exclusive."""


class Box(msgspec.Struct, frozen=True, gc=False):
    """One target: what it is, where it is, and the authors' (or our) word for its position."""

    label: str | None
    xyxy: Xyxy
    position: str | None = None


class EncodedImage(msgspec.Struct, frozen=True, gc=False):
    """An image as encoded bytes.

    `path` is only a name: it must never exist relative to the working directory, or `datasets` drops the bytes in its
    favour.
    """

    bytes: bytes
    path: str


class Geo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where and how the image was taken; null where unknown, never guessed."""

    lat: float | None = None
    lon: float | None = None
    place: str | None = None
    platform: str | None = None
    band: str | None = None
    polarisation: tuple[str, ...] = ()
    gsd_min_m: float | None = None
    gsd_max_m: float | None = None
    incidence_deg: float | None = None
    acquired: datetime | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where the row comes from, as the authors' files state it."""

    dataset: str | None = None
    split: str | None = None
    file: str | None = None
    licence: str | None = None
    imagery: Literal["preprocessed", "original"] | None = None
    box_frame: str = "unknown"
    box_edges: str = "unknown"


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of the schema. Columns are described in the README under "The schema"."""

    id: str
    dataset: str
    config: str
    split: str
    task: Task
    subtask: str | None = None
    task_origin: TaskOrigin
    text_origin: TextOrigin
    image: EncodedImage | None = None
    raw_image: bytes | None = None
    image_id: str | None = None
    image_sha256: str | None = None
    width: int | None = None
    height: int | None = None
    question: str | None = None
    answers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    region: tuple[float, ...] = ()
    count: int | None = None
    geo: Geo | None = None
    source: Source | None = None
    dialogue_id: str | None = None
    turn: int | None = None
    flags: tuple[str, ...] = ()
    record: str
    sample_sha256: str


_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_BOX = pa.struct([("label", pa.string()), ("xyxy", pa.list_(pa.float32(), 4)), ("position", pa.string())])
_BOXES = pa.list_(_BOX)
_GEO = pa.struct(
    [
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("place", pa.string()),
        ("platform", pa.string()),
        ("band", pa.string()),
        ("polarisation", pa.list_(pa.string())),
        ("gsd_min_m", pa.float32()),
        ("gsd_max_m", pa.float32()),
        ("incidence_deg", pa.float32()),
        ("acquired", pa.timestamp("us", tz="UTC")),
    ]
)
_SOURCE = pa.struct([(name, pa.string()) for name in Source.__struct_fields__])

_COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("id", pa.string()),
    ("dataset", pa.string()),
    ("config", pa.string()),
    ("split", pa.string()),
    ("task", pa.string()),
    ("subtask", pa.string()),
    ("task_origin", pa.string()),
    ("text_origin", pa.string()),
    ("image", _IMAGE),
    ("raw_image", pa.binary()),
    ("image_id", pa.string()),
    ("image_sha256", pa.string()),
    ("width", pa.int32()),
    ("height", pa.int32()),
    ("question", pa.string()),
    ("answers", pa.list_(pa.string())),
    ("choices", pa.list_(pa.string())),
    ("boxes", _BOXES),
    ("region", pa.list_(pa.float32())),
    ("count", pa.int32()),
    ("geo", _GEO),
    ("source", _SOURCE),
    ("dialogue_id", pa.string()),
    ("turn", pa.int32()),
    ("flags", pa.list_(pa.string())),
    ("record", pa.string()),
    ("sample_sha256", pa.string()),
)


def _feature(kind: pa.DataType) -> Any:
    """Spell one Arrow type as `datasets` feature metadata that 3.6, 4.x and 5.x all understand."""
    if kind == _IMAGE:
        return {"_type": "Image"}
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    if pa.types.is_fixed_size_list(kind):
        return {"feature": _feature(kind.value_type), "length": kind.list_size, "_type": "Sequence"}
    if pa.types.is_list(kind):
        return [_feature(kind.value_type)]
    spelled = {pa.int32(): "int32", pa.float32(): "float32", pa.float64(): "float64"}
    return {"dtype": spelled.get(kind, str(kind)), "_type": "Value"}


def _schema(columns: Iterable[tuple[str, pa.DataType]]) -> pa.Schema:
    columns = list(columns)
    features = {name: _feature(kind) for name, kind in columns}
    metadata = {"huggingface": msgspec.json.encode({"info": {"features": features}}).decode()}
    return pa.schema(columns, metadata=metadata)


SCHEMA: pa.Schema = _schema(_COLUMNS)
"""The Arrow schema of every sarbench table, with `datasets` feature metadata."""

TEXT_SCHEMA: pa.Schema = _schema(column for column in _COLUMNS if column[0] not in ("image", "raw_image"))
"""`SCHEMA` without the image bytes: the rows of a joined config."""

IMAGES_SCHEMA: pa.Schema = _schema(
    (name, dict(_COLUMNS)[name]) for name in ("image_id", "image", "raw_image", "image_sha256", "width", "height")
)
"""The images of joined configs, each once."""


def to_table(rows: Iterable[Row]) -> pa.Table:
    """Turn rows into one Arrow table with exactly `SCHEMA`."""
    return _table(rows, SCHEMA)


def to_text_table(rows: Iterable[Row]) -> pa.Table:
    """Turn rows into one Arrow table with exactly `TEXT_SCHEMA`."""
    return _table(rows, TEXT_SCHEMA)


def to_images_table(rows: Iterable[Row]) -> pa.Table:
    """Turn rows with different images into one Arrow table with exactly `IMAGES_SCHEMA`."""
    return _table(rows, IMAGES_SCHEMA)


def _table(rows: Iterable[Row], schema: pa.Schema) -> pa.Table:
    batch = list(rows)
    columns = [_column(list(map(operator.attrgetter(field.name), batch)), field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Convert one column. Records become tuples, which Arrow reads in the order of their fields."""
    if not pa.types.is_binary(kind) and values and all(map(operator.is_, values, itertools.repeat(values[0]))):
        only = values[0]  # one object in every row, as most columns of a split have it
        shared = msgspec.structs.astuple(only) if isinstance(only, msgspec.Struct) else only
        if kind != _BOXES and kind != _IMAGE:
            return pa.repeat(pa.array([shared], type=kind)[0], len(values))
    if pa.types.is_struct(kind) or pa.types.is_binary(kind):
        return _shared(values, kind)
    if kind == _BOXES:
        values = [[msgspec.structs.astuple(box) for box in boxes] for boxes in values]
    return pa.array(values, type=kind)


def _shared(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Convert once what neighbouring rows share as one object: all rows of an image share its bytes."""
    distinct: list[Any] = []
    places: list[int] = []
    for index, value in enumerate(values):
        if index == 0 or value is not values[index - 1]:
            distinct.append(msgspec.structs.astuple(value) if isinstance(value, msgspec.Struct) else value)
        places.append(len(distinct) - 1)
    array = pa.array(distinct, type=kind)
    return array if len(distinct) == len(values) else array.take(pa.array(places, type=pa.int32()))


def source_key(stem: str, question: str | None, answers: Iterable[str], repeat: int) -> str:
    """Name a sample by its image and its text: stable over rebuilds, machines and the order of the authors' file.

    >>> source_key("0000123", "How many ships?", ["4"], 0)
    '0000123-4aeab3d891d2-0'
    """
    text = msgspec.json.encode([question, list(answers)])
    return f"{stem}-{hashlib.sha256(text).hexdigest()[:12]}-{repeat}"


def sample_sha256(
    *,
    image_sha256: str | None,
    question: str | None,
    choices: Iterable[str],
    answers: Iterable[str],
    boxes: Iterable[Box],
    region: Iterable[float],
    count: int | None,
) -> str:
    """Hash what a model sees and what it is scored against: one changed pixel or word changes it.

    The parts are the schema version, the SHA-256 of the stored image bytes, the question, the choices, the region that
    the question talks about, and the target (answers, boxes, count).
    """
    parts = [
        SCHEMA_VERSION,
        image_sha256,
        question,
        list(choices),
        list(map(float, region)),
        list(answers),
        [[box.label, list(map(float, box.xyxy)), box.position] for box in boxes],
        count,
    ]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
