"""Writes a text file in the form of SARChat-2M's train file: as many dialogues as wanted, in the authors' proportions.

Questions and answers are made up in the answer forms of the authors; images are named and not written, unless gray ones
are asked for. The other benchmarks import `write_records`; run alone, the script writes a folder.
"""

import argparse
import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

TRAIN = "SARChat_total_task_train_modified.json"
CLASSES = ("ship", "aircraft", "car", "tank", "bridge", "harbor")
SHARES = {  # README of the authors, train
    "classification": 81_788,
    "description": 46_141,
    "counting": 95_493,
    "grounding": 94_456,
    "identification": 1_423_548,
    "referring": 95_486,
}
IMAGES = 94_493
"""Images of SARDet-100K's train split."""

SIDES = (256, 512, 512, 512, 800)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument(
        "--write-images", action="store_true", help="write a zip archive with a gray PNG of every image as well"
    )
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    size = write_records(options.folder / TRAIN, options.records, options.images)
    if options.write_images:
        write_images(options.folder / "JPEGImages.zip", options.images)
    print(f"{options.records:,} records, {size / 1e6:.0f} MB")


def write_records(path: Path, records: int, images: int) -> int:
    """Write a JSON array of so many records about so many images; return its size in bytes."""
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for number, record in enumerate(dialogues(records, images)):
            file.write((",\n" if number else "\n") + json.dumps(record))
        file.write("\n]")
    return path.stat().st_size


def write_images(path: Path, images: int) -> None:
    """Write every image as a gray PNG of its size, all of them into one zip archive, stored."""
    grays = {}
    for side in set(SIDES):
        buffer = io.BytesIO()
        Image.new("L", (side, side), 90).save(buffer, "PNG")
        grays[side] = buffer.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(images):
            archive.writestr(f"JPEGImages/train/{number:07d}.png", grays[side_of(number)])


def dialogues(records: int, images: int) -> Iterator[dict[str, object]]:
    """Yield records, the same in every run."""
    draw = random.Random(0)
    tasks, weights = tuple(SHARES), tuple(SHARES.values())
    for _ in range(records):
        number = draw.randrange(images)
        question, answer = _said(draw, draw.choices(tasks, weights)[0], side_of(number))
        said = [{"role": "user", "content": f"<image>\n{question}"}, {"role": "assistant", "content": answer}]
        yield {"messages": said, "images": [f"SARDet_100K/JPEGImages/train/{number:07d}.png"]}


def side_of(number: int) -> int:
    """Return the side of an image in pixels."""
    return SIDES[number % len(SIDES)]


def _said(draw: random.Random, task: str, side: int) -> tuple[str, str]:
    label = draw.choice(CLASSES)
    (box, place), (other, _) = _box(draw, side), _box(draw, side)
    match task:
        case "classification":
            return f"Based on these category options ({', '.join(CLASSES)}), what is visible?", f"It is {label}"
        case "description":
            return (
                "What do you observe in this satellite imagery?",
                f"A small {label} is visible in the {place} portion",
            )
        case "counting":
            return f"[count] Count the {label} in this satellite image.", f"There are 2 instances. {box}{other}"
        case "grounding":
            return "[grounding] What lies where?", f"There is 1 {label}: one in the {place} portion {box}."
        case "identification":
            answer = f"Examining the {place} area reveals a very small {label}."
            return f"[identify] What can you identify within these coordinates: {box}?", answer
    return f"[refer] Locate 1 {label}.", f"{box} ({place})"


def _box(draw: random.Random, side: int) -> tuple[str, str]:
    left, top = draw.randrange(side - 40), draw.randrange(side - 40)
    right, bottom = left + draw.randrange(8, 40), top + draw.randrange(8, 40)
    across, down = ((low + high) * 3 // (2 * side) for low, high in ((left, right), (top, bottom)))
    place = f"{('top', 'middle', 'bottom')[down]} {('left', 'center', 'right')[across]}"
    return f"{{<{left}><{top}><{right}><{bottom}>}}", place


if __name__ == "__main__":
    main()
