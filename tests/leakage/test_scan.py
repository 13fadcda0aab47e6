import json
from pathlib import Path

import numpy as np
import pytest

from sarbench.errors import InputError
from sarbench.leakage import LeakageReport, Overlap, turn
from sarbench.leakage_scan import report_paths, scan
from sarbench.leakage_scan._census import _names
from tests.leakage.built_chips import build_chips
from tests.leakage.chips import chip, cropped, encoded, respeckled

BLACK = np.zeros((256, 256), dtype=np.uint8)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two datasets, one flat and one joined: chips 0 to 5 are in the first; of the second, 20 and 21 are its own."""
    folder = tmp_path_factory.mktemp("built")
    first = {
        "train": {
            "0.png": encoded(chip(0)),
            "1.png": encoded(chip(1)),
            "2.png": encoded(chip(2)),
            "2-again.bmp": encoded(chip(2), "BMP"),
            "black.png": encoded(BLACK),
        },
        "test": {"3.png": encoded(chip(3)), "4.png": encoded(chip(4)), "5.png": encoded(chip(5))},
    }
    second = {
        "train": {
            "3-turned.png": encoded(turn(respeckled(chip(3)), 6)),
            "21.png": encoded(chip(21)),
            "black.png": encoded(BLACK),
            "black-too.bmp": encoded(BLACK, "BMP"),
        },
        "test": {
            "0.png": encoded(chip(0)),
            "1-in-bands.png": encoded(np.stack([chip(1)] * 3, axis=-1)),
            "4-cropped.jpg": encoded(cropped(chip(4)), "JPEG", quality=80),
            "20.png": encoded(chip(20)),
        },
    }
    return [build_chips(folder, first), build_chips(folder, second, name="other-set", layout="joined")]


@pytest.fixture(scope="module")
def report(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[LeakageReport, Path]:
    out = tmp_path_factory.mktemp("report") / "shared.json"
    return scan(folders, out=out), out


def stem(image_id: str) -> str:
    return image_id.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def test_clusters_are_the_planted_ones(report: tuple[LeakageReport, Path]) -> None:
    found = {
        frozenset((place.dataset, place.split, stem(place.image_id)) for place in cluster)
        for cluster in report[0].clusters
    }
    ours, other = "sardet-100k", "other-set"
    assert found == {
        frozenset({(ours, "train", "0"), (other, "test", "0")}),
        frozenset({(ours, "train", "1"), (other, "test", "1-in-bands")}),
        frozenset({(ours, "train", "2"), (ours, "train", "2-again")}),
        frozenset({(ours, "test", "3"), (other, "train", "3-turned")}),
        frozenset({(ours, "test", "4"), (other, "test", "4-cropped")}),
    }


def test_pairs_tell_how_they_were_found(report: tuple[LeakageReport, Path]) -> None:
    assert sorted(pair.kind for pair in report[0].pairs) == ["near", "near", "pixels", "pixels"]
    assert sorted(round(pair.shared, 1) for pair in report[0].pairs) == [0.9, 1.0, 1.0, 1.0]


def test_matrix(report: tuple[LeakageReport, Path]) -> None:
    matrix = report[0].matrix
    shared = {one: {other: cell.images for other, cell in row.items()} for one, row in matrix.items()}
    assert list(shared) == ["other-set/test", "other-set/train", "sardet-100k/test", "sardet-100k/train"]
    assert shared == {
        "other-set/test": {
            "other-set/test": 0,
            "other-set/train": 0,
            "sardet-100k/test": 1,
            "sardet-100k/train": 2,
        },
        "other-set/train": {
            "other-set/test": 0,
            "other-set/train": 0,
            "sardet-100k/test": 1,
            "sardet-100k/train": 0,
        },
        "sardet-100k/test": {
            "other-set/test": 1,
            "other-set/train": 1,
            "sardet-100k/test": 0,
            "sardet-100k/train": 0,
        },
        "sardet-100k/train": {
            "other-set/test": 2,
            "other-set/train": 0,
            "sardet-100k/test": 0,
            "sardet-100k/train": 2,
        },
    }
    assert matrix["other-set/test"]["sardet-100k/train"].of == 4


def test_black_chips_are_listed_and_pair_with_nothing(report: tuple[LeakageReport, Path]) -> None:
    assert [(place.dataset, stem(place.image_id)) for place in report[0].blank] == [
        ("other-set", "black"),
        ("other-set", "black-too"),
        ("sardet-100k", "black"),
    ]


def test_clean_subsets_hold_the_ids_that_can_be_scored(report: tuple[LeakageReport, Path]) -> None:
    found, out = report
    clean = {subset.dataset: subset for subset in found.clean}
    ours, other = clean["sardet-100k"], clean["other-set"]
    assert (ours.images, ours.clean_images, ours.clean_rows) == (3, 2, 2)
    assert (other.images, other.clean_images) == (4, 2)
    assert other.against == ("other-set/train", "sardet-100k/train")
    assert other.seen == {"other-set/train": 0, "sardet-100k/train": 2}
    content = json.loads((out.parent / other.file).read_text())
    assert [stem(image_id) for image_id in content["image_ids"]] == ["20", "4-cropped"]
    assert len(content["row_ids"]) == other.clean_rows
    assert all("20" in row_id or "4-cropped" in row_id for row_id in content["row_ids"])
    assert len(content["seen"]["sardet-100k/train"]) == 2


def test_what_is_known_stands_beside_what_was_measured(report: tuple[LeakageReport, Path]) -> None:
    known = {str(found.known.images_of): found.measured for found in report[0].lineage}
    assert known["sarchat-2m/train"] is None
    assert "| sarchat-2m/train = sardet-100k/train | inferred | not both at hand |" in report[0].to_text()


def test_known_overlap_that_can_be_measured(tmp_path: Path) -> None:
    chips = {f"{number}.png": encoded(chip(number)) for number in range(3)}
    ours = build_chips(tmp_path, {"train": chips})
    theirs = build_chips(tmp_path, {"train": {"a.png": chips["1.png"], "b.png": encoded(chip(9))}}, name="sarchat-2m")
    report = scan([ours, theirs], out=tmp_path / "report")
    (known,) = [found for found in report.lineage if str(found.known.images_of) == "sarchat-2m/train"]
    assert known.measured == Overlap(images=1, of=2)
    assert "| sarchat-2m/train = sardet-100k/train | inferred | 1 of 2 |" in report.to_text()


def test_the_report_is_written_twice(report: tuple[LeakageReport, Path]) -> None:
    found, out = report
    assert json.loads(out.read_text()) == json.loads(found.to_json())
    page = out.with_suffix(".md").read_text()
    assert page == found.to_text()
    for words in (
        "# Shared images",
        "| other-set/test (4) | 0 | 0 | 1 | 2 |",
        "Known beforehand",
        "vrsbench-sar/test ⊂",
    ):
        assert words in page


def test_order_of_folders_and_a_warm_cache_change_nothing(
    folders: list[Path], report: tuple[LeakageReport, Path], tmp_path: Path
) -> None:
    cache = report[1].with_name("shared.descriptors-2")
    (tmp_path / "shared.descriptors-2").write_bytes(cache.read_bytes()[:-100])  # a scan that was killed
    looked_at: list[int] = []
    again = scan(folders[::-1], out=tmp_path / "shared", progress=looked_at.append)
    assert again.to_json() == report[0].to_json()
    assert (looked_at[0], sum(looked_at)) == (again.files - 1, again.files)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "shared-clean",
        "shared.descriptors-2",
        "shared.json",
        "shared.md",
    ]


def test_an_image_that_cannot_be_decoded_is_listed(tmp_path: Path) -> None:
    built = build_chips(tmp_path, {"train": {"a.png": encoded(chip(0)), "b.jpg": _broken_jpeg()}})
    report = scan([built], out=tmp_path / "report.json")
    assert [stem(place.image_id) for place, _ in report.unreadable] == ["b"]
    assert report.files == 2
    assert "Cannot be decoded" in report.to_text()


def _broken_jpeg() -> bytes:
    """A JPEG whose header and end are whole and whose Huffman tables are not."""
    data = bytearray(encoded(chip(1), "JPEG"))
    start = data.index(b"\xff\xc4")
    data[start + 5 : start + 21] = b"\xff" * 16
    return bytes(data)


def test_a_folder_that_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no built dataset. Make one with `sarbench build`"):
        scan([tmp_path], out=tmp_path / "report.json")


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no folder to look at. Name at least one"):
        scan([], out=tmp_path / "report.json")


def test_one_folder_twice(folders: list[Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is named twice. Name each folder once"):
        scan([folders[0], folders[0]], out=tmp_path / "report.json")


def test_folders_of_one_dataset_are_named_by_folder(tmp_path: Path) -> None:
    hrsid = build_chips(tmp_path / "hrsid", {"train": {"a.png": encoded(chip(1)), "b.png": encoded(chip(2))}})
    sardet = build_chips(tmp_path / "sardet", {"test": {"c.png": encoded(chip(1)), "d.png": encoded(chip(3))}})
    other = build_chips(tmp_path / "other", {"test": {"e.png": encoded(chip(4))}}, name="other-set")
    report = scan([hrsid, sardet, other], out=tmp_path / "report.json")
    named = ["other-set", "sardet-100k@hrsid-sardet-100k", "sardet-100k@sardet-sardet-100k"]
    assert [split.dataset for split in report.splits] == named
    train, test = f"{named[1]}/train", f"{named[2]}/test"
    assert report.matrix[test][train].images == 1
    (clean,) = (subset for subset in report.clean if subset.dataset == named[2])
    assert (clean.against, clean.images, clean.clean_images) == ((train,), 2, 1)
    content = json.loads((tmp_path / clean.file).read_text())
    assert content["dataset"] == "sardet-100k"
    assert len(content["row_ids"]) == 1
    assert named[2] in report.to_text()
    # What is known beforehand is known of a dataset, whatever its folder is called.
    assert any(
        "sardet-100k" in {known.known.images_of.dataset, known.known.come_from.dataset} for known in report.lineage
    )


def test_folders_of_one_name_are_told_apart_by_those_above() -> None:
    folders = [Path("/a/one/built"), Path("/a/two/built"), Path("/a/one/other")]
    assert _names(folders, ["x", "x", "y"]) == ["x@one-built", "x@two-built", "y"]
    with pytest.raises(InputError, match="cannot be told apart by their paths"):
        _names([Path("/a/b"), Path("/c/b"), Path("/a-b")], ["x", "x", "x"])


def test_a_report_where_nothing_can_be_written(folders: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="the report cannot be written"):
        scan(folders[:1], out=tmp_path / "file" / "report.json")


@pytest.mark.parametrize(
    ("given", "stem"), [("a.json", "a"), ("a.md", "a"), ("a", "a"), ("v1.2", "v1.2"), ("a.html", "a.html")]
)
def test_report_paths(given: str, stem: str) -> None:
    assert report_paths(Path(given)) == (Path(f"{stem}.json"), Path(f"{stem}.md"))
