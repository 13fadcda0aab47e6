"""Peak memory and time of builds as large as the real datasets: as many records and images, the images small.

SARLANG-1M's shape: 1.1 million texts about 118,000 images, in CSV. SARChat-2M's: two million dialogues about 100,000
images, in one JSON array, and nine small test files. Every image is different noise of a few pixels inside one zip
archive, so the memory is that of records, indexes and batches; images are held a few at a time whatever their size
(`build_memory.py`).

Claim: the build and its two workers together take less than 2 GiB, by their proportional set sizes (PSS): pages that
processes share count once. Linux only.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from sarbench.imaging.display import encode_png

CLAIM = 2 << 30
EVERY_SECONDS = 0.2
SIDE = 12
SHAPES = ("sarlang-1m", "sarchat-2m")
TEST_FILES = {
    "classify_": 0,
    "classify_describe_": 1,
    "classify_count_": 2,
    "classify_refer_multi_": 3,
    "classify_refer_single_": 3,
    "classify_grounding_multi_": 4,
    "classify_grounding_single_": 4,
    "classify_identify_multi_": 5,
    "classify_identify_single_": 5,
}
"""SARChat's test files, by the middle of their names, and the number of the dialogue that they hold of each image."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 is full size (the default)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the build (default: 2)")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=SHAPES)
    options = parser.parse_args()
    for name in options.shapes:
        with tempfile.TemporaryDirectory() as folder:
            raw, out = Path(folder) / "raw", Path(folder) / "out"
            raw.mkdir()
            write = write_sarlang if name == "sarlang-1m" else write_sarchat
            records, images = write(raw, options.scale)
            print(f"{name}: {records:,} records about {images:,} images")
            build(name, raw, out, options.workers)


def build(name: str, raw: Path, out: Path, workers: int) -> None:
    """Run `sarbench build` and watch the memory of all its processes."""
    command = [sys.executable, "-m", "sarbench.cli.main", "build", name, "--data-dir", str(raw), "--out", str(out)]
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as told:
        with subprocess.Popen([*command, "--workers", str(workers)], stdout=told, stderr=told) as child:
            peak = Peak(child.pid)
            while child.poll() is None:
                time.sleep(EVERY_SECONDS)
        peak.stop()
        told.seek(0)
        said = told.read()
    if child.returncode or not (out / "sarbench.json").is_file():
        msg = f"the build left with exit code {child.returncode}\n{said[-2000:]}"
        raise SystemExit(msg)
    seconds = time.perf_counter() - start
    shares = ", ".join(f"{size / 1e6:,.0f}" for size in peak.shares)
    print(f"claim: all processes together below {CLAIM / 1e6:,.0f} MB")
    print(f"measured: {sum(peak.shares) / 1e6:,.0f} MB (MB by process: {shares}), {seconds:,.0f} s\n", flush=True)


class Peak:
    """Samples the memory of a process and all its descendants until it is stopped.

    Attributes:
        shares: Proportional set sizes in bytes, process by process, when their sum was largest.
    """

    def __init__(self, root: int) -> None:
        self.shares: list[int] = []
        self._root = root
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more samples."""
        self._stopped.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stopped.wait(EVERY_SECONDS):
            shares = [proportional_bytes(process) for process in family(self._root)]
            if sum(shares) > sum(self.shares):
                self.shares = shares


def family(root: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [root]
    for process in found:  # grows while it is read
        for path in Path(f"/proc/{process}/task").glob("*/children"):
            with suppress(OSError):  # it has ended
                found += map(int, path.read_text().split())
    return found


def proportional_bytes(process: int) -> int:
    """Return the proportional set size of a process in bytes; 0 where it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def write_images(path: Path, names: Iterable[str]) -> None:
    """Write a zip archive of different noise, stored."""
    generator = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            archive.writestr(name, encode_png(generator.integers(0, 256, (SIDE, SIDE), dtype=np.uint8)))


