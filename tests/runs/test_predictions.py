import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.runs.predictions import from_file, from_mapping, joined
from sarbench.runs.record import SAMPLES


def jsonl(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def references(*ids: str):
    return [(name, f"hash-{name}", name.upper()) for name in ids]


@given(order=st.permutations(range(6)), left_out=st.sets(st.integers(0, 5)))
def test_every_sample_meets_its_answer_whatever_the_order(order: list[int], left_out: set[int]) -> None:
    answers = {f"s{n}": f"answer {n}" for n in order if n not in left_out}
    found = list(joined(references(*(f"s{n}" for n in range(6))), from_mapping(answers)))
    assert found == [(f"S{n}", None if n in left_out else f"answer {n}") for n in range(6)]


def test_jsonl_and_parquet_say_the_same(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "prediction": "x", "sample_sha256": None, "more": 1},
        {"id": "b", "prediction": "", "sample_sha256": "h"},
    ]
    pq.write_table(pa.Table.from_pylist(lines), tmp_path / "p.parquet")
    from_lines = list(from_file(jsonl(tmp_path / "p.jsonl", lines[0], "", lines[1])))
    from_parquet = list(from_file(tmp_path / "p.parquet"))
    assert [p[:3] for p in from_lines] == [p[:3] for p in from_parquet] == [("a", "x", None), ("b", "", "h")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2"),
        ("[1]", "line 2"),
        ({"id": "b"}, "prediction"),
        ({"prediction": "x"}, "id"),
        ({"id": "b", "prediction": None}, "null"),
        ({"id": 3, "prediction": "x"}, "int"),
        ('{"id": "b", "prediction": "\udcff"}', "line 2"),
        ('{"id": "b", "prediction": "x", "more": ' + "[" * 100_000 + "]" * 100_000 + "}", "line 2"),
        ('{"id": "b", "prediction": "\\ud83d", "more": ' + "[" * 100_000 + "]" * 100_000 + "}", "line 2"),
        ('{"id": "b", "prediction": ["\\ud83d"]}', "line 2"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: object, says: str) -> None:
    path = tmp_path / "p.jsonl"
    text = line if isinstance(line, str) else json.dumps(line)
    path.write_bytes(b'{"id": "a", "prediction": "x"}\n' + text.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(InputError, match="line 2") as caught:
        list(from_file(path))
    assert says in str(caught.value)


def test_half_an_emoji_is_taken_as_json_writes_it(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "p.jsonl", {"id": "a", "prediction": "x \ud83d y"}, {"id": "b", "prediction": "\ude00🛰"})
    assert "\\ud83d" in path.read_text()
    assert [found.text for found in from_file(path)] == ["x \ud83d y", "\ude00🛰"]


def test_an_id_that_cannot_be_shown_is_spelled_out(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "p.jsonl", {"id": "a\ud83d", "prediction": "x"})
    with pytest.raises(InputError, match="about no sample of the references: a") as caught:
        list(joined(references("a"), from_file(path)))
    assert str(caught.value).isprintable()


def test_a_parquet_file_of_something_else_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"name": ["a"]}), tmp_path / "p.parquet")
    with pytest.raises(InputError, match="columns name"):
        list(from_file(tmp_path / "p.parquet"))
    (tmp_path / "q.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match="no Parquet file"):
        list(from_file(tmp_path / "q.parquet"))
    pq.write_table(pa.table({"id": ["a", None], "prediction": ["x", "y"]}), tmp_path / "r.parquet")
    with pytest.raises(InputError, match="row 1"):
        list(from_file(tmp_path / "r.parquet"))


@pytest.mark.parametrize("ids", [["a", "a"], ["a", "b", "a"], ["b", "b", "a"], ["a", "b", "b"]])
def test_an_id_that_comes_twice_is_named(tmp_path: Path, ids: list[str]) -> None:
    path = jsonl(tmp_path / "p.jsonl", *({"id": name, "prediction": "x"} for name in ids))
    with pytest.raises(InputError, match="a second time"):
        list(joined(references("a", "b"), from_file(path)))


def test_unknown_ids_are_named_and_counted(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "p.jsonl", *({"id": f"x{n}", "prediction": ""} for n in range(8)))
    with pytest.raises(
        InputError, match="8 predictions are about no sample of the references: x0, x1, x2, x3, x4 and 3"
    ):
        list(joined(references("a"), from_file(path)))


def test_answers_to_another_version_of_a_sample_are_refused(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "p.jsonl", {"id": "a", "prediction": "x", "sample_sha256": "old"})
    with pytest.raises(InputError, match="another version of 'a'"):
        list(joined(references("a"), from_file(path)))


def test_an_ordered_file_is_not_held(tmp_path: Path) -> None:
    read = 0

    def answers():
        nonlocal read
        for prediction in from_mapping({f"s{n}": "x" for n in range(100)}):
            read += 1
            yield prediction

    pairs = joined(((f"s{n}", None, n) for n in range(100)), answers())
    for number, _ in pairs:
        assert read == number + 1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be opened \(No such file"):
        list(from_file(tmp_path / "absent.jsonl"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"id": "a", "answer": "2"}', "it has the keys id, answer, and no prediction"),
        (b'{"sample": "a", "text": "2"}', "it has the keys sample, text, and no id and no prediction"),
        (b'{"id": "a", "prediction": ["2"]}', "its prediction is a list"),
        (b'{"id": "a", "prediction": "2", "sample_sha256": 3}', "its sample_sha256 is an int"),
        (b'[{"id": "a", "prediction": "2"}]', "it is a list, .*jq"),
        (b'{\n  "a": "2"\n}', "does not end in this line"),
        (b'{"id": "a", "predic', "the file may be cut off"),
        (b"id,prediction\na,2", "CSV is not read.*read_csv"),
        (b"id prediction", "it is no JSON"),
        (gzip.compress(b"{}", mtime=0), "compressed by gzip.*Unpack it"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b'{"id": "a", "prediction": "\xe9"}', "is not UTF-8"),
        (b'{"id": "a", "prediction": "2", "\\ud83d": ' + b"[" * 100_000, "line 1"),
        (b'{"id\\ud83d": "a"}', "line 1.*it has the keys id"),
    ],
)
def test_a_file_of_another_form_says_what_was_found_and_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as caught:
        list(from_file(path))
    assert f"{path}, line 1: " in str(caught.value)
    assert str(caught.value).encode()


def test_the_content_says_what_is_parquet(tmp_path: Path) -> None:
    path = tmp_path / "answers"
    pq.write_table(pa.table({"id": ["a"], "prediction": ["x"]}), path)
    assert [found.text for found in from_file(path)] == ["x"]


def test_a_run_and_its_samples_are_sent_to_the_command_for_runs(tmp_path: Path) -> None:
    """Read as answers they would lose what failed and the convention that was spoken."""
    pq.write_table(SAMPLES.empty_table(), tmp_path / "task.parquet")
    with pytest.raises(InputError, match=r"a part of a run record.*sarbench score RUN"):
        list(from_file(tmp_path / "task.parquet"))
    with pytest.raises(InputError, match="is a folder"):
        list(from_file(tmp_path))
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match=f"the folder of a run.*`sarbench score {tmp_path}`"):
        list(from_file(tmp_path))


def test_an_unknown_id_stands_beside_one_that_is_known() -> None:
    with pytest.raises(InputError, match="references: set/train/1; the first reference is set/test/1"):
        list(joined(references("set/test/1", "set/test/2"), from_mapping({"set/train/1": "x"})))
