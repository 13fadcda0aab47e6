import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.sources import Report
from sarbench.sources.reading.records import compact, items, json_object, json_records, repeats_a_key

RECORDS = [{"a": 1, "t": "Größe → 図"}, {"b": [1.5, None, {"c": ""}]}, {}]
GOOD = [{"id": n, "t": f'a {{b}} [c] "{n}", ', "m": [{"r": "x"}, {"r": "y"}]} for n in range(5)]
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
    assert [p.record for p in report.problems if p.action == "skipped"] == [f"line {n}" for n in (2, 3, 5)]
    assert report.counts == {"line is not a JSON object": 3, "record is not strict JSON": 1}


def test_nan_and_infinity_become_null() -> None:
    assert read(b'[{"bbox": [NaN, Infinity, -Infinity, 1.0]}]') == [{"bbox": [None, None, None, 1.0]}]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "f.json: is empty"),
        (b" \n\t", "f.json: is empty"),
        (b'[{"a": 1\n,"b": 2', r"is cut off at line 2, column 8 \(byte 16\)"),
        (b'[{"a": "unfinis', r"is cut off at line 1"),
        (b'{\n "a": 1,\n "b', r"is cut off at line 3"),
        (b'[{"a" 1}]', r"is not JSON at line 1, column 7 \(byte 6\): expecting ':' delimiter"),
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


def salvaged(data: bytes, **options: object) -> tuple[list[object], Report]:
    report = Report()
    raws = json_records(data, file="f.json", report=report, **options)
    return [json.loads(compact(raw)) for raw in raws], report


def array(*texts: str) -> bytes:
    return ("[" + ",\n ".join(texts) + "]").encode()


@pytest.mark.parametrize(
    "broken",
    [
        '{"id": 9 "t": 1}',
        '{"id": 9,, "t": 1}',
        '{"id": 9, "t": "\\x"}',
        '{"id": 9, "t": "\\u12"}',
        '{"id": 9, "t": tru}',
        '{"id": 9, "t": 01}',
        '{"id": 9, "t": }',
        '{"id": 9, "t": [1}]',
        '{"id": 9, "t": "no end}',
        '{"id": 9, "t": no beginning"}',
        '{"id": 9, "t": "a"b"}',
        '{"id": 9, "m": [{"r": "x"}',
        '{"id": 9, "m": [{"r": "x"]}',
        '{"id": 9}}',
        '"id": 9}',
        "x",
        "{",
    ],
)
@pytest.mark.parametrize("at", [0, 2, 5])
def test_one_malformed_record_does_not_lose_the_others(broken: str, at: int) -> None:
    texts = [json.dumps(record) for record in GOOD]
    texts.insert(at, broken)
    records, report = salvaged(array(*texts))
    if broken == "{" and at == 5:
        assert report.counts == {"file is cut off": 1} or report.skipped == 1
    assert [record for record in records if record != {"id": 9}] == GOOD
    assert sum(report.counts.values()) >= 1


def test_byte_that_is_no_utf8_loses_its_record_alone() -> None:
    data = array(*[json.dumps(record) for record in GOOD]).replace(b'"y"', b'"\xff"', 2)
    records, report = salvaged(data)
    assert records == GOOD[2:]
    assert report.counts == {"record is not JSON": 2}
    assert report.problems[0].record == "line 1, column 2 (byte 1), behind 0 whole records"
    records, report = salvaged(b"\n".join(data[1:-1].split(b",\n ")))
    assert records == GOOD[2:]
    assert report.counts == {"line is not a JSON object": 2}


def test_lone_surrogate_is_replaced_and_noted() -> None:
    records, report = salvaged(b'[{"a": "x\\ud800"}, {"a": 1}]')
    assert records == [{"a": "x\ufffd"}, {"a": 1}]
    assert [(p.problem, p.record, p.action) for p in report.problems] == [
        ("record is not strict JSON", "record 0", "mended")
    ]


def test_cut_array_keeps_the_whole_records_and_says_where() -> None:
    records, report = salvaged(array(*[json.dumps(record) for record in GOOD])[:-9])
    assert records == GOOD[:-1]
    (problem,) = report.problems
    assert (problem.problem, problem.action) == ("file is cut off", "records behind it lost")
    assert problem.record.startswith("line 5, column ")
    assert problem.record.endswith(", 4 whole records kept")
    records, report = salvaged(b'[{"a": 1},\n')
    assert (records, report.counts) == ([{"a": 1}], {"file is cut off": 1})


