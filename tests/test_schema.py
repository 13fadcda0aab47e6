from datetime import UTC, datetime

import pytest

from sarbench.schema import SCHEMA, Box, EncodedImage, Geo, Row, Source, sample_sha256, source_key, to_table

ROW = Row(
    id="d/c/test/x-0",
    dataset="d",
    config="c",
    split="test",
    task="grounding",
    task_origin="file",
    text_origin="authors",
    image=EncodedImage(b"png", "x.png"),
    question="Where?",
    answers=("here",),
    boxes=(Box("ship", (1.0, 2.0, 3.5, 4.0), "top left"), Box(None, (0.0, 0.0, 1.0, 1.0))),
    region=(1.0, 2.0, 3.0, 4.0),
    geo=Geo(lat=1.5, polarisation=("VV", "VH"), acquired=datetime(2020, 1, 2, tzinfo=UTC)),
    source=Source(dataset="SARDet-100K"),
    record="{}",
    sample_sha256="0",
)
BARE = Row(
    id="d/c/test/y-0",
    dataset="d",
    config="c",
    split="test",
    task="caption",
    task_origin="unknown",
    text_origin="authors",
    record="{}",
    sample_sha256="1",
)


def test_rows_survive_the_table() -> None:
    table = to_table([ROW, BARE])
    assert table.schema.equals(SCHEMA, check_metadata=True)
    full, bare = table.to_pylist()
    assert full["image"] == {"bytes": b"png", "path": "x.png"}
    assert full["boxes"][0] == {"label": "ship", "xyxy": [1.0, 2.0, 3.5, 4.0], "position": "top left"}
    assert full["geo"]["acquired"] == datetime(2020, 1, 2, tzinfo=UTC)
    assert full["geo"]["polarisation"] == ["VV", "VH"]
    assert (bare["image"], bare["geo"], bare["source"]) == (None, None, None)


def test_lists_are_never_null() -> None:
    (bare,) = to_table([BARE]).to_pylist()
    assert [bare[name] for name in ("answers", "choices", "boxes", "region", "flags")] == [[]] * 5


def test_no_rows_make_an_empty_table_of_the_schema() -> None:
    assert to_table([]).schema.equals(SCHEMA)


def test_features_are_spelled_for_every_version_of_datasets() -> None:
    metadata = SCHEMA.metadata[b"huggingface"].decode()
    assert '"image":{"_type":"Image"}' in metadata
    assert '"_type":"Sequence"' in metadata
    assert '"_type":"List"' not in metadata


PARTS = {
    "image_sha256": "a",
    "question": "q",
    "choices": ["x"],
    "answers": ["y"],
    "boxes": [Box("ship", (0.0, 0.0, 1.0, 1.0))],
    "region": (1.0, 2.0, 3.0, 4.0),
    "count": 1,
}


@pytest.mark.parametrize(
    "change",
    [
        {"image_sha256": "b"},
        {"question": "Q"},
        {"choices": []},
        {"answers": ["y", "y"]},
        {"boxes": [Box("ship", (0.0, 0.0, 1.0, 1.5))]},
        {"boxes": [Box("tank", (0.0, 0.0, 1.0, 1.0))]},
        {"region": ()},
        {"count": 2},
    ],
)
def test_every_part_changes_the_sample_hash(change: dict) -> None:
    assert sample_sha256(**{**PARTS, **change}) != sample_sha256(**PARTS)


def test_source_keys_tell_texts_and_repeats_apart() -> None:
    keys = {
        source_key("s", "q", ["a"], 0),
        source_key("s", "q", ["a"], 1),
        source_key("s", "q", ["a", ""], 0),
        source_key("s", None, ["a"], 0),
        source_key("t", "q", ["a"], 0),
    }
    assert len(keys) == 5
