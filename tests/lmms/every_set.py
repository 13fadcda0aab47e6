"""One small built set of every dataset that has tasks, with at least one row for every task."""

import csv
import json
from pathlib import Path

import numpy as np
from PIL import Image

from sarbench.build import build
from sarbench.simulate import write_fusar, write_sardet, write_sarlang, write_sartext
from tests.sources.chat import ASKED, SUBTASKS, TRAIN, file_name, record

LITE_ROWS = 2

# What the simulated SARVQA2 and SAR-VQA do not ask.
_SARLANG_MORE = (
    ("How many harbors are located in the image?", "2"),
    ("Are any buildings under construction?", "No."),
    ("Describe the roads.", "Straight."),
    ("Where is the orchard located?", "Top left."),
)
_SARTEXT_MORE = (
    ("What shape is the runway?", "Straight."),
    ("Is a bridge under construction?", "Yes."),
    ("Describe the coast.", "Rocky."),
)


def build_every_set(raw: Path, home: Path) -> Path:
    """Write and build all of them under `home`, SARLANG-1M joined and the others flat, with lite twins."""
    _build("sarlang-1m", _sarlang(raw / "sarlang"), home, layout="joined")
    _build("sarchat-2m", _sarchat(raw / "sarchat"), home)
    _build("sar-text", _sartext(raw / "sartext"), home, configs=["caption", "vqa"])
    _build("fusar-geovl", _fusar(raw / "fusar"), home)
    return home


def _build(name: str, raw: Path, home: Path, **options: object) -> None:
    build(name, data_dir=raw, out=home / name, lite=LITE_ROWS, **options)


def _sarlang(folder: Path) -> Path:
    write_sarlang(folder, images={"train": 6, "test": 6})
    table = folder / "Text" / "VQA" / "test" / "SARVQA2_test.csv"
    with table.open(newline="") as file:
        name = next(csv.DictReader(file))["Image Name"]
    with table.open("a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows((name, *asked) for asked in _SARLANG_MORE)
    return folder


def _sarchat(folder: Path) -> Path:
    """Write SARDet-100K, from which tasks are rebuilt, and beside it the authors' ten files."""
    write_sardet(folder, images={"train": 3, "val": 2, "test": 3})
    texts = {TRAIN: [record(*asked, name="img/9000001.png") for asked in ASKED.values()]}
    texts |= {file_name(sub): [record(*ASKED[task], name="img/9000002.png")] for sub, task in SUBTASKS.items()}
    for name, content in texts.items():
        _write(folder / "text" / name, json.dumps(content))
    for number, split in ((1, "train"), (2, "test")):
        _picture(folder / "JPEGImages" / split / f"900000{number}.png", number)
    return folder


def _sartext(folder: Path) -> Path:
    """Write SAR-TEXT with a list of test images."""
    write_sartext(folder, images={"QXSLAB_SAROPT": 2, "SEN12": 2, "HRSID": 1})
    dialogues = folder / "SAR-VQA_conv.json"
    content = json.loads(dialogues.read_text())
    for dialogue in content:
        for texts in _SARTEXT_MORE:
            dialogue["conversations"] += [
                {"from": who, "value": text} for who, text in zip(("human", "gpt"), texts, strict=True)
            ]
    dialogues.write_text(json.dumps(content))
    _write(folder / "lists" / "test.txt", "QXSLAB_SAROPT/1.png\nQXSLAB_SAROPT/2.png\n")
    return folder


def _fusar(folder: Path) -> Path:
    """Write FUSAR-GEOVL with the images that are not public yet, named after the records."""
    write_fusar(folder, records=2)
    for number in range(2):
        _picture(folder / "images" / f"{number}.png", number)
    return folder


def _picture(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (48, 64), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
