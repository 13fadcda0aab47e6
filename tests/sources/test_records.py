import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.sources import Report
from sarbench.sources._records import compact, items, json_object, json_records

RECORDS = [{"a": 1, "t": "Größe → 図"}, {"b": [1.5, None, {"c": ""}]}, {}]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def read(data: bytes) -> list[object]:
    return [json.loads(compact(raw)) for raw in json_records(data, file="f.json", report=Report())]


def as_lines(records: list[dict[str, object]]) -> str:
    return "\n".join(json.dumps(record) for record in records)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=4, ensure_ascii=False),
        as_lines(RECORDS),
        as_lines(RECORDS) + "\n\n",
        "\n\n" + as_lines(RECORDS).replace("\n", "\r\n"),
    ],
)
def test_arrays_and_lines_give_the_same_records(text: str) -> None:
    assert read(text.encode()) == RECORDS
    assert read(b"\xef\xbb\xbf" + text.encode()) == RECORDS
    assert read(text.encode("utf-16")) == RECORDS


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), min_size=1, max_size=4), st.sampled_from([None, 2]))
def test_any_records_survive(records: list[dict[str, object]], indent: int | None) -> None:
    assert read(json.dumps(records, indent=indent).encode()) == records
    assert read(as_lines(records).encode()) == records


def test_single_object_is_one_record() -> None:
    assert read(json.dumps(RECORDS[0], indent=2).encode()) == RECORDS[:1]


def test_bad_lines_are_skipped_and_counted() -> None:
    report = Report()
    data = b'{"a": 1}\n{"a": 2\n[1]\n{"a": NaN}\n{"a": 5'
    records = [json.loads(compact(raw)) for raw in json_records(data, file="f.jsonl", report=report)]
    assert records == [{"a": 1}, {"a": None}]
    assert [(p.record, p.action) for p in report.problems] == [(f"line {n}", "skipped") for n in (2, 3, 5)]


def test_nan_and_infinity_become_null() -> None:
    assert read(b'[{"bbox": [NaN, Infinity, -Infinity, 1.0]}]') == [{"bbox": [None, None, None, 1.0]}]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "f.json: is empty"),
        (b" \n\t", "f.json: is empty"),
        (b'[{"a": 1},\n {"a": 2', r"is cut off at line 2, column 9 \(byte 19\)"),
        (b'[{"a": "unfinis', r"is cut off at line 1"),
        (b'{\n "a": 1,\n "b', r"is cut off at line 3"),
        (b'[{"a": 1} {"b": 2}]', r"is not JSON at line 1, column 11 \(byte 10\): expecting ',' delimiter"),
        (b"<!DOCTYPE html><html>", "holds a web page"),
        (b"12", "holds no JSON, not a JSON array or JSON lines"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "is a Git LFS pointer"),
        (b'[{"a": "\xff"}]', "is not UTF-8 text at byte 8"),
        (b"[" * 100_000, "f.json: "),
        (b'[{"a": 1' + b"0" * 5000 + b"e}]", "f.json: "),
    ],
)
def test_broken_files_name_the_place_and_the_next_step(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(data)
    assert str(caught.value).endswith(("again.", "pull`."))


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for parse in (
        lambda: json_records(data, file="f", report=Report()),
        lambda: json_object(data, file="f", expected="an object"),
    ):
        with suppress(InputError):
            parse()


def test_object_is_split_into_fields() -> None:
    fields = json_object(b'{"images": [{"id": 1}], "n": 2.50}', file="f", expected="COCO")
    assert [compact(raw) for raw in items(fields["images"])] == ['{"id":1}']
    assert compact(fields["n"]) == "2.50"
    with pytest.raises(msgspec.DecodeError):
        items(fields["n"])


def test_wrong_top_level_says_what_was_expected() -> None:
    with pytest.raises(InputError, match="holds a JSON array, not a COCO object"):
        json_object(b"[]", file="f", expected="a COCO object")


def test_object_with_nan_is_read() -> None:
    assert compact(json_object(b'{"a": [NaN]}', file="f", expected="x")["a"]) == "[null]"
