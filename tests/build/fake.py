"""Rows, a dataset module and files on disk that are small enough to see through."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image

from sarbench.build.batches import same_image
from sarbench.errors import InputError
from sarbench.schema import EncodedImage, Row, sample_sha256
from sarbench.sources import NO_OPTIONS, ConfigCard, DatasetCard, OpenSplit, Report
from sarbench.sources._split import all_rows


def png(seed: int, side: int = 16) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def make_row(number: int, image: EncodedImage | None, **columns: Any) -> Row:
    """A row with question `number`; anything else may be given."""
    sha256 = hashlib.sha256(image.bytes).hexdigest() if image else None
    question = f"What is {number}?"
    known: dict[str, Any] = {
        "id": f"fake/a/train/{number}",
        "dataset": "fake",
        "config": "a",
        "split": "train",
        "task": "vqa",
        "task_origin": "file",
        "text_origin": "authors",
        "image": image,
        "image_id": image.path if image else None,
        "image_sha256": sha256,
        "width": 16 if image else None,
        "height": 16 if image else None,
        "question": question,
        "answers": (str(number),),
        "record": json.dumps({"number": number}),
        "sample_sha256": sample_sha256(
            image_sha256=sha256,
            question=question,
            choices=(),
            answers=(str(number),),
            boxes=(),
            region=(),
            count=None,
        ),
    }
    return Row(**{**known, **columns})


def make_rows(texts_per_image: Sequence[int], **columns: Any) -> list[Row]:
    """Rows of as many images, which come together and share their image object."""
    rows: list[Row] = []
    for seed, texts in enumerate(texts_per_image):
        image = EncodedImage(png(seed), f"fake/{seed}.png")
        rows += [make_row(len(rows) + text, image, **columns) for text in range(texts)]
    return rows


def fake_source(content: Mapping[str, Mapping[str, Sequence[Row] | InputError]], **card: Any) -> Any:
    """A dataset module called `fake` whose files give `content`: config → split → rows, or the error that they raise.

    Its card has one split and one config more than the files.
    """
    configs = [
        ConfigCard(name, "vqa", tuple(dict.fromkeys((*splits, "validation"))), f"Questions {name}", "authors")
        for name, splits in content.items()
    ]
    known: dict[str, Any] = {
        "name": "fake",
        "title": "Fake",
        "summary": "A dataset of noise.",
        "licence": "CC BY-NC 4.0",
        "may_show_images": True,
        "may_show_texts": True,
        "may_redistribute": False,
        "obtain": "Ask the authors.",
        "released": "Nothing.",
        "homepage": "https://example.org/fake",
        "citation": "@misc{fake}",
        "configs": (*configs, ConfigCard("absent", "vqa", ("train",), "Never there", "authors")),
        "caveats": ("It is noise.",),
    }

    @contextmanager
    def opened(config: str, split: str, report: Report) -> Iterator[OpenSplit]:
        given = content[config][split]
        if isinstance(given, InputError):
            raise given
        report.flag(file="a.json", record=f"{config}/{split}", problem="oddity")
        groups = grouped(given)

        def rows_of(span: range, problems: Report) -> Iterator[Row]:
            for group in span:
                for row in groups[group]:
                    if "odd" in row.flags:
                        problems.flag(file="a.json", record=row.id, problem="odd row")
                    yield row

        yield OpenSplit(len(groups), rows_of)

    def open_split(
        data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
    ) -> AbstractContextManager[OpenSplit]:
        return opened(config, split, report)

    def rows(
        data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
    ) -> Iterator[Row]:
        return all_rows(opened(config, split, report), report)

    return SimpleNamespace(
        CARD=DatasetCard(**{**known, **card}),
        splits=lambda data_dir: {config: tuple(splits) for config, splits in content.items()},
        open_split=open_split,
        rows=rows,
        files=lambda data_dir: (),
    )


def grouped(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows of one image, or a row without one, as a source groups them."""
    groups: list[list[Row]] = []
    for row in rows:
        if groups and same_image(row, groups[-1][-1]):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def write_coco(folder: Path, images: Mapping[str, int], *, first_seed: int = 0) -> Path:
    """Write a detection dataset in SARDet-100K's layout: file name of the split (`val`, not `validation`) → images."""
    for split, count in images.items():
        chips = folder / "JPEGImages" / split
        chips.mkdir(parents=True)
        names = [f"{split}{number:04d}.png" for number in range(count)]
        for number, name in enumerate(names):
            (chips / name).write_bytes(png(first_seed + number))
        coco = {
            "images": [{"id": n, "file_name": name, "width": 16, "height": 16} for n, name in enumerate(names)],
            "annotations": [
                {"id": n, "image_id": n, "category_id": 1, "bbox": [1.0, 2.0, 3.0, 4.0 + n % 5], "area": 12.0}
                for n in range(count)
            ],
            "categories": [{"id": 1, "name": "ship"}],
        }
        (folder / "Annotations").mkdir(exist_ok=True)
        (folder / "Annotations" / f"{split}.json").write_text(json.dumps(coco))
    return folder