@pytest.mark.parametrize("end", range(12, 60))
def test_cut_anywhere_is_said(end: int) -> None:
    data = b'[{"id": 1}, {"id": 2, "m": ["a]", {"x": "}"}]}, {"id": 3}]'[:end]
    records, report = salvaged(data)
    assert records == [{"id": 1}, {"id": 2, "m": ["a]", {"x": "}"}]}, {"id": 3}][: len(records)]
    assert report.counts == ({} if end >= 58 else {"file is cut off": 1})


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'[{"a": 1} {"a": 2}]', "comma missing"),
        (b'[{"a": 1},, {"a": 2}]', "stray comma"),
        (b'[{"a": 1}, {"a": 2},]', "stray comma"),
        (b'[{"a": 1}, {"a": 2}] x', "text behind the end of the array"),
        (b'[{"a": 1}][{"a": 2}]', "array ends before its last record"),
    ],
)
def test_faults_between_records_lose_none(data: bytes, problem: str) -> None:
    records, report = salvaged(data)
    assert records == [{"a": 1}, {"a": 2}]
    assert report.counts == {problem: 1}
    assert report.skipped == 0


def test_nesting_too_deep_is_one_bad_record() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    records, report = salvaged(array('{"a": 1}', deep, '{"a": 2}'))
    assert records == [{"a": 1}, {"a": 2}]
    assert report.counts == {"record is not JSON": 1}
    fair = "[" * 300 + "]" * 300
    assert salvaged(array('{"a": 1}', fair, "x"))[0] == [{"a": 1}, json.loads(fair)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_with_and_without_mark(encoding: str) -> None:
    text = json.dumps(RECORDS, ensure_ascii=False)
    assert salvaged(("\ufeff" + text).encode(encoding))[0] == RECORDS
    records, report = salvaged(text.encode(encoding))
    assert records == RECORDS
    assert [(p.problem, p.action) for p in report.problems] == [
        ("file has no byte order mark", f"read as {encoding.upper()}")
    ]
    records, report = salvaged(("\ufeff" + text).encode(encoding) + b"\xd8")
    assert records == RECORDS
    assert f"text is not valid {encoding[:6].upper()}" in report.counts


@pytest.mark.parametrize("text", ['{"data": [{"a": 1}, {"a": 2}]}', '{"v": 1, "tags": [1], "x": [{"a": 1}, {"a": 2}]}'])
def test_object_round_the_list_is_opened_when_asked(text: str) -> None:
    assert salvaged(text.encode(), record_keys=("a",))[0] == [{"a": 1}, {"a": 2}]
    assert salvaged(text.encode())[0] == [json.loads(text)]
    assert salvaged(b'{"a": [{"b": 1}]}', record_keys=("a",))[0] == [{"a": [{"b": 1}]}]
    two = {"x": [{"a": 1}], "y": [{"a": 2}]}
    assert salvaged(json.dumps(two).encode(), record_keys=("a",))[0] == [two]


def test_broken_object_round_the_list() -> None:
    records, report = salvaged(b'{"data": [{"a": 1},\n{"a": 2},\n{"a": 3', record_keys=("a",))
    assert records == [{"a": 1}, {"a": 2}]
    assert report.counts == {"file is cut off": 1}


def test_indented_objects_one_after_another() -> None:
    text = "\n".join(json.dumps(record, indent=1) for record in GOOD)
    assert salvaged(text.encode())[0] == GOOD
    assert salvaged(b'{\n"a": NaN\n}')[0] == [{"a": None}]


def test_old_line_ends_and_blank_lines() -> None:
    assert salvaged(b'{"a": 1}\r{"a": 2}\r')[0] == [{"a": 1}, {"a": 2}]
    records, report = salvaged(b'{"a": 1}\n\n\nx\n{"a": 2}')
    assert records == [{"a": 1}, {"a": 2}]
    assert report.problems[0].record == "line 4"


def test_bad_annotation_does_not_lose_a_coco_file() -> None:
    data = b'{"images": [{"id": 1, "t": "\\ud800"}], "annotations": [{"id": 1}, {"id" 2}, {"id": 3}], "categories": []}'
    report = Report()
    fields = json_object(data, file="f", expected="COCO", report=report)
    assert [json.loads(raw) for raw in map(bytes, items(fields["annotations"]))] == [{"id": 1}, {"id": 3}]
    assert [json.loads(compact(raw)) for raw in items(fields["images"])] == [{"id": 1, "t": "\ufffd"}]
    assert [(p.problem, p.record, p.action) for p in report.problems] == [
        ("record is not strict JSON", "record 0 of images", "mended"),
        ("record is not JSON", "entry of annotations behind 1 good ones", "skipped"),
    ]
    with pytest.raises(InputError, match="is not JSON at line 1"):
        json_object(data, file="f", expected="COCO")


@pytest.mark.parametrize("tail", [b"\0\0\0", b"</html>", b'}{"images": []}', b"\n\n , x \xff"])
def test_bytes_behind_a_coco_file_do_not_lose_it(tail: bytes) -> None:
    whole = b'{"images": [{"id": 1}],\n "annotations": [{"id": 2}], "categories": []}'
    report = Report()
    fields = json_object(whole + tail, file="f", expected="COCO", report=report)
    assert {key: compact(raw) for key, raw in fields.items()} == {
        "images": '[{"id":1}]',
        "annotations": '[{"id":2}]',
        "categories": "[]",
    }
    (problem,) = report.problems
    assert (problem.problem, problem.action) == ("text behind the end of the object", "left out")
    assert problem.record == f"line 2, column 47 (byte {len(whole)}), {len(tail)} bytes"
    quiet = Report()
    json_object(whole + b" \n", file="f", expected="COCO", report=quiet)
    assert not quiet.problems


def test_byte_that_is_no_utf8_in_a_coco_file() -> None:
    report = Report()
    data = b'{"images": [{"id": 1}, {"id": "\xff"}], "n": 1}'
    fields = json_object(data, file="f", expected="COCO", report=report)
    assert bytes(fields["images"]) == b'[{"id": 1}]'
    assert report.skipped == 1


@pytest.mark.parametrize("end", [20, 40, 60])
def test_cut_coco_file_is_refused(end: int) -> None:
    data = b'{"images": [{"id": 1}], "annotations": [{"id": 1}, {"id": 2}], "categories": []}'
    with pytest.raises(InputError, match="is cut off"):
        json_object(data[:end], file="f", expected="COCO", report=Report())


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"m": [{"r": 1, "r": 1}]}', '{"a": {"b": 1, "c": 2, "b": 3}}'])
def test_keys_given_twice_are_found(text: str) -> None:
    assert repeats_a_key(msgspec.Raw(text.encode()))
    assert not repeats_a_key(msgspec.Raw(b'{"a": {"a": 1}, "m": [{"a": 1}, {"a": 1}]}'))


