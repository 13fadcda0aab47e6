"""FUSAR-GEOVL's records: eight fields, each a fixed beginning and a value; or one caption with clauses ended by `$`.

Fields and beginnings: data/part/caption_part1.json of https://github.com/yangyifremad/FUSAR-KLIP, read whole. Other
names of fields (Location, Building, Road): the paper's figure in the same repository; `$` clauses: its pre-training
code. Keys for images are not published yet; the usual names are read where they occur.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sarbench.sources.fusar.geo import NO_GEO, GeoReading, read_geo
from sarbench.sources.reading.files import plain


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

_IMAGE_KEYS = ("image", "image_path", "image_name", "image_file", "images", "file_name", "path")


@dataclass(frozen=True)
class FusarRecord:
    """One record.

    Attributes:
        image_id: The authors' id as text; None where there is none.
        values: Field name → whole value, in the order of `FIELDS`, without empty ones.
        captions: The texts of a record in the caption form; several where the record has a list of them.
        image: The name of the image, where the record has one.
        geo: Where and how the image was taken, where the record says so.
    """

    image_id: str | None
    values: Mapping[str, str]
    captions: tuple[str, ...] = ()
    image: str | None = None
    geo: GeoReading = NO_GEO


def read_record(raw: msgspec.Raw) -> FusarRecord:
    """Read one record.

    Raises:
        ValueError: It is no JSON object.

    >>> read_record(msgspec.Raw(b'{"image_id": 3, "Road": "Road presence: None"}')).values
    {'Roads': 'Road presence: None'}
    """
    try:
        given = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"not a JSON object: {error}"
        raise ValueError(msg) from error
    parts = {plain(key): value for key, value in given.items()}
    values = {field.name: text for field in FIELDS if (text := _text(parts, field.name, *field.aliases))}
    number = parts.get("imageid")
    return FusarRecord(
        image_id=None if number is None or isinstance(number, dict | list) else str(number),
        values=values,
        captions=_texts(parts, "caption") or _texts(parts, "captions"),
        image=next((names[0] for key in _IMAGE_KEYS if len(names := _texts(parts, key)) == 1), None),
        geo=read_geo(parts),
    )


def value_of(field: Field, text: str) -> str:
    """Return what stands behind a field's fixed beginning; the whole text where it begins otherwise.

    >>> value_of(FIELDS[-1], "Water presence: No water bodies visible")
    'No water bodies visible'
    """
    beginning = field.beginning.rstrip()
    begins = text.casefold().startswith(beginning.casefold())
    return text[len(beginning) :].strip() if begins else text


def captions_of(record: FusarRecord) -> tuple[str, ...]:
    """Return the record's captions, or its values joined to one; clauses become whole sentences.

    >>> captions_of(FusarRecord("0", {}, ("water presence is summarized as none$ there are no targets$",)))
    ('water presence is summarized as none. there are no targets.',)
    """
    texts = [caption.split("$") for caption in record.captions] or [list(record.values.values())]
    return tuple(caption for clauses in texts if (caption := _sentences(clauses)))


def _sentences(clauses: Sequence[str]) -> str:
    bare = [clause.strip().removesuffix(".").rstrip() for clause in clauses]
    return " ".join(f"{clause}." for clause in bare if clause)


def _text(parts: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = parts.get(plain(name))
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def _texts(parts: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a text, or every text of a list."""
    value = parts.get(plain(name))
    given = value if isinstance(value, list) else [value]
    return tuple(text.strip() for text in given if isinstance(text, str) and text.strip())
