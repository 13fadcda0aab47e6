"""Speckle has the statistics asked for, boxes are tight, and the raw layouts are those of the authors."""

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO
from scipy import stats

from sarbench import imaging
from sarbench.errors import InputError
from sarbench.simulate import (
    clutter,
    equivalent_number_of_looks,
    scene,
    speckle,
    to_amplitude_8bit,
    write_fusar,
    write_sardet,
)
from sarbench.simulate.canvas import Canvas
from sarbench.simulate.clutter import CLUTTER
from sarbench.simulate.fusar import OPENINGS
from sarbench.simulate.marker import MARKER
from sarbench.simulate.scene import KINDS
from sarbench.simulate.targets import DRAW, LABELS
from sarbench.sources.reading.files import SIMULATED_MARK


def generator(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("looks", [1, 2, 4, 8])
def test_flat_area_has_the_looks_asked_for(looks: int) -> None:
    speckled = speckle(np.full((256, 256), 0.04), looks=looks, rng=generator(looks))
    assert equivalent_number_of_looks(speckled) == pytest.approx(looks, rel=0.05)
    assert speckled.mean() == pytest.approx(0.04, rel=0.02)
    assert stats.kstest(speckled.reshape(-1)[::16], stats.gamma(looks, scale=0.04 / looks).cdf).pvalue > 1e-3


@pytest.mark.parametrize("looks", [1, 2, 4, 8])
def test_open_sea_of_a_scene_has_the_looks_asked_for(looks: int) -> None:
    made = scene(generator(looks), kind="open sea", size=(512, 512), looks=looks)
    sea = np.ones((512, 512), dtype=bool)
    for _, (x, y, w, h) in made.targets:  # sidelobes reach 11 pixels past a target
        sea[max(0, int(y) - 12) : int(y + h) + 12, max(0, int(x) - 12) : int(x + w) + 12] = False
    assert equivalent_number_of_looks(made.intensity[sea]) == pytest.approx(looks, rel=0.05)


def test_speckle_keeps_zero_and_refuses_no_looks() -> None:
    assert not speckle(np.zeros((4, 4)), looks=1, rng=generator(0)).any()
    with pytest.raises(ValueError, match="above 0"):
        speckle(np.ones((4, 4)), looks=0, rng=generator(0))


def test_uniform_area_has_infinitely_many_looks() -> None:
    assert equivalent_number_of_looks(np.full((8, 8), 3.0)) == float("inf")


def test_textured_clutter_has_fewer_looks_and_levels_rise_from_sea_to_town() -> None:
    grounds = {kind: clutter(kind, (300, 200), rng=generator(5)) for kind in CLUTTER}
    for ground in grounds.values():
        assert ground.shape == (300, 200)
        assert ground.dtype == np.float32
        assert ground.min() >= 0
    looks = {
        kind: equivalent_number_of_looks(speckle(ground, looks=4, rng=generator(6))) for kind, ground in grounds.items()
    }
    assert max(looks["urban"], looks["land"]) < 3 < looks["sea"]
    assert grounds["sea"].mean() < 0.3 * grounds["land"].mean() < grounds["urban"].mean()


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("seed", range(8))
def test_box_is_the_tight_bound_of_the_target(label: str, seed: int) -> None:
    rng = generator(seed)
    canvas = Canvas(np.zeros((200, 240), dtype=np.float32))
    target = DRAW[label](rng.uniform(20, 80), rng.uniform(0, 7), rng)
    assert canvas.put(target, 90, 110, allowed=np.ones((200, 240), dtype=bool))
    rows, columns = np.nonzero(canvas.intensity)
    ((found, box),) = canvas.targets
    assert found == label
    assert box == (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert not (target.shadow & target.mask).any()


def test_box_of_a_target_cut_by_the_image_ends_at_its_edge() -> None:
    canvas = Canvas(np.zeros((100, 100), dtype=np.float32))
    assert canvas.put(DRAW["tank"](30, 0, generator(1)), 50, 4)
    ((_, box),) = canvas.targets
    assert box[0] == 0
    assert 15 < box[2] < 25
    assert not canvas.put(DRAW["tank"](30, 0, generator(1)), 50, 4)  # the place is taken
    assert not canvas.put(DRAW["tank"](30, 0, generator(1)), 95, -8)  # more than half is outside
    assert len(canvas.targets) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [None, (128, 128), (300, 560)])
def test_scene_holds_its_class_in_boxes_brighter_than_their_surroundings(
    kind: str, size: tuple[int, int] | None
) -> None:
    for seed in range(4):
        made = scene(generator(seed), kind=kind, size=size)
        height, width = made.image.shape
        assert made.intensity.shape == made.image.shape
        assert made.image.dtype == np.uint8
        assert size is None or size == (height, width)
        assert LABELS[KINDS.index(kind)] in {label for label, _ in made.targets}
        assert 1 <= len(made.targets) <= 6
        for label, (x, y, w, h) in made.targets:
            assert x >= 0
            assert y >= 0
            assert x + w <= width
            assert y + h <= height
            inside = made.intensity[int(y) : int(y + h), int(x) : int(x + w)]
            assert inside.mean() > 2 * np.median(made.intensity), (label, seed)


def test_same_seed_same_scene() -> None:
    first, second, other = scene(generator(4)), scene(generator(4)), scene(generator(5))
    np.testing.assert_array_equal(first.intensity, second.intensity)
    assert (first.targets, first.kind, first.looks) == (second.targets, second.kind, second.looks)
    assert first.image.shape != other.image.shape or (first.image != other.image).any()


def test_scene_is_exposed_as_published_chips_are() -> None:
    for kind in KINDS:
        image = scene(generator(9), kind=kind, size=(512, 512)).image
        assert 5 < np.median(image) < 100
        assert np.mean(image == 255) < 0.1


@pytest.mark.parametrize(("kind", "size"), [("moon", None), ("coast", (127, 300))])
def test_impossible_scenes_are_refused(kind: str, size: tuple[int, int] | None) -> None:
    with pytest.raises(ValueError, match="kinds are open sea"):
        scene(generator(0), kind=kind, size=size)


def test_amplitude_is_monotonous_and_saturates() -> None:
    assert to_amplitude_8bit(np.array([0, 0.5, 2, 8, 50]), white=8.0).tolist() == [0, 64, 128, 255, 255]


@pytest.fixture(scope="module")
def sardet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sardet(tmp_path_factory.mktemp("sardet"), images={"train": 14, "val": 12, "test": 12}, seed=3)


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_sardet_layout_reads_as_coco(sardet: Path) -> None:
    sizes, names, suffixes = set(), [], set()
    for split, count in {"train": 14, "val": 12, "test": 12}.items():
        coco = COCO(sardet / "Annotations" / f"{split}.json")
        assert len(coco.imgs) == count
        assert {number: category["name"] for number, category in coco.cats.items()} == dict(enumerate(LABELS))
        assert {annotation["category_id"] for annotation in coco.anns.values()} == set(range(6))
        for image in coco.imgs.values():
            path = sardet / "JPEGImages" / split / image["file_name"]
            info = imaging.inspect(path.read_bytes())
            assert (info.width, info.height, info.bands) == (image["width"], image["height"], 1)
            assert info.format == {"png": "png", "jpg": "jpeg"}[path.suffix[1:]]
            assert 1 <= len(coco.getAnnIds(image["id"])) <= 6
            names.append(path.stem)
            suffixes.add(path.suffix)
            sizes.add((info.width, info.height))
    assert sorted(names) == [f"{number:07d}" for number in range(38)]
    assert suffixes == {".png", ".jpg"}
    assert len(sizes) > 4
    assert any(width != height for width, height in sizes)
    assert all(256 <= side <= 800 for size in sizes for side in size)


def test_sardet_records_have_the_authors_keys(sardet: Path) -> None:
    read = json.loads((sardet / "Annotations" / "train.json").read_text())
    assert list(read["images"][0]) == ["file_name", "height", "width", "id"]
    for number, annotation in enumerate(read["annotations"]):
        keys = ["area", "iscrowd", "image_id", "bbox", "category_id", "id", "ignore", "segmentation"]
        assert list(annotation) == keys
        assert annotation["id"] == number
        assert all(isinstance(edge, float) for edge in annotation["bbox"])
    classes_by_image: dict[int, set[int]] = {}
    for annotation in read["annotations"]:
        classes_by_image.setdefault(annotation["image_id"], set()).add(annotation["category_id"])
    assert any(len(classes) == 2 for classes in classes_by_image.values())


def test_same_seed_same_bytes_another_seed_other_bytes(tmp_path: Path) -> None:
    images = {"train": 2, "test": 1}
    first, again, other = (
        contents(write_sardet(tmp_path / name, images=images, seed=seed))
        for name, seed in [("a", 1), ("b", 1), ("c", 2)]
    )
    assert first == again
    assert not set(first.values()) & set(other.values())


def test_more_images_leave_the_first_ones_as_they_were(tmp_path: Path) -> None:
    few, more = (contents(write_sardet(tmp_path / str(n), images={"val": n})) for n in (2, 3))
    pixels = {digest for name, digest in few.items() if name.startswith("JPEGImages")}
    assert len(pixels) == 2
    assert pixels < set(more.values())


def test_progress_counts_images(tmp_path: Path) -> None:
    seen: list[int] = []
    write_sardet(tmp_path, images={"train": 2, "val": 1}, progress=seen.append)
    assert seen == [1, 1, 1]


def test_interrupted_writing_leaves_a_marked_folder_of_whole_files(tmp_path: Path) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sardet(tmp_path, images={"train": 3}, progress=stop)
    names = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert len(names) == 2
    assert re.fullmatch(r"\d{7}\.(png|jpg)", names[0])
    assert names[1] == MARKER
    write_sardet(tmp_path, images={"train": 3})  # a marked folder may be written again
    assert (tmp_path / "Annotations" / "train.json").is_file()


def test_marker_names_generator_and_seed(sardet: Path) -> None:
    marker = json.loads((sardet / MARKER).read_text())
    assert set(marker) == {"generator", "version", "seed"}
    assert (marker["generator"], marker["seed"]) == ("sarbench.simulate", 3)


def test_sources_look_for_the_same_marker() -> None:
    assert SIMULATED_MARK == MARKER


def test_real_data_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "Annotations").mkdir()
    with pytest.raises(InputError, match="nothing says that it was simulated"):
        write_sardet(tmp_path, images={"train": 1})
    (tmp_path / "caption_part1.json").write_text("[]")
    with pytest.raises(InputError, match="nothing says that it was simulated"):
        write_fusar(tmp_path)
    assert not (tmp_path / MARKER).exists()
    assert (tmp_path / "caption_part1.json").read_text() == "[]"


