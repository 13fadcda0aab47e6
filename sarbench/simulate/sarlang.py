"""Simulated scenes with texts in SARLANG-1M's raw layout.

`Text/Caption/{train,test}`, `Text/VQA/{train,test}` as CSV and JSON, `SARimages/` with 8-bit images named as those of
the four upstream sets, and `SARimages_original/*.tif` with float intensity when asked for. File names and columns are
those that public code reads (reference: README and issues of https://github.com/Jimmyxichen/SARLANG-1M); every wording
is sarbench's own, in the form of the examples in its Overview.png.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from sarbench.files import replacing, write_text
from sarbench.simulate.canvas import Xywh
from sarbench.simulate.marker import claim
from sarbench.simulate.scene import KINDS, Scene, scene

IMAGES: Mapping[str, int] = {"train": 12, "test": 12}
"""Images a split by default, for each of SARVQA1 and SARVQA2: every kind of scene twice."""

_CITIES = ("Darwin", "Barcelona", "NewYork")
_PROMPT = "Describe this radar image."
_SIDE = 256
_PLURALS = {"aircraft": "aircraft"}


class _Shown(NamedTuple):
    """One image: its name and what is in it."""

    name: str
    kind: str
    size: tuple[int, int]
    targets: tuple[tuple[str, Xywh], ...]


class _Text(NamedTuple):
    """One text about an image; a caption has no question of its own."""

    name: str
    question: str | None
    answer: str


def write_sarlang(
    folder: str | Path,
    *,
    images: Mapping[str, int] = IMAGES,
    seed: int = 0,
    originals: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Write simulated scenes as SARLANG-1M's authors ship theirs.

    Image n of a split and set depends on `seed`, the split, the set and n alone. Questions of SARVQA1 are made from the
    boxes, with one region question a box; those of SARVQA2 are about the place as well. The images of SARVQA2 take the
    names of DFC2023, SpaceNet6 and OpenEarthMap-SAR in turn, and have the captions.

    Args:
        folder: The root, created when needed.
        images: Split ("train", "test") → number of images of SARVQA1, and as many again of SARVQA2.
        seed: What makes two sets different.
        originals: Whether to write `SARimages_original` as well: one-band float32 TIFF of linear intensity.
        progress: Called with 1 after each image.

    Returns:
        `folder`.

    Raises:
        InputError: The folder holds such files that are not simulated.
    """
    folder = Path(folder)
    claim(folder, seed=seed, writes=("Text", "SARimages", "SARimages_original"))
    numbers = iter(np.random.default_rng([seed, 3]).permutation(sum(images.values())).tolist())
    for split, count in images.items():
        boxed = [
            _write_image(folder, f"{next(numbers):07d}.png", made, originals=False, progress=progress)
            for made in _scenes(split, count, seed, 1)
        ]
        placed = [
            _write_image(folder, _name(split, number), made, originals=originals, progress=progress)
            for number, made in enumerate(_scenes(split, count, seed, 2))
        ]
        _write_texts(folder / "Text" / "VQA" / split, f"SARVQA1_{split}", _about_targets(boxed))
        _write_texts(folder / "Text" / "VQA" / split, f"SARVQA2_{split}", _about_places(placed))
        captions = folder / "Text" / "Caption" / split
        if split == "train":
            _write_texts(captions, "Caption-training", [*_concise(placed), *_complex(placed)])
        else:
            _write_texts(captions, "Caption_test1", _concise(placed))
            _write_texts(captions, "Caption_test", _complex(placed))
    return folder


def _scenes(split: str, count: int, seed: int, part: int) -> Iterator[Scene]:
    for number in range(count):
        rng = np.random.default_rng([seed, *split.encode(), part, number])
        yield scene(rng, kind=KINDS[number % len(KINDS)], size=(_SIDE, _SIDE))


def _name(split: str, number: int) -> str:
    """Return an image name of one of the three sets that SARVQA2 is about."""
    offset = 0 if split == "train" else 50
    city = _CITIES[number % len(_CITIES)]
    return (
        f"SV_{city}_{-12.4278 + offset / 10 + number / 1000:.4f}_{130.8688 - number / 1000:.4f}.png",
        f"SN6_Rotterdam_{offset + number}.png",
        f"France_Alpes-Maritimes_Nice_{offset + number}.png",
    )[number % 3]


