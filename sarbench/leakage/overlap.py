"""How many images two splits share, and what is left of a test split without those that training splits show.

A split is given as what it shows: image id → cluster. Two images are shared when they lie in one cluster.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Split = TypeVar("Split")

Shown = Mapping[str, str]
"""Image id → cluster of the image."""


@dataclass(frozen=True)
class Overlap:
    """What one split shares with another, or with itself.

    Attributes:
        images: Images of the first split that the second shows too; of a split with itself, images that it shows
            under other ids as well.
        of: Images of the first split.
    """

    images: int
    of: int


def matrix(splits: Mapping[Split, Shown]) -> dict[Split, dict[Split, Overlap]]:
    """Count the shared images of every ordered pair of splits; rows and columns in the order given.

    >>> matrix({"train": {"1": "a", "2": "b", "3": "b"}, "test": {"7": "b"}})["train"]["test"]
    Overlap(images=2, of=3)
    """
    counted = {split: Counter(shown.values()) for split, shown in splits.items()}
    return {
        one: {
            other: Overlap(_shared(counted[one], counted[other], 1 if one == other else 0), len(splits[one]))
            for other in splits
        }
        for one in splits
    }


def _shared(one: Counter[str], other: Counter[str], own: int) -> int:
    return sum(count for cluster, count in one.items() if other[cluster] > own)


def shared_ids(test: Shown, training: Shown) -> list[str]:
    """Return the image ids of a split that another one shows too, sorted."""
    seen = set(training.values())
    return sorted(image_id for image_id, cluster in test.items() if cluster in seen)


def clean_ids(test: Shown, training: Iterable[Shown]) -> list[str]:
    """Return the image ids of a split that none of the others shows, sorted.

    >>> clean_ids({"7": "b", "8": "c"}, [{"1": "a", "2": "b"}])
    ['8']
    """
    seen = {cluster for shown in training for cluster in shown.values()}
    return sorted(image_id for image_id, cluster in test.items() if cluster not in seen)


def shared_clusters(splits: Mapping[Split, Shown]) -> dict[str, list[tuple[Split, str]]]:
    """Return every cluster that is shown more than once → where, as (split, image id), in the order of the splits."""
    found: dict[str, list[tuple[Split, str]]] = {}
    for split, shown in splits.items():
        for image_id in sorted(shown):
            found.setdefault(shown[image_id], []).append((split, image_id))
    return {cluster: found[cluster] for cluster in sorted(found) if len(found[cluster]) > 1}


def is_training(split: str) -> bool:
    """Return whether a split is there to train on: all but `validation` and `test`."""
    return split not in NOT_TRAINING


NOT_TRAINING: Sequence[str] = ("validation", "test")
