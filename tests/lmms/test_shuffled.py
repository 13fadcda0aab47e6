"""Documents with each other's images, as `datasets` hands them out."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sarbench.errors import InputError
from sarbench.lmms import hooks
from sarbench.lmms.shuffled import process_docs, shuffled
from tests.questions.rows import ROWS

datasets = pytest.importorskip("datasets", reason="needs the package datasets")

GRAYS = (10, 60, 110, 160, 210)
SIZES = ((200, 100), (100, 200), (64, 64), (200, 100), (200, 100))


def docs(folder: Path, *, grays: tuple[int, ...] = GRAYS, joined: bool = False) -> Any:
    """Two questions about each gray image, as lmms-eval reads them: from Parquet."""
    rows = []
    for number, (gray, (width, height)) in enumerate(zip(grays, SIZES, strict=False)):
        buffer = io.BytesIO()
        Image.new("L", (width, height), gray).save(buffer, format="PNG")
        for turn in range(2):
            row = {**ROWS["counting"], "id": f"{number}-{turn}", "width": width, "height": height}
            row |= {"image_id": f"gray-{gray}", "image_sha256": f"{gray:064d}", "image": {"bytes": buffer.getvalue()}}
            rows.append({name: value for name, value in row.items() if not (joined and name == "image")})
    made = datasets.Dataset.from_list(rows)
    path = folder / "test.parquet"
    (made if joined else made.cast_column("image", datasets.Image())).to_parquet(path)
    return datasets.load_dataset("parquet", data_files={"test": str(path)}, cache_dir=str(folder))["test"]


def seen(doc: dict[str, Any]) -> Image.Image:
    (image,) = hooks.doc_to_visual(doc)
    return image


def test_nobody_sees_its_own_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = docs(tmp_path)
    assert process_docs(own) is own
    monkeypatch.setenv("SARBENCH_PERTURB", "shuffle")
    swapped = process_docs(own)
    given = {}
    for before, doc in zip(own, swapped, strict=True):
        image = seen(doc)
        assert image.size == (doc["width"], doc["height"]) == (before["width"], before["height"])
        assert image.getpixel((0, 0)) != (before["image"].convert("RGB").getpixel((0, 0)))
        kept = set(before) - {"image"}
        assert {name: doc[name] for name in kept} == {name: before[name] for name in kept}
        given.setdefault(doc["image_id"], set()).add(image.getpixel((0, 0)))
    assert all(len(values) == 1 for values in given.values())
    assert sorted(gray for values in given.values() for gray, *_ in values) == list(GRAYS)
    part = swapped.select(range(3, 7))
    assert [seen(doc).tobytes() for doc in part] == [seen(swapped[number]).tobytes() for number in range(3, 7)]


def test_what_lmms_eval_does_with_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_PERTURB", "shuffle+gsd:factor=2")
    swapped = process_docs(docs(tmp_path))
    assert isinstance(swapped.features["image"], datasets.Image)
    assert len(swapped) == 10
    assert swapped.select_columns(["task"])[:]["task"] == ["counting"] * 10
    without = swapped.remove_columns("image")
    assert "image" not in without[0]
    line = hooks.process_results(without[0], ["2"])["exact"]
    assert (line["outcome"], line["width"], line["height"]) == ("ok", 100, 50)
    assert line["image_id"] == "gray-10"
    assert seen(swapped[0]).size == (100, 50)


def test_images_of_joined_sets_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_PERTURB", "shuffle")
    asked = []

    def image_of(doc: dict[str, Any]) -> Image.Image:
        asked.append((doc["image_id"], doc["image_sha256"]))
        return Image.new("L", (30, 30), int(doc["image_sha256"]))

    monkeypatch.setattr(hooks, "image_of", image_of)
    own = docs(tmp_path, joined=True)
    for before, doc in zip(own, process_docs(own), strict=True):
        assert seen(doc).size == (before["width"], before["height"])
        image_id, sha256 = asked[-1]
        assert sha256 != before["image_sha256"]
        assert int(image_id.removeprefix("gray-")) == int(sha256)


def test_one_image_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one image only"):
        shuffled(docs(tmp_path, grays=(10,)))


def test_part_of_a_config_is_shuffled_within_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks that ask one kind of a config's rows choose them first."""
    monkeypatch.setenv("SARBENCH_PERTURB", "shuffle")
    swapped = process_docs(docs(tmp_path).select([1, 4, 8]))
    assert {seen(doc).getpixel((0, 0))[0] for doc in swapped} == {10, 110, 210}
    assert all(seen(doc).getpixel((0, 0))[0] != int(doc["image_sha256"]) for doc in swapped)
