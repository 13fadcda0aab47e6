from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench import sources
from sarbench.build import BuiltIndex, build, data_digest, parts
from sarbench.build.index import Layout
from sarbench.build.lite.choice import LiteRow, allocate, choose, lite_row
from sarbench.schema import Row, to_table
from tests.build.fake import fake_source, make_row, make_rows

KINDS = st.tuples(st.sampled_from("pq"), st.sampled_from("abc"), st.sampled_from(["none", "1"]))


def lite_rows(kinds: list[tuple[str, str, str]]) -> list[LiteRow]:
    return [LiteRow(f"id{number}", (task, None), (name, band, "")) for number, (task, name, band) in enumerate(kinds)]


@settings(deadline=None)
@given(st.lists(KINDS, max_size=60), st.integers(1, 20), st.randoms())
def test_sizes_and_independence_of_order(kinds: list[tuple[str, str, str]], size: int, random: object) -> None:
    rows = lite_rows(kinds)
    chosen = choose(rows, size)
    assert chosen == sorted(set(chosen))
    wanted = {score: min(size, count) for score, count in Counter(row.score for row in rows).items()}
    assert Counter(rows[place].score for place in chosen) == wanted
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert {shuffled[place].id for place in choose(shuffled, size)} == {rows[place].id for place in chosen}


@given(st.lists(KINDS, min_size=1, max_size=60), st.integers(1, 60))
def test_every_stratum_is_there_where_there_is_room(kinds: list[tuple[str, str, str]], size: int) -> None:
    sizes = Counter(kinds)
    shares = allocate(sizes, size)
    assert sum(shares.values()) == min(size, len(kinds))
    assert all(0 <= shares[stratum] <= count for stratum, count in sizes.items())
    if size >= len(sizes):
        assert min(shares.values()) >= 1


def test_shares_follow_sizes() -> None:
    strata = {("a", "", ""): 800, ("b", "", ""): 150, ("c", "", ""): 50}
    assert list(allocate(strata, 100).values()) == [80, 15, 5]
    assert list(allocate(strata, 10).values()) == [8, 1, 1]
    assert list(allocate(strata, 3).values()) == [1, 1, 1]
    assert list(allocate(strata, 2).values()) == [2, 0, 0]


def test_strata() -> None:
    def stratum(task: str, answers: list[str], labels: list[str], count: int | None) -> tuple[str, str, str]:
        row = lite_row(id="", task=task, subtask="s", labels=labels, answers=answers, count=count, dataset=None)
        assert row.score == (task, "s")
        return row.stratum

    assert stratum("presence", ["Yes"], [], None) == ("yes", "none", "")
    assert stratum("classification", ["x" * 41], [], None) == ("", "none", "")
    assert stratum("caption", ["Ships"], [], None) == ("", "none", "")
    assert stratum("counting", ["4"], [], 4) == ("", "4-7", "")
    assert stratum("grounding", [], [], None) == ("", "0", "")
    assert stratum("referring", [], ["tank", "ship", "tank"], None) == ("ship, tank", "2-3", "")


# A built lite split


def questions() -> list[Row]:
    return [
        *make_rows([4, 1, 3, 2, 5]),
        *(make_row(50 + n, None, task="caption", id=f"fake/a/test/c{n}") for n in range(4)),
    ]


def read(folder: Path, index: BuiltIndex, config: str) -> pa.Table:
    return pa.concat_tables([pq.read_table(folder / file.path) for file in index.configs[config]["test"].files])


@pytest.mark.parametrize("layout", ["flat", "joined"])
def test_lite_rows_are_rows_of_the_split_with_their_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: Layout
) -> None:
    rows = questions()
    content = {"a": {"train": make_rows([1]), "test": rows}, "b": {"train": make_rows([1])}}
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source(content))  # type: ignore[arg-type]
    monkeypatch.setattr(parts, "PART_GROUPS", 2)
    index = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", layout=layout, lite=6)
    assert list(index.configs) == ["a", "a-lite", "b"]
    lite = index.configs["a-lite"]["test"]
    assert (lite.rows, lite.layout, lite.lite_of) == (10, "flat", "a")
    table = read(tmp_path / "out", index, "a-lite")
    full = to_table(rows)
    places = [full["id"].to_pylist().index(id_) for id_ in table["id"].to_pylist()]
    assert places == sorted(places)
    assert table.equals(full.take(places))
    assert lite.lite_digest == data_digest(table["id"].to_pylist())
    assert lite.data_digest == data_digest(table["sample_sha256"].to_pylist())
    assert lite.images == len(set(table["image_id"].to_pylist()) - {None})


def test_a_lite_split_is_never_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def give(number: int) -> None:
        content = {"a": {"test": make_rows([number]), "train": make_rows([1])}}
        monkeypatch.setitem(sources.SOURCES, "fake", fake_source(content))  # type: ignore[arg-type]

    where = {"data_dir": tmp_path / "raw", "out": tmp_path / "out"}
    give(3)
    first = build("fake", **where, lite=2)
    assert build("fake", **where, splits=["train"]).configs["a-lite"] == first.configs["a-lite"], "its split stays"
    assert build("fake", **where).configs["a-lite"] == first.configs["a-lite"], "its split is the same again"
    give(4)
    changed = build("fake", **where)
    assert list(changed.configs) == ["a"]
    assert changed.notes == ("a-lite was dropped: it was chosen from an earlier a/test.",)
    assert not (tmp_path / "out" / "a-lite").exists()
    assert build("fake", **where, lite=1).configs["a-lite"]["test"].rows == 1
