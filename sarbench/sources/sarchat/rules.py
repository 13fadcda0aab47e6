"""SARChat's six tasks rebuilt from boxes: our rules and wordings, in the answer forms of the authors.

Answer forms, positions and sizes follow the figures of https://github.com/JimmyMa99/SARChat and arXiv 2502.08168,
section 3; the questions are our own in their style, with their prefixes. The rules:

* Position: the cell of a 3 × 3 grid over the image in which the centre of the box lies.
* Size: by box area over image area, at least 0.4 very large, 0.25 large, 0.1 medium, 0.03 small, else very small. The
  authors use other limits in descriptions (5 % and 30 %) but do not state the wording between; we use one scale.
* Order: targets by class, then by left, top, right, bottom edge, so that texts do not hang on the order of a file.
* Boxes in texts are whole pixels, cut to the image; the columns hold them exactly.
* Description leaves out images with a side under 224 pixels, and targets under 1 % of the image or with sides over
  10 : 1; an image without a target left gives no row.
* The wording of a question is drawn by a hash of image and subject: the same on every machine and in every build.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sarbench.schema import Box, Xyxy
from sarbench.sources._classes import CLASSES
from sarbench.sources.sarchat.boxtext import write_box
from sarbench.sources.sarchat.wordings import ask

Size = tuple[int, int]
"""Width and height of an image in pixels."""

_SIZES = ((0.4, "very large"), (0.25, "large"), (0.1, "medium"), (0.03, "small"), (0.0, "very small"))
_SMALLEST_SIDE = 224
_SMALLEST_SHARE = 0.01
_LARGEST_RATIO = 10


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """One question with its answer and target, without the image.

    `about` is the index of the target that an identification asks for, in the order in which targets were given.
    """

    subtask: str
    question: str
    answer: str
    choices: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    region: tuple[float, ...] = ()
    count: int | None = None
    about: int | None = None


def rebuild(config: str, stem: str, size: Size, targets: Sequence[Box]) -> Iterator[Rebuilt]:
    """Yield the questions of one task about one image.

    Args:
        config: `classification`, `description`, `counting`, `grounding`, `identification` or `referring`.
        stem: The image's stem; the wording hangs on it.
        size: Width and height of the image.
        targets: Every target of the image; without any there is no question.

    >>> boxes = [Box("ship", (393, 426, 470, 494))]
    >>> next(rebuild("referring", "0000123", (512, 512), boxes)).answer
    '{<393><426><470><494>} (bottom right)'
    """
    makers = {
        "classification": _classification,
        "description": _description,
        "counting": _counting,
        "grounding": _grounding,
        "identification": _identification,
        "referring": _referring,
    }
    if targets:
        yield from makers[config](stem, size, targets)


def position(xyxy: Xyxy, size: Size) -> str:
    """Name the cell of a 3 × 3 grid in which the centre of the box lies.

    >>> position((0, 400, 100, 500), (512, 512)), position((200, 200, 300, 300), (512, 512))
    ('bottom left', 'middle center')
    """
    column, row = ((low + high) / 2 * 3 // side for low, high, side in zip(xyxy[:2], xyxy[2:], size, strict=True))
    across = ("left", "center", "right")[int(min(max(column, 0), 2))]
    return f"{('top', 'middle', 'bottom')[int(min(max(row, 0), 2))]} {across}"


def size_word(xyxy: Xyxy, size: Size) -> str:
    """Name the size of a box by its share of the image.

    >>> size_word((0, 0, 256, 256), (512, 512)), size_word((0, 0, 20, 20), (512, 512))
    ('large', 'very small')
    """
    return next(word for least, word in _SIZES if _share(xyxy, size) >= least)


def _classification(stem: str, size: Size, targets: Sequence[Box]) -> Iterator[Rebuilt]:
    answer = f"It is {', '.join(sorted({str(box.label) for box in targets}))}"
    yield Rebuilt(subtask="classify", question=ask("classification", stem), answer=answer, choices=CLASSES)


def _description(stem: str, size: Size, targets: Sequence[Box]) -> Iterator[Rebuilt]:
    kept = [box for box in _ordered(targets) if _describable(box.xyxy, size)]
    if min(size) < _SMALLEST_SIDE or not kept:
        return
    sentences, met = [], set()
    for box in kept:
        what = f"{size_word(box.xyxy, size)} {box.label}"
        begins = f"There is one more {what}" if what in met else f"A {what} is visible"
        sentences.append(f"{begins} in the {position(box.xyxy, size)} portion of the image")
        met.add(what)
    answer = f"In this satellite image, we can observe the following: {' '.join(sentences)}"
    yield Rebuilt(subtask="describe", question=ask("description", stem), answer=answer)


def _counting(stem: str, size: Size, targets: Sequence[Box]) -> Iterator[Rebuilt]:
    for label, boxes in _by_class(targets):
        count = len(boxes)
        begins = "There is 1 instance." if count == 1 else f"There are {count} instances."
        yield Rebuilt(
            subtask="count",
            question=ask("counting", stem, label=label),
            answer=f"{begins} {''.join(write_box(box.xyxy, size) for box in boxes)}",
            boxes=boxes,
            count=count,
        )


def _grounding(stem: str, size: Size, targets: Sequence[Box]) -> Iterator[Rebuilt]:
    groups, placed = [], []
    for label, boxes in _by_class(targets):
        located = [_placed(box, size) for box in boxes]
        number = f"There is 1 {label}" if len(boxes) == 1 else f"There are {len(boxes)} {label}s"
        places = ", ".join(f"one in the {box.position} portion {write_box(box.xyxy, size)}" for box in located)
        groups.append(f"{number}: {places}.")
        placed.extend(located)
    what = "one object and its location" if len(placed) == 1 else "several objects and their locations"
    yield Rebuilt(
        subtask=_numbered("grounding", placed),
        question=ask("grounding", stem),
        answer=f"In this SAR image, I can identify {what}: {' '.join(groups)}",
        boxes=tuple(placed),
    )


def _identification(stem: str, size: Size, targets: Sequence[Box]) -> Iterator[Rebuilt]:
    for index, box in sorted(enumerate(targets), key=lambda entry: _order(entry[1])):
        what = f"{size_word(box.xyxy, size)} {box.label}"
        yield Rebuilt(
            subtask=_numbered("identify", targets),
            question=ask("identification", stem, box=write_box(box.xyxy, size)),
            answer=f"Examining the {position(box.xyxy, size)} area reveals a {what}.",
            region=box.xyxy,
            about=index,
        )


def _referring(stem: str, size: Size, targets: Sequence[Box]) -> Iterator[Rebuilt]:
    for label, boxes in _by_class(targets):
        located = tuple(_placed(box, size) for box in boxes)
        yield Rebuilt(
            subtask=_numbered("refer", boxes),
            question=ask("referring", stem, number=str(len(boxes)), label=label),
            answer="".join(f"{write_box(box.xyxy, size)} ({box.position})" for box in located),
            boxes=located,
        )


def _numbered(task: str, boxes: Sequence[Box]) -> str:
    return f"{task}_single" if len(boxes) == 1 else f"{task}_multi"


def _placed(box: Box, size: Size) -> Box:
    return Box(box.label, box.xyxy, position(box.xyxy, size))


def _by_class(targets: Sequence[Box]) -> Iterator[tuple[str, tuple[Box, ...]]]:
    for label, boxes in groupby(_ordered(targets), key=lambda box: box.label):
        yield str(label), tuple(boxes)


def _ordered(targets: Sequence[Box]) -> list[Box]:
    return sorted(targets, key=_order)


def _order(box: Box) -> tuple[str, Xyxy]:
    return str(box.label), box.xyxy


def _share(xyxy: Xyxy, size: Size) -> float:
    return (xyxy[2] - xyxy[0]) * (xyxy[3] - xyxy[1]) / (size[0] * size[1])


def _describable(xyxy: Xyxy, size: Size) -> bool:
    width, height = xyxy[2] - xyxy[0], xyxy[3] - xyxy[1]
    return _share(xyxy, size) >= _SMALLEST_SHARE and max(width, height) <= _LARGEST_RATIO * min(width, height)
