"""`croissant.json`: a built folder in the vocabulary of Croissant 1.0, with GeoCroissant 1.0 where places are known.

Croissant: http://mlcommons.org/croissant/1.0. GeoCroissant: http://mlcommons.org/croissant/geo/1.0.
"""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from sarbench.build.index import IMAGES, BuiltIndex, FileIndex
from sarbench.build.pages.extent import Extent
from sarbench.build.pages.licence import licence_text
from sarbench.schema import IMAGES_SCHEMA, SCHEMA, TEXT_SCHEMA
from sarbench.sources import DatasetCard

Node = dict[str, Any]

_CROISSANT = "http://mlcommons.org/croissant/1.0"
_GEO = "http://mlcommons.org/croissant/geo/1.0"
_PARQUET = "application/x-parquet"

_TERMS = (
    "citeAs",
    "column",
    "equivalentProperty",
    "extract",
    "field",
    "fileObject",
    "fileProperty",
    "fileSet",
    "format",
    "includes",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
)
"""The words of Croissant's own vocabulary that stand without a prefix."""

_CONTEXT: Node = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "geocr": "http://mlcommons.org/croissant/geo/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{word: {"@id": f"cr:{word}", "@type": "@json"} for word in ("data", "examples")},
    **{word: f"cr:{word}" for word in _TERMS},
    "conformsTo": "dct:conformsTo",
}


def render_croissant(
    card: DatasetCard, index: BuiltIndex, extent: Extent, *, hashes: Mapping[str, str] | None = None
) -> str:
    """Render the JSON-LD description of a built folder.

    Every config is a record set over one file set. With `hashes` every data file is listed with its size and hash too;
    Croissant has no place for a file without one.

    Args:
        card: What the dataset is.
        index: What was built of it.
        extent: What its rows say together.
        hashes: Path → SHA-256 of the data files.
    """
    content = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [_CROISSANT, _GEO] if _is_geographic(extent) else _CROISSANT,
        "name": card.name,
        "description": _description(card, index),
        "url": card.homepage,
        "license": licence_text(card, index),
        "citeAs": card.citation,
        "version": f"{index.schema_version}.0.0",
        "isLiveDataset": False,
        "keywords": ["SAR", "synthetic aperture radar", "remote sensing", *["simulated"] * index.simulated],
        **_geography(extent),
        "distribution": [*_file_objects(index, hashes or {}), *_file_sets(index)],
        "recordSet": _record_sets(card, index),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _description(card: DatasetCard, index: BuiltIndex) -> str:
    simulated = "Simulated data in the layout of this dataset. " if index.simulated else ""
    return (
        f"{simulated}{card.summary} Built by sarbench {index.sarbench_version}, schema version {index.schema_version}."
    )


def _is_geographic(extent: Extent) -> bool:
    return extent.box is not None or extent.gsd.low is not None or len(extent.polarisations) == 1


def _geography(extent: Extent) -> Node:
    """Describe where, when and how the images were taken, as far as every statement is known to hold."""
    fields: Node = {}
    if extent.box is not None:
        box = " ".join(f"{edge:.6g}" for edge in extent.box)
        fields["spatialCoverage"] = {"@type": "Place", "geo": {"@type": "GeoShape", "box": box}}
        fields["geocr:coordinateReferenceSystem"] = "EPSG:4326"
    if extent.period is not None:
        first, last = extent.period
        fields["temporalCoverage"] = f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"
    if extent.gsd.low is not None:
        low, high = (round(float(edge), 4) for edge in (extent.gsd.low, extent.gsd.high))
        size = {"value": low} if low == high else {"minValue": low, "maxValue": high}
        fields["geocr:spatialResolution"] = {"@type": "QuantitativeValue", **size, "unitText": "m"}
    if len(extent.polarisations) == 1:
        (names,) = extent.polarisations
        bands = {"geocr:totalBands": len(names), "geocr:bandNamesList": list(names)}
        fields["geocr:bandConfiguration"] = {"@type": "geocr:BandConfiguration", **bands}
    measured = {
        "platform": extent.platforms,
        "radar band": extent.bands,
        "polarisation": {name for names in extent.polarisations for name in names},
    }
    known = [{"@type": "PropertyValue", "name": name, "value": sorted(met)} for name, met in measured.items() if met]
    return {**fields, **({"variableMeasured": known} if known else {})}


