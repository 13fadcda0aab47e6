"""What two splits share: images by hash, texts, whole samples."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from sarbench.build.quality.finding import LISTED, Example, Finding
from sarbench.build.quality.keys import Keys
from sarbench.build.quality.texts import Hashes, distinct, mixed
from sarbench.schema import TASKS

_ROLES = ("train", "validation", "test")


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of a split when all its rows were read: different hashes, ascending."""

    config: str
    split: str
    images: Hashes
    texts: Hashes
    samples: Hashes

    @property
    def place(self) -> str:
        """`config/split`."""
        return f"{self.config}/{self.split}"


@dataclass(frozen=True)
class Overlap:
    """What two splits share.

    Attributes:
        first: `config/split`, the one nearer to training.
        second: `config/split`, the one nearer to testing.
        first_images: Different images of the first.
        second_images: Different images of the second.
        images: How many of them are the same bytes.
        texts: How many different pairs of question and answer of the second are in the first, on whatever image.
        samples: How many different triples of image, question and answer of the second are in the first.
    """

    first: str
    second: str
    first_images: int
    second_images: int
    images: int
    texts: int
    samples: int

    @property
    def share(self) -> float:
        """Share of the second split's images that the first has, from 0 to 1."""
        return self.images / self.second_images if self.second_images else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return what `quality.json` holds of it."""
        return {**asdict(self), "share": round(self.share, 6)}


def fingerprint(config: str, split: str, keys: Keys) -> Fingerprint:
    """Keep of a split what comparing it with others needs."""
    with_image = keys.image != 0
    worded = (keys.question != 0) | np.isin(keys.task, [TASKS.index(task) for task in ("caption", "retrieval")])
    says = (keys.question != 0) | (keys.target != 0)
    return Fingerprint(
        config,
        split,
        images=distinct(keys.image[with_image]),
        texts=distinct(mixed(keys.question, keys.target)[worded]),
        samples=distinct(mixed(keys.image, keys.subject, keys.target)[with_image & says]),
    )


def overlaps(prints: Sequence[Fingerprint]) -> tuple[Overlap, ...]:
    """Compare splits pair by pair: every two of different name, and those of equal name that share images.

    Configs of one dataset ask different things about the same images, so equal splits share them by design.
    """
    found = []
    for one, other in combinations(prints, 2):
        first, second = (one, other) if _role(one.split) <= _role(other.split) else (other, one)
        images = len(shared(first.images, second.images))
        apart = first.split != second.split
        if not apart and not images:
            continue
        found.append(
            Overlap(
                first.place,
                second.place,
                len(first.images),
                len(second.images),
                images,
                len(shared(first.texts, second.texts)),
                len(shared(first.samples, second.samples)) if images else 0,
            )
        )
    return tuple(found)


def overlap_findings(
    found: Sequence[Overlap], prints: Sequence[Fingerprint], names: "dict[int, str]"
) -> Iterator[Finding]:
    """Turn what splits of different name share into findings.

    Args:
        found: The overlaps.
        prints: The splits.
        names: Hash of an image → its name.
    """
    by_place = {each.place: each for each in prints}
    for overlap in found:
        first, second = by_place[overlap.first], by_place[overlap.second]
        if first.split == second.split:
            continue
        place = f"{overlap.first} and {overlap.second}"
        measured = (
            ("images-shared", overlap.images, overlap.second_images),
            ("sample-shared", overlap.samples, len(second.samples)),
            ("texts-shared", overlap.texts, len(second.texts)),
        )
        examples = tuple(
            Example(name, f"in {overlap.first} and in {overlap.second}")
            for name in sorted(names[image] for image in shared(first.images, second.images).tolist())[:LISTED]
        )
        for rule, count, total in measured:
            if count:
                yield Finding(rule, place, count, total, examples=examples if rule == "images-shared" else ())


def shared(one: Hashes, other: Hashes) -> Hashes:
    """Return what two ascending arrays without repeats have in common.

    >>> shared(np.array([1, 4, 9], np.uint64), np.array([4, 5, 6, 9], np.uint64)).tolist()
    [4, 9]
    """
    few, many = sorted((one, other), key=len)
    if not len(few):
        return few
    places = np.minimum(np.searchsorted(many, few), len(many) - 1)
    both: Hashes = few[many[places] == few]
    return both


def _role(split: str) -> int:
    return _ROLES.index(split) if split in _ROLES else 0