def test_fusar_has_the_public_form(tmp_path: Path) -> None:
    text = (write_fusar(tmp_path, records=24) / "caption_part1.json").read_text(encoding="utf-8")
    records = json.loads(text)
    assert text.startswith('[\n    {\n        "image_id": 0,\n        "Terrain": "The terrain is classified as ')
    assert [record["image_id"] for record in records] == list(range(24))
    for record in records:
        assert list(record) == ["image_id", *OPENINGS]
        for field, opening in OPENINGS.items():
            assert record[field].startswith(opening)
            assert len(record[field]) > len(opening)
            assert "{" not in record[field]
    beyond_ascii = sum(not json.dumps(record, ensure_ascii=False).isascii() for record in records)
    assert 2 <= beyond_ascii <= 18
    assert len({record["Distribution"] for record in records}) > 12


def test_fusar_is_seeded(tmp_path: Path) -> None:
    texts = [
        (write_fusar(tmp_path / name, seed=seed) / "caption_part1.json").read_bytes()
        for name, seed in [("a", 0), ("b", 0), ("c", 1)]
    ]
    assert texts[0] == texts[1] != texts[2]


def test_real_fusar_file_has_the_same_keys_and_openings(real_data: Path) -> None:
    records = json.loads((real_data / "fusar_geovl" / "caption_part1.json").read_text(encoding="utf-8"))
    for record in records:
        assert list(record) == ["image_id", *OPENINGS]
        assert all(record[field].startswith(opening) for field, opening in OPENINGS.items())
