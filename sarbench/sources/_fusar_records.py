"""FUSAR-GEOVL's records: eight fields, each a fixed beginning and a value; or one caption with clauses ended by `$`.

Fields and beginnings: data/part/caption_part1.json of https://github.com/yangyifremad/FUSAR-KLIP, read whole. Other
names of fields (Location, Building, Road): the paper's figure in the same repository; `$` clauses: its pre-training
code. Keys for images, geolocation and platform are not published yet; the usual names are read where they occur.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sarbench.schema import Geo


@dataclass(frozen=True)
class Field:
    """One field: its name in the public file, other names, the beginning of every value, and our question for it."""

    name: str
    beginning: str
    question: str
    aliases: tuple[str, ...] = ()


FIELDS = (
    Field("Terrain", "The terrain is classified as ", "How is the terrain in this SAR image classified?"),
    Field("Functionality", "The area functionality is described as ", "What is the area in this SAR image used for?"),
    Field(
        "Distribution",
        "Functional distribution: ",
        "How are the functional zones distributed in this SAR image?",
        ("Location",),
    ),
    Field("Layout", "Spatial layout: ", "What is the spatial layout in this SAR image?"),
    Field("Boundary", "Boundary features: ", "What are the boundaries between areas like in this SAR image?"),
    Field("Buildings", "Building presence: ", "Which buildings does this SAR image show?", ("Building",)),
    Field("Roads", "Road presence: ", "Which roads does this SAR image show?", ("Road",)),
    Field("Water", "Water presence: ", "Which water bodies does this SAR image show?"),
)

_IMAGE_KEYS = ("image", "image_path", "image_name", "file_name", "filename", "path")


@dataclass(frozen=True)
class FusarRecord:
    """One record.

    Attributes:
        image_id: The authors' id as text; None where there is none.
        values: Field name → whole value, in the order of `FIELDS`, without empty ones.
        caption: The text of a record in the caption form.
        image: The name of the image, where the record has one.
        geo: Where and how the image was taken, where the record says so.
    """

    image_id: str | None
    values: Mapping[str, str]
    caption: str | None
    image: str | None
    geo: Geo | None


def read_record(raw: msgspec.Raw) -> FusarRecord:
    """Read one record.

    Raises:
        ValueError: It is no JSON object.

    >>> read_record(msgspec.Raw(b'{"image_id": 3, "Road": "Road presence: None"}')).values
    {'Roads': 'Road presence: None'}
    """
    try:
        given = msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError as error:
        msg = f"not a JSON object: {error}"
        raise ValueError(msg) from error
    parts = {key.strip().casefold(): value for key, value in given.items()}
    values = {field.name: text for field in FIELDS if (text := _text(parts, field.name, *field.aliases))}
    number = parts.get("image_id")
    return FusarRecord(
        image_id=None if number is None or isinstance(number, dict | list) else str(number),
        values=values,
        caption=_text(parts, "caption"),
        image=_text(parts, *_IMAGE_KEYS),
        geo=_geo(parts),
    )


def value_of(field: Field, text: str) -> str:
    """Return what stands behind a field's fixed beginning; the whole text where it begins otherwise.

    >>> value_of(FIELDS[-1], "Water presence: No water bodies visible")
    'No water bodies visible'
    """
    beginning = field.beginning.rstrip()
    begins = text.casefold().startswith(beginning.casefold())
    return text[len(beginning) :].strip() if begins else text


def caption_of(record: FusarRecord) -> str:
    """Join a record's values, or the clauses of its caption, to one text of whole sentences.

    >>> caption_of(FusarRecord("0", {}, "water presence is summarized as none$ there are no targets$", None, None))
    'water presence is summarized as none. there are no targets.'
    """
    clauses = record.values.values() or (record.caption or "").split("$")
    sentences = [clause.strip().removesuffix(".").rstrip() for clause in clauses]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def _text(parts: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = parts.get(name.casefold())
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def _geo(parts: Mapping[str, Any]) -> Geo | None:
    lat, lon = _degrees(parts, 90, "lat", "latitude"), _degrees(parts, 180, "lon", "lng", "longitude")
    platform = _text(parts, "platform", "satellite")
    if lat is None or lon is None:
        lat = lon = None
    return Geo(lat=lat, lon=lon, platform=platform) if lat is not None or platform else None


def _degrees(parts: Mapping[str, Any], limit: float, *names: str) -> float | None:
    for name in names:
        value = parts.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= limit:
            return float(value)
    return None