def _write_image(
    folder: Path, name: str, made: Scene, *, originals: bool, progress: Callable[[int], None] | None
) -> _Shown:
    with replacing(folder / "SARimages" / name) as temporary:
        Image.fromarray(made.image).save(temporary, "PNG")
    if originals:
        with replacing(folder / "SARimages_original" / f"{name.removesuffix('.png')}.tif") as temporary:
            Image.fromarray(made.intensity).save(temporary, "TIFF")
    if progress is not None:
        progress(1)
    height, width = made.image.shape
    return _Shown(name, made.kind, (width, height), made.targets)


def _about_targets(shown: Iterable[_Shown]) -> Iterator[_Text]:
    """Ask about presence, number, class and position of the targets, and what each box holds."""
    for image in shown:
        labels = [label for label, _ in image.targets]
        for label in dict.fromkeys(labels):
            yield _Text(image.name, f"Are there any {_plural(label)} in the image?", "yes")
            yield _Text(image.name, f"How many {_plural(label)} can be seen?", str(labels.count(label)))
            if labels.count(label) == 1:
                box = image.targets[labels.index(label)][1]
                yield _Text(image.name, f"Where is the {label} positioned?", _position(box, image.size)[-1])
        for absent in ("bridge", "car"):
            if absent not in labels:
                yield _Text(image.name, f"Is there a {absent} in the image?", "no")
        if len(set(labels)) == 1:
            yield _Text(image.name, "What kind of object does the image show?", labels[0])
        for label, box in image.targets:
            yield _Text(image.name, f"What is the object in the area {list(box)}?", label)


def _about_places(shown: Iterable[_Shown]) -> Iterator[_Text]:
    """Ask about the kind of place; answers end in a full stop, as in the authors' figure."""
    for image in shown:
        label, box = image.targets[0]
        yield _Text(image.name, "What type of area is shown?", f"{image.kind.capitalize()}.")
        yield _Text(image.name, "What is the predominant land cover?", f"{_cover(image.kind)}.")
        yield _Text(image.name, f"Is a {label} visible?", "Yes.")
        if [name for name, _ in image.targets].count(label) == 1:
            yield _Text(image.name, f"Where is the {label} located?", f"{' '.join(_position(box, image.size))}.")


def _concise(shown: Iterable[_Shown]) -> Iterator[_Text]:
    for image in shown:
        yield _Text(image.name, None, f"A radar image of {_place(image.kind)}.")


def _complex(shown: Iterable[_Shown]) -> Iterator[_Text]:
    for image in shown:
        parts = [
            f"one {label} in the {' '.join(_position(box, image.size))}"
            for label, box in sorted(image.targets, key=lambda target: target[1])
        ]
        yield _Text(image.name, None, f"The radar image shows {_place(image.kind)}. There is {', '.join(parts)}.")


def _write_texts(folder: Path, stem: str, texts: Iterable[_Text]) -> None:
    """Write the same texts as CSV and as a JSON list of conversations."""
    listed = list(texts)
    asked = any(text.question for text in listed)
    columns = ("Image Name", "Question", "Answer") if asked else ("Image Name", "Caption")
    cells = [(text.name, text.question, text.answer) if asked else (text.name, text.answer) for text in listed]
    write_text(folder / f"{stem}.csv", _csv([columns, *cells]))
    write_text(folder / f"{stem}.json", json.dumps(list(map(_conversation, listed)), indent=1))


def _csv(lines: Sequence[Sequence[str | None]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue()


def _conversation(text: _Text) -> dict[str, object]:
    said = [
        {"role": "user", "content": f"<image>{text.question or _PROMPT}"},
        {"role": "assistant", "content": text.answer},
    ]
    return {"messages": said, "images": [f"SARimages/{text.name}"]}


def _position(box: Xywh, size: tuple[int, int]) -> list[str]:
    """Return words for the third of the image that the middle of a box lies in: one, or two away from the axes."""
    across, down = (box[0] + box[2] / 2) / size[0], (box[1] + box[3] / 2) / size[1]
    words = [("top", "", "bottom")[min(2, int(3 * down))], ("left", "", "right")[min(2, int(3 * across))]]
    return [word for word in words if word] or ["center"]


def _plural(label: str) -> str:
    return _PLURALS.get(label, f"{label}s")


def _place(kind: str) -> str:
    return "the open sea" if kind == "open sea" else f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _cover(kind: str) -> str:
    return "Water" if kind == "open sea" else "Land"