SPOILT = [
    '{"k" 1}',
    '{"k": tru}',
    "{,}",
    '["\\x"]',
    "[1 2]",
    "[01]",
    '"\\q"',
    "nul",
    "1.e",
    '{"k": "\\ud8"}',
    '{"k": 1]',
]


@settings(max_examples=300, deadline=None)
@given(st.lists(JSON, max_size=6), st.sampled_from(SPOILT), st.integers(0, 6), st.sampled_from([None, 1]))
def test_any_array_keeps_all_records_but_the_corrupted_one(
    values: list[object], spoilt: str, at: int, indent: int | None
) -> None:
    texts = [json.dumps(value, indent=indent) for value in values]
    texts.insert(at, spoilt)
    if not values:
        with pytest.raises(InputError):
            salvaged(array(*texts))
        return
    records, report = salvaged(array(*texts))
    assert records == values
    assert report.skipped == 1


@settings(max_examples=300, deadline=None)
@given(st.lists(JSON, min_size=1, max_size=5), st.data())
def test_text_changed_anywhere_raises_nothing_but_input_errors(values: list[object], data: st.DataObject) -> None:
    text = bytearray(json.dumps(data.draw(st.sampled_from([values, {"a": values, "b": values}]))).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        text[place : place + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(PIECES))
    for parse in (
        lambda: json_records(bytes(text), file="f", report=Report(), record_keys=("k",)),
        lambda: [compact(raw) for raw in json_records(bytes(text), file="f", report=Report())],
        lambda: json_object(bytes(text), file="f", expected="an object", report=Report()),
    ):
        with suppress(InputError):
            parse()


PIECES = [b"", b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\xff", b"\x00", b"NaN", b"\n", b'{"a":']


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 4), st.integers(0, 10_000), st.sampled_from(PIECES), st.integers(0, 2), st.sampled_from([None, 2])
)
def test_dialogues_survive_any_small_damage_to_their_neighbour(
    broken: int, place: int, piece: bytes, lost: int, indent: int | None
) -> None:
    said = [{"role": "user", "content": "<image>\n[identify] {<1><2>}?"}, {"role": "assistant", "content": 'a "ship"'}]
    records = [{"messages": said, "images": [f"a/{n}.png"]} for n in range(5)]
    texts = [json.dumps(record, indent=indent).encode() for record in records]
    place %= len(texts[broken])
    texts[broken] = texts[broken][:place] + piece + texts[broken][place + lost :]
    found, _ = salvaged(b"[" + b", ".join(texts) + b"]")
    assert [record for n, record in enumerate(records) if n != broken and record not in found] == []
    assert len(found) <= 5
