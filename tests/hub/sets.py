"""A dataset of rows that try every corner of the schema, and what tests of loading do with rows."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import datasets
import msgspec

from sarbench.errors import InputError
from sarbench.schema import Box, EncodedImage, Geo, Row, Source, to_table
from tests.build.fake import fake_source, make_row, make_rows, png

GEO = Geo(
    lat=-12.5, lon=130.25, place="Darwin", polarisation=("HH", "HV"), acquired=datetime(2024, 2, 29, 23, 59, tzinfo=UTC)
)

Content = Mapping[str, Mapping[str, Sequence[Row] | InputError]]


def everything() -> list[Row]:
    """Null image, null structs, structs of nulls, empty and filled lists, fixed lists inside structs, UTC timestamps.

    Also raw bytes, several rows of one image, and two images with one name.
    """
    first = make_rows([1])[0]
    assert first.image is not None
    rows = [
        first,
        make_row(
            1,
            first.image,
            split="test",
            task="grounding",
            subtask="refer_multi",
            boxes=(Box("ship", (1.0, 2.0, 3.5, 4.0), "top left"), Box(None, (0.0, 0.0, 16.0, 16.0))),
            region=(1.0, 2.0, 3.0, 4.0),
            choices=("a", "b"),
            count=2,
            geo=GEO,
            source=Source(dataset="up", split="val", imagery="original"),
            flags=("odd",),
            turn=0,
            dialogue_id="d",
        ),
        make_row(2, None, geo=Geo(), answers=()),
    ]
    raw = EncodedImage(png(50), "fake/a b%20c/ü+?*::[1].png")
    rows += [make_row(3 + number, raw, raw_image=b"\x00raw" * 9, task="counting") for number in range(3)]
    rows += [make_row(6, EncodedImage(png(51), raw.path), task="counting", subtask="x")]
    return [_of(row, "test") for row in rows]


def _of(row: Row, split: str) -> Row:
    return msgspec.structs.replace(row, split=split)


def content() -> dict[str, dict[str, list[Row]]]:
    """`everything` as test, and five more rows as train."""
    return {"a": {"train": make_rows([2, 3]), "test": everything()}}


def source(content: Content, **card: Any) -> Any:
    """A dataset module called `fake` whose configs hold rows of several tasks."""
    made = fake_source(content, **card)
    made.CARD = replace(made.CARD, configs=tuple(replace(config, task=None) for config in made.CARD.configs))
    return made


def undecoded(data: Any) -> list[dict[str, Any]]:
    """Read rows to their end, images as bytes."""
    return [dict(row) for row in data.cast_column("image", datasets.Image(decode=False))]


def expected(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return to_table(rows).to_pylist()


def digest(data: Any) -> tuple[int, str]:
    """Count rows and hash all their fields and decoded pixels."""
    total, number = hashlib.sha256(), 0
    for row in data:
        image = row["image"]
        pixels = None if image is None else (image.mode, image.size, image.tobytes())
        total.update(repr([(name, row[name]) for name in sorted(row) if name != "image"]).encode())
        total.update(repr(pixels).encode())
        number += 1
    return number, total.hexdigest()[:12]
