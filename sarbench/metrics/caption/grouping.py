"""From rows to images: the items that `strict` and `coco` score.

Public caption sets have one row per caption, so an image with two captions is two rows. COCO's protocol scores an image
once, against all of its captions; SARLANG-1M's script (`Evaluate_caption.py`) scores every row against its own caption.
The two give different numbers for the same answers.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from sarbench.errors import InputError
from sarbench.metrics._paired import length
from sarbench.metrics.caption.kernels.checked import check


@dataclass(frozen=True)
class Grouped:
    """The rows of a caption set, one item per image, in the order in which the images first appear.

    Attributes:
        image_ids: [G] the images.
        predictions: [G] the prediction of each image's first row.
        references: [G] the distinct references of each image's rows, in order of appearance.
        image_of_row: [N] for each row, the index of its image in the lists above.
        conflicts: How many images have rows with differing predictions. Only the first of them is scored.
    """

    image_ids: tuple[Hashable, ...]
    predictions: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    image_of_row: tuple[int, ...]
    conflicts: int


def group_by_image(
    image_ids: Sequence[Hashable], predictions: Sequence[str], references: Sequence[Sequence[str]]
) -> Grouped:
    """Unite the references of rows that share an image (COCO's evaluation data; which prediction counts is our rule).

    Args:
        image_ids: [N] the image of each row.
        predictions: [N] one caption per row.
        references: [N] the captions that each row accepts.

    Raises:
        InputError: The lengths differ, an image id is None or cannot be one, or a text is not usable.

    >>> grouped = group_by_image(["a", "b", "a"], ["a ship", "sea", "a ship"], [["a ship"], ["sea"], ["one ship"]])
    >>> grouped.references
    (('a ship', 'one ship'), ('sea',))
    >>> grouped.image_of_row, grouped.conflicts
    ((0, 1, 0), 0)
    """
    check(predictions, references)
    given = length(image_ids, "image_ids")
    if given != len(predictions):
        raise InputError(
            where="image_ids",
            problem=f"{given} image ids stand beside {len(predictions)} predictions",
            fix="Give one image id per row",
        )
    position: dict[Hashable, int] = {}
    chosen: list[str] = []
    united: list[dict[str, None]] = []
    image_of_row: list[int] = []
    differing: set[int] = set()
    for row, (image_id, prediction, accepted) in enumerate(zip(image_ids, predictions, references, strict=True)):
        if image_id is None or not isinstance(image_id, Hashable):
            problem = "is None" if image_id is None else f"is of type {type(image_id).__name__}"
            fix = "Give the image of every row, or score rows (`paper`)"
            raise InputError(where=f"image_ids[{row}]", problem=problem, fix=fix)
        index = position.setdefault(image_id, len(position))
        if index == len(chosen):
            chosen.append(prediction)
            united.append({})
        elif prediction != chosen[index]:
            differing.add(index)
        united[index].update(dict.fromkeys(accepted))
        image_of_row.append(index)
    return Grouped(
        image_ids=tuple(position),
        predictions=tuple(chosen),
        references=tuple(map(tuple, united)),
        image_of_row=tuple(image_of_row),
        conflicts=len(differing),
    )