def _file_objects(index: BuiltIndex, hashes: Mapping[str, str]) -> list[Node]:
    files = [file for splits in index.configs.values() for split in splits.values() for file in split.files]
    files += [file for images in index.images.values() for file in images.files]
    return [_file_object(file, hashes[file.path]) for file in files if file.path in hashes]


def _file_object(file: FileIndex, sha256: str) -> Node:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": _PARQUET,
        "sha256": sha256,
    }


def _file_sets(index: BuiltIndex) -> list[Node]:
    sets: list[Node] = []
    folders: dict[str, Mapping[str, Any]] = {**index.configs, **({IMAGES: index.images} if index.images else {})}
    for name, splits in folders.items():
        count, size = sum(len(split.files) for split in splits.values()), sum(split.bytes for split in splits.values())
        sets.append(
            {
                "@type": "cr:FileSet",
                "@id": _files_of(name),
                "name": _files_of(name),
                "description": f"{count:,} Parquet files of the config {name}, {size:,} bytes.",
                "encodingFormat": _PARQUET,
                "includes": [f"{name}/{split}-*.parquet" for split in splits],
            }
        )
    return sets


def _record_sets(card: DatasetCard, index: BuiltIndex) -> list[Node]:
    summaries = {config.name: config.summary for config in card.configs}
    sets: list[Node] = []
    for name, splits in index.configs.items():
        joined = any(split.layout == "joined" for split in splits.values())
        lite_of = next((split.lite_of for split in splits.values() if split.lite_of), None)
        what = f"A fixed choice of the rows of {lite_of}" if lite_of else summaries.get(name, name)
        rows = ", ".join(f"{split}: {built.rows:,} rows" for split, built in splits.items())
        sets.append(_record_set(name, f"{what} ({rows}).", ("id",), TEXT_SCHEMA if joined else SCHEMA))
    if index.images:
        rows = ", ".join(f"{split}: {images.rows:,}" for split, images in index.images.items())
        what = f"The images that the configs without an image column name by image_id and image_sha256 ({rows})."
        # No `references` from the texts to here: Croissant joins by one field, and an image is named by two.
        sets.append(_record_set(IMAGES, what, ("image_id", "image_sha256"), IMAGES_SCHEMA))
    return sets


def _record_set(name: str, description: str, key: tuple[str, ...], schema: pa.Schema) -> Node:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": description,
        "key": [{"@id": f"{name}/{column}"} for column in key],
        # raw_image holds encoded bytes of any format, for which Croissant has no data type.
        "field": [_field(name, (column.name,), column.type) for column in schema if column.name != "raw_image"],
    }


def _field(owner: str, place: tuple[str, ...], kind: pa.DataType) -> Node:
    """Describe a column, or a part of it, whose place is its column's name and the names of the parts."""
    node: Node = {"@type": "cr:Field", "@id": "/".join((owner, *place)), "name": "/".join(place)}
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        node["repeated"] = True
        kind = kind.value_type
    steps = ("bytes",) if place == ("image",) else place[1:]
    transform = {"transform": {"jsonPath": ".".join(steps)}} if steps else {}
    source = {"fileSet": {"@id": _files_of(owner)}, "extract": {"column": place[0]}, **transform}
    if place == ("image",):
        return {**node, "dataType": "sc:ImageObject", "source": source}
    if pa.types.is_struct(kind):
        return {**node, "subField": [_field(owner, (*place, part.name), part.type) for part in kind]}
    return {**node, "dataType": _data_type(kind), "source": source}


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return _data_type(kind.value_type)
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    return "sc:DateTime" if pa.types.is_timestamp(kind) else "sc:Text"


def _files_of(name: str) -> str:
    return f"{name}.parquet"
