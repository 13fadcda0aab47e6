"""Simulated scenes with texts in SAR-TEXT's raw layout.

`SAR-TEXT-data/annotations_<SOURCE>.csv` (filepath, caption) for two sources with `SAR-TEXT-data/Image/<SOURCE>/`,
`SAR-VQA_conv.json` with dialogues of ten turns that name images by an absolute path, `HRSID_test_caption.csv` with
`HRSID_JPG/JPEGImages/` (GitHub YiguoHe/SAR-TEXT: README, RS-VQA_conv.json). Every wording is sarbench's own.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from sarbench.files import replacing, write_text
from sarbench.simulate.canvas import Xywh
from sarbench.simulate.marker import claim
from sarbench.simulate.scene import KINDS, scene

IMAGES: Mapping[str, int] = {"QXSLAB_SAROPT": 12, "SEN12": 12, "HRSID": 6}
"""Images a source by default; those of HRSID are the test images of retrieval."""

_AUTHOR = "/home/author/data/SAR-TEXT-data"
_DATA = "SAR-TEXT-data"
_SIDE = 256
_CLASSES = ("ship", "aircraft", "car", "tank", "bridge", "harbor")


class _Shown(NamedTuple):
    """One image: where it lies, and what is in it."""

    path: str
    kind: str
    targets: tuple[tuple[str, Xywh], ...]


def write_sartext(
    folder: str | Path,
    *,
    images: Mapping[str, int] = IMAGES,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Write simulated scenes as SAR-TEXT's authors ship theirs.

    Image n of a source depends on `seed`, the source's name and n alone. Images of all sources but HRSID have a caption
    and a dialogue; those of HRSID have two test captions each.

    Args:
        folder: The root, created when needed.
        images: Source → number of images. Images of QXSLAB_SAROPT are named by number, as in that set.
        seed: What makes two sets different.
        progress: Called with 1 after each image.

    Returns:
        `folder`.

    Raises:
        InputError: The folder holds such files that are not simulated.
    """
    folder = Path(folder)
    claim(folder, seed=seed, writes=(_DATA, "SAR-VQA_conv.json", "HRSID_test_caption.csv", "HRSID_JPG"))
    dialogues: list[dict[str, Any]] = []
    for source, count in images.items():
        shown = [_write_image(folder, source, number, seed, progress) for number in range(count)]
        if source == "HRSID":
            captions = [(f"./{image.path}", caption) for image in shown for caption in _captions(image)]
            write_text(folder / "HRSID_test_caption.csv", _table(captions))
        else:
            captions = [(image.path, _captions(image)[0]) for image in shown]
            write_text(folder / _DATA / f"annotations_{source}.csv", _table(captions))
            dialogues += [_dialogue(image, source) for image in shown]
    write_text(folder / "SAR-VQA_conv.json", json.dumps(dialogues, indent=2))
    return folder


def _write_image(folder: Path, source: str, number: int, seed: int, progress: Callable[[int], None] | None) -> _Shown:
    """Write one scene; return its path as the texts have it."""
    rng = np.random.default_rng([seed, 4, *source.encode(), number])
    kind = KINDS[number % len(KINDS)]
    made = scene(rng, kind=kind, size=(_SIDE, _SIDE))
    path = _path(source, number)
    with replacing((folder if source == "HRSID" else folder / _DATA) / path) as temporary:
        Image.fromarray(made.image).save(temporary, "JPEG" if path.endswith("jpg") else "PNG", quality=95)
    if progress is not None:
        progress(1)
    return _Shown(path, kind, made.targets)


def _path(source: str, number: int) -> str:
    """Name an image as its source does: by number, by season and patch, or by scene and window."""
    if source == "HRSID":
        return f"HRSID_JPG/JPEGImages/P{number + 1:04d}_0_{_SIDE}_0_{_SIDE}.jpg"
    if source == "SEN12":
        return f"Image/{source}/ROIs1158_spring_s1_{number}_p{30 + number}.png"
    return f"Image/{source}/{number + 1}.png"


def _captions(image: _Shown) -> tuple[str, str]:
    found = [f"{count} {_name(label, count)}" for label, count in Counter(label for label, _ in image.targets).items()]
    listed = " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
    return f"The SAR image shows {listed}, seen from above.", f"A radar view of a {image.kind} scene with {listed}."


def _dialogue(image: _Shown, source: str) -> dict[str, Any]:
    """Return a dialogue of ten turns: the kind of scene, then number and presence of classes, then one position."""
    held = Counter(label for label, _ in image.targets)
    turns = [("What kind of scene is this?", f"A {image.kind} scene.")]
    for label in _CLASSES[:4]:
        count = held[label]
        turns.append((f"How many {_name(label, 2)} are there in the image?", str(count)))
        turns.append((f"Is there any {label} in the image?", "Yes" if count else "No"))
    label, box = image.targets[0]
    turns.append((f"Where is the {label}?", f"In the {_side(box)}."))
    spoken = [{"from": who, "value": text} for turn in turns for who, text in zip(("human", "gpt"), turn, strict=True)]
    file = image.path.rsplit("/", 1)[-1]
    return {"id": f"{source}_{file}", "image": f"{_AUTHOR}/{image.path}", "conversations": spoken}


def _side(box: Xywh) -> str:
    down = "upper" if box[1] + box[3] / 2 < _SIDE / 2 else "lower"
    return f"{down} {'left' if box[0] + box[2] / 2 < _SIDE / 2 else 'right'}"


def _name(label: str, count: int) -> str:
    return label if count == 1 or label == "aircraft" else f"{label}s"


def _table(captions: Sequence[tuple[str, str]]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("filepath", "caption"))
    table.writerows(captions)
    return text.getvalue()
