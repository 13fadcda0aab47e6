"""How each floor answers each kind of question, in words that `sarbench.answers` reads."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from sarbench.answers.synonyms import CLASSES, SIZES
from sarbench.baselines.boxes import box_answerer
from sarbench.baselines.known import Answerer, Floor, Known, Row, drawer, most_common
from sarbench.errors import UnknownNameError
from sarbench.prompts.authors import list_of
from sarbench.questions.family import Family

_POSITIONS = tuple(f"{row} {column}" for row in ("top", "middle", "bottom") for column in ("left", "center", "right"))


def answerer(floor: Floor, kind: Family, known: Sequence[Known]) -> Answerer:
    """Make the function that answers a question of this kind by this floor, in words that `sarbench.answers` reads."""
    match kind:
        case "classification":
            labels = lambda k: tuple(k.target["labels"])  # noqa: E731
            return _choose(floor, known, labels, ", ".join, lambda row, rng: [_one_of(row, rng, CLASSES)])
        case "counting":
            most = max((k.target["count"] for k in known), default=1)
            number = lambda k: k.target["count"]  # noqa: E731
            return _choose(floor, known, number, str, lambda row, rng: int(rng.integers(1, most + 1)))
        case "identification":
            fields = lambda k: _fields(k.target["fields"])  # noqa: E731
            return _choose(floor, known, fields, _sentence, lambda row, rng: _random_fields(rng))
        case "description":
            mentions = lambda k: tuple(tuple(m) for m in k.target["mentions"])  # noqa: E731
            return _choose(floor, known, mentions, _describe, lambda row, rng: [_random_mention(rng)])
        case "grounding" | "referring":
            return box_answerer(floor, known)
        case "presence":
            return _choose(floor, known, _short, str, lambda row, rng: _one_of(row, rng, ("yes", "no")))
        case "position":
            return _choose(floor, known, _short, str, lambda row, rng: _one_of(row, rng, _POSITIONS))
        case "region":
            return _choose(floor, known, _short, str, lambda row, rng: _one_of(row, rng, CLASSES))
        case "vqa" | "caption" | "field":
            different = sorted({_short(k) for k in known}) or [""]
            return _choose(floor, known, _short, str, lambda row, rng: _one_of(row, rng, different))
        case "retrieval":
            fix = "Leave it out: chance is k of all items"
            raise UnknownNameError(where="retrieval", problem="has no answer in words to guess", fix=fix)


def _short(known: Known) -> str:
    """The answer of a training item in a few words: as it is read where it can be, else as it stands there."""
    target = known.target
    if target.get("labels"):
        return str(target["labels"][0])
    found = target.get("answer") or target.get("position") or target.get("text") or (target.get("captions") or [""])[0]
    return str(found)


def _choose(
    floor: Floor,
    known: Sequence[Known],
    value: Callable[[Known], Any],
    text: Callable[[Any], str],
    draw: Callable[[Row, np.random.Generator], Any],
) -> Answerer:
    """Answer with the most frequent value, a value drawn from those known, or a value drawn from nothing."""
    if floor == "random":
        return lambda row, rng: text(draw(row, rng))
    if floor == "majority":
        common = most_common(value(k) for k in known)
        return lambda row, rng: text(common)
    draw_known = drawer(known, value)
    return lambda row, rng: text(draw_known(row, rng))


def _one_of(row: Row, rng: np.random.Generator, usual: Sequence[str]) -> str:
    """Draw from the closed list of the question: its own, or that of the prompt, or the usual one of its kind."""
    options = row.get("choices") or _listed(row) or usual
    return str(options[int(rng.integers(len(options)))])


def _listed(row: Row) -> tuple[str, ...]:
    """Return the words that the prompt lists although the question does not.

    >>> _listed({"dataset": "sarlang-1m", "config": "vqa1", "task": "position"})
    ('top', 'center', 'bottom', 'left', 'right')
    """
    sentence = list_of(row)
    return tuple(sentence.partition(": ")[2].rstrip(".").split(", ")) if sentence else ()


def _fields(fields: dict[str, str | None]) -> tuple[str | None, str | None, str | None]:
    return fields.get("category"), fields.get("size"), fields.get("position")


def _random_fields(rng: np.random.Generator) -> tuple[str, str, str]:
    return str(rng.choice(CLASSES)), str(rng.choice(tuple(SIZES))), str(rng.choice(_POSITIONS))


def _sentence(fields: tuple[str | None, str | None, str | None]) -> str:
    category, size, position = fields
    return f"A {size} {category} is in the {position} of the image."


def _random_mention(rng: np.random.Generator) -> tuple[str, str]:
    return str(rng.choice(CLASSES)), str(rng.choice(_POSITIONS))


def _describe(mentions: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"A {category} is in the {position} of the image." for category, position in mentions)