def write_sarlang(folder: Path, scale: float) -> tuple[int, int]:
    """Write captions and both sets of questions; return the number of texts and of images."""
    own = [f"Country_Region_City{number // 100}_{number}.png" for number in range(round(13_346 * scale))]
    sardet = [f"{number:07d}.png" for number in range(round(104_985 * scale))]
    write_images(folder / "SARimages.zip", (f"SARimages/{name}" for name in (*own, *sardet)))
    held_out = len(own) * 3 // 10
    val = len(sardet) // 10
    captions, questions = folder / "Text" / "Caption", folder / "Text" / "VQA"
    dice = random.Random(0)
    texts = 0
    for path, images, per_image in (
        (captions / "train" / "Caption-training.csv", own[held_out:], 3),
        (captions / "test" / "Caption_test.csv", own[:held_out], 2),
        (captions / "test" / "Caption_test1.csv", own[:held_out], 2),
    ):
        rows = ((name, f"Aerial view {turn} of an area.") for name in images for turn in range(per_image))
        texts += write_csv(path, ("Image Name", "Caption"), rows)
    for path, images, per_image in (
        (questions / "train" / "SARVQA1_train.csv", sardet[val:], 9),
        (questions / "test" / "SARVQA1_test.csv", sardet[:val], 9),
        (questions / "train" / "SARVQA2_train.csv", own[held_out:], 8),
        (questions / "test" / "SARVQA2_test.csv", own[:held_out], 8),
    ):
        texts += write_csv(path, ("Image Name", "Question", "Answer"), questions_about(images, per_image, dice))
    return texts, len(own) + len(sardet)


def questions_about(images: Iterable[str], per_image: int, dice: random.Random) -> Iterator[tuple[str, str, str]]:
    for name in images:
        for turn in range(per_image):
            if turn % 3 == 0:
                box = [float(dice.randrange(6)), float(dice.randrange(6)), 4.0, 4.0]
                yield name, f"What is the category visible in the area {box}?", "ship"
            elif turn % 3 == 1:
                yield name, f"How many ships are there in part {turn} of the image?", str(dice.randrange(9))
            else:
                yield name, f"Where is the largest ship in part {turn} of the image?", "top left"


def write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def write_sarchat(folder: Path, scale: float) -> tuple[int, int]:
    """Write the train file and nine small test files; return the number of dialogues and of images."""
    images = round(100_000 * scale)
    train = [f"train/{number:07d}.png" for number in range(images)]
    test = [f"test/{number:07d}.png" for number in range(100)]
    write_images(folder / "JPEGImages.zip", (f"JPEGImages/{name}" for name in (*train, *test)))
    dice = random.Random(0)
    asked = ((name, *turns) for name in train for turns in dialogues(dice))
    count = write_dialogues(folder / "SARChat_total_task_train_modified.json", asked)
    for stem, number in TEST_FILES.items():
        turns = ((name, *list(dialogues(dice))[number]) for name in test)
        count += write_dialogues(folder / f"SARChat_{stem}test.json", turns)
    return count, len(train) + len(test)


def write_dialogues(path: Path, asked: Iterable[tuple[str, str, str]]) -> int:
    """Write (image, question, answer) as one JSON array; return how many there are."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for name, question, answer in asked:
            messages = [
                {"role": "user", "content": f"<image>\n{question}"},
                {"role": "assistant", "content": answer},
            ]
            record = {"messages": messages, "images": [f"/data/SARDet/{name}"]}
            file.write(",\n" * (count > 0) + json.dumps(record))
            count += 1
        file.write("]")
    return count


def dialogues(dice: random.Random) -> Iterator[tuple[str, str]]:
    """Yield twenty questions with answers about one image: fifteen of them about a box."""
    boxes = [(dice.randrange(6), dice.randrange(6)) for _ in range(2)]
    written = ["{" + f"<{left}><{top}><{left + 5}><{top + 5}>" + "}" for left, top in boxes]
    yield "Which of these (aircraft, bridge, car, harbor, ship, tank) is in this scene?", "It is ship."
    yield "What can be seen in this SAR image?", "Two small ships are visible in the top left portion of the image."
    yield "[count] Count the ship in this satellite image.", f"There are 2 instances. {''.join(written)}"
    yield "[refer] Identify 2 ship.", " ".join(f"{box} (top left)" for box in written)
    parts = ", ".join(f"one in the top left portion {box}" for box in written)
    yield "[grounding] What objects can you identify and where are they?", f"There are 2 ships: {parts}"
    for turn in range(15):
        box = written[turn % 2]
        yield f"[identify] What is within {box}? (wording {turn})", "Examining the top left area reveals a small ship."


if __name__ == "__main__":
    main()
