import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from sarbench.build.pages.card import write_card
from sarbench.build.pages.croissant import render_croissant
from sarbench.build.pages.extent import Extent, Span
from sarbench.sources import CARDS
from tests.build.fake import fake_source, make_rows
from tests.build.test_card import index
from tests.hub.built_sets import write_set
from tests.hub.sets import everything

CARD = fake_source({"a": {"test": ()}, "b": {"test": ()}}).CARD


def described(folder: Path, **options: Any) -> Any:
    """Build a small set with everything in it; return what Croissant's own library makes of its description."""
    mlc = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    rows = everything()
    made = write_set(folder, {"a": {"test": rows}, "a-lite": {"test": rows[:2]}}, joined={"b": {"test": rows}})
    hashes = {
        file.path: hashlib.sha256((folder / file.path).read_bytes()).hexdigest()
        for splits in made.configs.values()
        for split in splits.values()
        for file in split.files
    }
    write_card(folder, CARD, made, hashes=hashes if options.get("hashed") else None)
    return mlc.Dataset(jsonld=folder / "croissant.json")


@pytest.mark.parametrize("hashed", [False, True])
def test_croissants_own_library_finds_nothing_wrong(tmp_path: Path, hashed: bool) -> None:
    dataset = described(tmp_path, hashed=hashed)
    assert not dataset.metadata.ctx.issues.errors
    assert {warning.split('"')[1] for warning in dataset.metadata.ctx.issues.warnings} == {
        "https://schema.org/datePublished"  # of a folder that is built again nobody knows it
    }
    assert {node.id for node in dataset.metadata.record_sets} == {"a", "a-lite", "b", "images"}
    assert len(dataset.metadata.file_objects) == (3 if hashed else 0)


def test_the_records_are_read_by_it(tmp_path: Path) -> None:
    dataset = described(tmp_path)
    rows = everything()
    records = list(dataset.records("a"))
    assert [record["a/id"].decode() for record in records] == [row.id for row in rows]
    assert records[0]["a/image"].size == (16, 16)
    assert records[1]["a/boxes"][0]["a/boxes/label"] == b"ship"
    assert records[1]["a/boxes"][0]["a/boxes/xyxy"] == [1.0, 2.0, 3.5, 4.0]
    assert records[1]["a/geo"]["a/geo/lat"] == -12.5
    assert [record["b/id"].decode() for record in dataset.records("b")] == [row.id for row in rows]
    assert len(list(dataset.records("images"))) == 3


def test_every_column_of_every_config_is_a_field(tmp_path: Path) -> None:
    from sarbench.schema import SCHEMA

    content = json.loads(render_croissant(CARD, write_set(tmp_path, {"a": {"test": make_rows([1])}}), Extent()))
    (records,) = content["recordSet"]
    assert [field["name"] for field in records["field"]] == [name for name in SCHEMA.names if name != "raw_image"]
    assert content["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert not any(key.startswith("geocr:") for key in content)


def test_geography_is_stated_where_it_is_known(tmp_path: Path) -> None:
    extent = Extent(lat=Span(-12.5, 48.25), lon=Span(2.0, 130.0), gsd=Span(0.5, 3.0), polarisations={("HH", "HV")})
    content = json.loads(render_croissant(CARD, write_set(tmp_path, {"a": {"test": make_rows([1])}}), extent))
    assert content["conformsTo"][1] == "http://mlcommons.org/croissant/geo/1.0"
    assert content["spatialCoverage"]["geo"]["box"] == "-12.5 2 48.25 130"  # south west north east
    assert content["geocr:coordinateReferenceSystem"] == "EPSG:4326"
    assert content["geocr:spatialResolution"]["minValue"] == 0.5
    assert content["geocr:spatialResolution"]["maxValue"] == 3.0
    assert content["geocr:bandConfiguration"]["geocr:bandNamesList"] == ["HH", "HV"]


def test_images_of_several_kinds_have_no_common_bands(tmp_path: Path) -> None:
    extent = Extent(polarisations={("HH", "HV"), ("VV",)}, gsd=Span(3.0, 3.0))
    content = json.loads(render_croissant(CARD, write_set(tmp_path, {"a": {"test": make_rows([1])}}), extent))
    assert "geocr:bandConfiguration" not in content
    assert content["variableMeasured"][0]["value"] == ["HH", "HV", "VV"]
    assert content["geocr:spatialResolution"]["value"] == 3.0


def test_every_real_card_is_valid() -> None:
    mlc = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    for card in CARDS.values():
        dataset = mlc.Dataset(jsonld=json.loads(render_croissant(card, index(card), Extent())))
        assert not dataset.metadata.ctx.issues.errors
        assert {record_set.id for record_set in dataset.metadata.record_sets} == {known.name for known in card.configs}
