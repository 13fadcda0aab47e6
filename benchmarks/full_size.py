"""Peak memory and time of builds as large as the real datasets: as many records and images, the images small.

SARLANG-1M's shape: 1.1 million texts about 118,000 images, in CSV. SARChat-2M's: 1.84 million dialogues about 94,000
images, in one JSON array. Every image is different noise of a few pixels inside one zip archive, so the memory is that
of records, indexes and batches; images are held a few at a time whatever their size (`build_memory.py`).

Claim: no process takes 2 GiB, with two workers.
"""

import argparse
import csv
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from sarbench.imaging.display import encode_png

CLAIM = 2 << 30
SIDE = 12
SHAPES = ("sarlang-1m", "sarchat-2m")


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
    """Run `sarbench build` under the system's `time`, which reports the largest of all processes."""
    command = [sys.executable, "-m", "sarbench.cli.main", "build", name, "--data-dir", str(raw), "--out", str(out)]
    start = time.perf_counter()
    code = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], capture_output=True, text=True);"
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=sys.stderr);"
        "print(done.stdout, done.stderr[-2000:] if done.returncode else '')"
    )
    whole = [sys.executable, "-c", code, *command, "--workers", str(workers)]
    done = subprocess.run(whole, capture_output=True, text=True, check=True)
    status, peak = map(int, done.stderr.split()[-2:])
    print(done.stdout.strip())
    if status or not (out / "sarbench.json").is_file():
        msg = f"the build left with exit code {status}"
        raise SystemExit(msg)
    seconds = time.perf_counter() - start
    print(f"claim: every process below {CLAIM / 1e6:,.0f} MB; measured: {peak / 1e6:,.0f} MB, {seconds:,.0f} s\n")


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
    """Write the train file with tasks in the shares of the paper; return the number of dialogues and of images."""
    images = round(94_493 * scale)
    write_images(folder / "JPEGImages.zip", (f"JPEGImages/train/{number:07d}.png" for number in range(images)))
    dice = random.Random(0)
    count = 0
    with (folder / "SARChat_total_task_train_modified.json").open("w", encoding="utf-8") as file:
        file.write("[")
        for number in range(images):
            for question, answer in dialogues(dice):
                messages = [
                    {"role": "user", "content": f"<image>\n{question}"},
                    {"role": "assistant", "content": answer},
                ]
                record = {"messages": messages, "images": [f"/data/SARDet/train/{number:07d}.png"]}
                file.write(",\n" * (count > 0) + json.dumps(record))
                count += 1
        file.write("]")
    return count, images


def dialogues(dice: random.Random) -> Iterator[tuple[str, str]]:
    """Yield about nineteen questions with answers about one image: fifteen of them about a box."""
    boxes = [(dice.randrange(6), dice.randrange(6)) for _ in range(2)]
    written = ["{" + f"<{left}><{top}><{left + 5}><{top + 5}>" + "}" for left, top in boxes]
    yield "Which of these (aircraft, bridge, car, harbor, ship, tank) is in this scene?", "It is ship."
    yield "[count] Count the ship in this satellite image.", f"There are 2 instances. {''.join(written)}"
    yield "[refer] Identify 2 ship.", " ".join(f"{box} (top left)" for box in written)
    parts = ", ".join(f"one in the top left portion {box}" for box in written)
    yield "[grounding] What objects can you identify and where are they?", f"There are 2 ships: {parts}"
    for turn in range(15):
        box = re.sub(r"\s", "", written[turn % 2])
        yield f"[identify] What is within {box}? (wording {turn})", "Examining the top left area reveals a small ship."


if __name__ == "__main__":
    main()
