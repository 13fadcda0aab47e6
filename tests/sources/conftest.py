"""Data folders in the authors' layouts."""

from pathlib import Path

import pytest

from tests.sources.layouts import Folder, box, coco, image, picture


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


@pytest.fixture
def sardet_folder(folder: Folder) -> Folder:
    """Two train images, one validation image, one test image; ships, and one harbor."""
    annotations = {
        "train": coco(
            [image(1), image(2)],
            [
                box(0, 1, [4.0, 4.0, 8.0, 6.5]),
                box(1, 1, [30.0, 20.0, 30.0, 25.0], 5),
                box(2, 2, [10.0, 10.0, 5.0, 5.0]),
            ],
        ),
        "val": coco([image(3)], [box(0, 3, [0.0, 0.0, 64.0, 48.0])]),
        "test": coco([image(4, "0000004.jpg")], [box(0, 4, [20.0, 16.0, 20.0, 16.0], 1)]),
    }
    for split, content in annotations.items():
        folder.put(f"SARDet_100K/Annotations/{split}.json", content)
        for entry in content["images"]:
            kind = "JPEG" if entry["file_name"].endswith("jpg") else "PNG"
            folder.put(f"SARDet_100K/JPEGImages/{split}/{entry['file_name']}", picture(entry["id"], kind=kind))
    return folder
