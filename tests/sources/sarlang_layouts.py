"""SARLANG-1M in small: the authors' files with a few records each, made by the tests themselves."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sarbench.schema import Row
from sarbench.sources import Report, sarlang
from tests.sources.layouts import Folder, picture

SARDET = ("0000001.jpg", "0000002.png", "0000003.png")
PLACED = ("SV_Darwin_-12.4278_130.8688.png", "SN6_Rotterdam_7.png", "France_Alpes-Maritimes_Nice_3.png")
CAPTIONS = {
    "Caption/train/Caption-training": [(PLACED[0], "A port."), (PLACED[1], "A long text about a port, and quays.")],
    "Caption/test/Caption_test": [(PLACED[2], "A town with many houses, and trees between them.")],
    "Caption/test/Caption_test1": [(PLACED[2], "A town.")],
}
QUESTIONS = {
    "VQA/train/SARVQA1_train": [
        (SARDET[0], "How many ships are there in the image?", "2"),
        (SARDET[1], "What is the object present in the area [1.0, 2.0, 30.0, 40.0]?", "ship"),
    ],
    "VQA/test/SARVQA1_test": [(SARDET[2], "Is there a tank?", "no")],
    "VQA/train/SARVQA2_train": [(PLACED[0], "Where is the orchard located?", "Top left.")],
    "VQA/test/SARVQA2_test": [(PLACED[2], "What shape are the swimming pools?", "Rectangular.")],
}
CONTENTS = {
    "caption-mixed": ("train",),
    "caption-concise": ("test",),
    "caption-complex": ("test",),
    "vqa1": ("train", "test"),
    "vqa2": ("train", "test"),
}


def table(columns: Sequence[str], records: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([columns, *records])
    return buffer.getvalue()


def captions(records: Sequence[Sequence[str]]) -> str:
    return table((" Image Name", "Caption "), records)


def questions(records: Sequence[Sequence[str]]) -> str:
    return table(("Image Name", "Question", "Answer"), records)


def conversation(name: str, question: str, answer: str, *, spelling: str = "messages") -> dict[str, Any]:
    images = [f"/data/SARimages/{name}"]
    if spelling == "conversations":
        said = [{"from": "human", "value": f"<image>\n{question}"}, {"from": "gpt", "value": answer}]
        return {"conversations": said, "images": images}
    if spelling == "query":
        return {"query": f"<image>{question}", "response": answer, "images": images}
    said = [{"role": "user", "content": f"<image>{question}"}, {"role": "assistant", "content": answer}]
    return {"messages": said, "images": images}


def texts() -> dict[str, str]:
    """Return path under Text → content of every CSV file."""
    made = {f"{stem}.csv": captions(records) for stem, records in CAPTIONS.items()}
    return made | {f"{stem}.csv": questions(records) for stem, records in QUESTIONS.items()}


def put_texts(folder: Folder, under: str = "Text/") -> None:
    for name, content in texts().items():
        folder.put(under + name, content)


def put_images(folder: Folder, under: str = "SARimages/", names: Sequence[str] = (*SARDET, *PLACED)) -> None:
    for number, name in enumerate(names):
        folder.put(under + name, picture(number, kind="JPEG" if name.endswith("jpg") else "PNG"))


def float_tiff(seed: int = 0) -> bytes:
    pixels = np.random.default_rng(seed).gamma(1, 1, (48, 64)).astype(np.float32)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "TIFF")
    return buffer.getvalue()


def zipped(folder: Folder, name: str, members: Mapping[str, bytes | str]) -> Path:
    path = folder.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def read(folder: Folder, config: str, split: str, **options: str) -> tuple[list[Row], Report]:
    report = Report()
    return list(sarlang.rows(folder.root, config, split, report=report, options=options)), report
