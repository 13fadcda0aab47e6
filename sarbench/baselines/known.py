"""What a floor knows: the training items, and ways to draw from them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from sarbench.answers import parse
from sarbench.answers.synonyms import CLASSES

Floor = Literal["majority", "prior", "random"]
FLOORS: tuple[Floor, ...] = get_args(Floor)

_DRAWS = 16
"""Draws before looking for an item of another image by going through all of them."""

T = TypeVar("T")
Row = dict[str, Any]
Answerer = Callable[[Row, np.random.Generator], str]


@dataclass(frozen=True)
class Known:
    """A training item with its target, and the class that its question names."""

    row: Row
    target: dict[str, Any]
    asked: str | None


def asked_class(question: str | None) -> str | None:
    """Tell which one of the six classes a question names, if it names just one."""
    named: str | None = parse(question or "", kind="label", choices=CLASSES).value
    return named


def drawer(known: Sequence[Known], value: Callable[[Known], T]) -> Callable[[Row, np.random.Generator], T]:
    """Draw the value of a training item whose question names the same class, never one of the same image."""
    by_class: dict[str | None, list[tuple[str | None, T]]] = {}
    for k in known:
        by_class.setdefault(k.asked, []).append((k.row["image_id"], value(k)))
    everything = [pair for pairs in by_class.values() for pair in pairs]

    def draw(row: Row, rng: np.random.Generator) -> T:
        same = by_class.get(asked_class(row["question"])) or everything
        for _ in range(_DRAWS):
            image, drawn = same[int(rng.integers(len(same)))]
            if image != row["image_id"]:
                return drawn
        others = [drawn for image, drawn in everything if image != row["image_id"]] or [drawn]
        return others[int(rng.integers(len(others)))]

    return draw


def most_common(values: Iterable[Any]) -> Any:
    """The most frequent value; ties go to the smaller one, so that the order of the file does not matter."""
    counted = Counter(values)
    return min(counted, key=lambda v: (-counted[v], str(v)))
