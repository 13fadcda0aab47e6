from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sarbench import sources
from sarbench.build import BuiltIndex, ImageStore, build, layout, read_index
from sarbench.build.index import SplitIndex
from sarbench.build.layout import choose_layout
from sarbench.errors import InputError
from sarbench.schema import TEXT_SCHEMA, EncodedImage, Row, to_text_table
from tests.build.fake import fake_source, make_row, make_rows, png

Give = Callable[[dict[str, dict[str, Any]]], None]


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Give:
    def give(content: dict[str, dict[str, Any]]) -> None:
        monkeypatch.setitem(sources.SOURCES, "fake", fake_source(content))  # type: ignore[arg-type]

    return give


def images(*seeds: int) -> list[Row]:
    return [make_row(seed, EncodedImage(png(seed), f"fake/{seed}.png")) for seed in seeds]


def layouts(index: BuiltIndex) -> dict[str, str]:
    return {f"{c}/{s}": built.layout for c, splits in index.configs.items() for s, built in splits.items()}


def stored(out: Path, split: str) -> list[str]:
    return [image_id for image_id, _ in ImageStore(out, split)]


def test_large_configs_are_joined(tmp_path: Path, give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = make_rows([2] * 100), make_rows([3] * 100)
    sizes = [sum(len(row.image.bytes) for row in rows if row.image) for rows in (small, large)]
    monkeypatch.setattr(layout, "FLAT_BYTES", sum(sizes) // 2)
    give({"a": {"train": small}, "b": {"train": large}, "c": {"train": large[:3], "test": large}})
    index = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    assert layouts(index) == {"a/train": "flat", "b/train": "joined", "c/train": "joined", "c/test": "joined"}


def split_index(kind: str) -> SplitIndex:
    return SplitIndex(rows=1, images=1, bytes=1, data_digest="", simulated=False, files=(), layout=kind)  # type: ignore[arg-type]


def test_splits_that_stay_decide() -> None:
    kept = {"train": split_index("joined")}
    assert choose_layout("a", "auto", kept=kept, sizes=[0], where=Path("out")) == "joined"
    assert choose_layout("a", "joined", kept=kept, sizes=[0], where=Path("out")) == "joined"
    with pytest.raises(InputError, match=r"out: holds a/train in the other layout.*Build a/train too"):
        choose_layout("a", "flat", kept=kept, sizes=[0], where=Path("out"))


def test_joined_rows_hold_no_images(tmp_path: Path, give: Give) -> None:
    rows = [*make_rows([3, 1]), make_row(9, None)]
    give({"a": {"train": rows}})
    index = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", layout="joined")
    (file,) = index.configs["a"]["train"].files
    table = pq.read_table(tmp_path / "out" / file.path)
    assert table.schema.equals(TEXT_SCHEMA)
    assert table.schema.metadata == TEXT_SCHEMA.metadata
    assert table.equals(to_text_table(rows))
    assert (index.configs["a"]["train"].images, index.images["train"].rows) == (2, 2)


def test_the_first_config_stores_an_image(tmp_path: Path, give: Give) -> None:
    give({"a": {"test": images(1, 2)}, "b": {"test": images(2, 3)}, "c": {"test": images(1, 3), "train": images(1)}})
    out = tmp_path / "out"
    index = build("fake", data_dir=tmp_path / "raw", out=out, layout="joined")
    tables = [pq.read_table(out / file.path)["image_id"].to_pylist() for file in index.images["test"].files]
    assert tables == [["fake/1.png", "fake/2.png"], ["fake/3.png"]]
    assert index.images["train"].rows == 1
    assert stored(out, "test") == ["fake/1.png", "fake/2.png", "fake/3.png"]


def test_later_configs_add_images_and_keep_those_there(tmp_path: Path, give: Give) -> None:
    out, where = tmp_path / "out", {"data_dir": tmp_path / "raw", "layout": "joined"}
    give({"a": {"test": images(1, 2)}, "b": {"test": images(2, 3)}})
    build("fake", out=out, **where, configs=["a"])
    before = ImageStore(out, "test")
    assert before.read(*next(iter(before)))
    index = build("fake", out=out, **where, configs=["b"])
    assert [file.path for file in index.images["test"].files] == [
        f"images/test-{n:05d}-of-00002.parquet" for n in (0, 1)
    ]
    assert index == read_index(out)
    give({"a": {"test": images(4)}, "b": {"test": images(2, 3)}})
    assert build("fake", out=out, **where, configs=["a"]).images["test"].rows == 4, "b stays, so nothing is dropped"
    assert stored(out, "test") == [f"fake/{n}.png" for n in (1, 2, 3, 4)]
    build("fake", out=out, **where)
    assert stored(out, "test") == [f"fake/{n}.png" for n in (2, 3, 4)], "all are built again: 1 is dropped"


def test_from_joined_to_flat_and_back(tmp_path: Path, give: Give) -> None:
    out, where = tmp_path / "out", {"data_dir": tmp_path / "raw"}
    give({"a": {"train": images(1), "test": images(1, 2)}})
    build("fake", out=out, **where, layout="joined")
    with pytest.raises(InputError, match="Build a/train too"):
        build("fake", out=out, **where, layout="flat", splits=["test"])
    assert layouts(build("fake", out=out, **where, splits=["test"])) == {"a/train": "joined", "a/test": "joined"}
    index = build("fake", out=out, **where, layout="flat")
    assert index.images == {}
    assert not (out / "images").exists()
    assert build("fake", out=out, **where, layout="joined").images.keys() == {"train", "test"}


def test_damaged_images_are_written_again(tmp_path: Path, give: Give) -> None:
    out, where = tmp_path / "out", {"data_dir": tmp_path / "raw", "layout": "joined"}
    give({"a": {"test": images(1, 2)}, "b": {"test": images(2, 3)}})
    index = build("fake", out=out, **where)
    (out / index.images["test"].files[0].path).unlink()
    again = build("fake", out=out, **where, configs=["b"])
    assert list(again.configs) == ["b"], "rows of a without their images are not kept"
    assert stored(out, "test") == ["fake/2.png", "fake/3.png"]


def test_a_split_that_fails_keeps_its_rows_and_images(tmp_path: Path, give: Give) -> None:
    out, where = tmp_path / "out", {"data_dir": tmp_path / "raw", "layout": "joined"}
    give({"a": {"test": images(1, 2)}, "b": {"test": images(3)}})
    build("fake", out=out, **where)
    give({"a": {"test": InputError(where="x", problem="is bad", fix="Mend it")}, "b": {"test": images(4)}})
    index = build("fake", out=out, **where)
    assert {config: splits["test"].rows for config, splits in index.configs.items()} == {"a": 2, "b": 1}
    assert {"fake/1.png", "fake/2.png", "fake/4.png"} <= set(stored(out, "test"))
    read = pa.concat_tables([pq.read_table(out / file.path) for file in index.configs["a"]["test"].files])
    store = ImageStore(out, "test")
    assert all((row["image_id"], row["image_sha256"]) in store for row in read.to_pylist())
