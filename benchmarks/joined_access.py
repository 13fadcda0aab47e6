"""What a joined set costs and gives beside a flat one: disk, rows in order, images at random.

Both hold the same rows, eight questions an image. Flat: `datasets` keeps the image bytes in every row of its Arrow
cache. Joined: the Arrow cache holds texts and addresses, and each image lies once in the built folder.

Claims: joined takes at least five times less disk than the flat Arrow cache; rows in order come at least as fast; one
undecoded image at random comes at 0.8 times the rate of a bare loop over a zip with an index in memory and `os.pread`.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import datasets
from speckle_set import write_speckle_set

from sarbench.build import build
from sarbench.hub import image_bytes, load_dataset

NAME, CONFIG = "sarchat-2m", "rebuilt-identification"
TEXTS = 8
SMALLER = 5.0
CLAIMS = {"in order, bytes": 1.0, "in order, decoded": 1.0, "at random, bytes": 0.8}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=300, help="512 x 512 chips of speckle (default: 300)")
    parser.add_argument("--repeats", type=int, default=7, help="runs of each, by turns (default: 7)")
    options = parser.parse_args()
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        datasets.config.HF_DATASETS_CACHE = work / "cache"
        write_speckle_set(work / "raw", options.images)
        ask_more(work / "raw")
        flat, joined = prepared(work, "flat"), prepared(work, "joined")
        sizes = bytes_of(work / "cache-flat"), bytes_of(work / "cache-joined") + bytes_of(work / "joined")
        rounds = [one_round(flat, joined, work) for _ in range(options.repeats + 1)][1:]  # the first warms up
    print(f"{options.images} images, {len(flat)} rows, datasets {datasets.__version__}")
    print(f"{options.repeats} runs of each by turns, median")
    ratio = sizes[0] / sizes[1]
    print(f"disk: flat Arrow cache {sizes[0] / 1e6:.0f} MB, joined Arrow cache and images {sizes[1] / 1e6:.0f} MB")
    print(f"claim: flat / joined >= {SMALLER}; measured: {ratio:.1f}")
    for name, claim in CLAIMS.items():
        base = statistics.median(each[name][0] for each in rounds)
        ours = statistics.median(each[name][1] for each in rounds)
        ratio = statistics.median(each[name][1] / each[name][0] for each in rounds)
        against = "zip index + pread" if name.startswith("at random") else "flat"
        print(f"{name:20s}{against:>18s} {base:9.0f}/s   joined {ours:9.0f}/s")
        print(f"claim: joined / {against} >= {claim}; measured: {ratio:.2f}")


def ask_more(raw: Path) -> None:
    """Give every image eight boxes, so that it gets eight questions."""
    path = raw / "Annotations" / "train.json"
    coco = json.loads(path.read_text())
    coco["annotations"] = [
        {"id": number, "image_id": image["id"], "category_id": 1, "bbox": [40.0 * box, 60.0, 30.0, 20.0], "area": 600.0}
        for number, (image, box) in enumerate((image, box) for image in coco["images"] for box in range(TEXTS))
    ]
    path.write_text(json.dumps(coco))


def prepared(work: Path, layout: str) -> Any:
    """Build the set and load it into an Arrow cache of its own."""
    build(NAME, data_dir=work / "raw", out=work / layout, configs=[CONFIG], layout=layout)
    datasets.config.HF_DATASETS_CACHE = work / f"cache-{layout}"
    return load_dataset(NAME, CONFIG, split="train", data_dir=work / layout)


def bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def one_round(flat: Any, joined: Any, work: Path) -> dict[str, tuple[float, float]]:
    """Return the rates of the rival and of ours."""
    return {
        "in order, bytes": (rate(lambda: bytes_in_order(flat)), rate(lambda: bytes_in_order(joined))),
        "in order, decoded": (rate(lambda: decoded_in_order(flat)), rate(lambda: decoded_in_order(joined))),
        "at random, bytes": at_random(joined, work),
    }


def rate(work: Callable[[], int]) -> float:
    """Return how many are done in a second of this process's time; every file is in the page cache."""
    start = time.process_time()
    done = work()
    return done / (time.process_time() - start)


def bytes_in_order(data: Any) -> int:
    return sum(1 for row in data.cast_column("image", datasets.Image(decode=False)) if image_bytes(row))


def decoded_in_order(data: Any) -> int:
    return sum(1 for row in data if row["image"].size)


def at_random(joined: Any, work: Path) -> tuple[float, float]:
    """Read every image ten times, in a random order."""
    undecoded = joined.select_columns(["image"]).cast_column("image", datasets.Image(decode=False))
    addresses = list(dict.fromkeys(row["image"]["path"] for row in undecoded))
    addresses *= 10
    random.Random(0).shuffle(addresses)
    names = [f"{PurePosixPath(address).stem}.png" for address in addresses]
    return rate(lambda: from_zip(names, work)), rate(lambda: from_store(addresses))


def from_store(addresses: list[str]) -> int:
    return sum(1 for address in addresses if image_bytes(address))


def from_zip(names: list[str], work: Path) -> int:
    descriptor, index = ZIPS.get(work) or ZIPS.setdefault(work, open_zip(work))
    return sum(1 for name in names if os.pread(descriptor, index[name][1], index[name][0]))


ZIPS: dict[Path, tuple[int, dict[str, tuple[int, int]]]] = {}


def open_zip(work: Path) -> tuple[int, dict[str, tuple[int, int]]]:
    """Zip the images and find the place of every member: its header is 30 bytes and its name and extra field."""
    path = work / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for image in sorted((work / "raw" / "JPEGImages" / "train").iterdir()):
            archive.write(image, image.name)
    index = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for member in archive.infolist():
            file.seek(member.header_offset + 26)
            name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
            index[member.filename] = (member.header_offset + 30 + name + extra, member.file_size)
    return os.open(path, os.O_RDONLY), index


if __name__ == "__main__":
    main()
