"""Answers of two runs to the same samples, brought together by sample id."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np

from sarbench.errors import RunError
from sarbench.questions.facts import Facts, FactsBuilder, Text
from sarbench.questions.kind import Kind


class Answered(NamedTuple):
    """What a comparison needs of one line of the run record."""

    id: str
    sample_sha256: str
    image: str
    """What clusters: the image, or the sample itself where it has none."""
    outcome: str
    scores: Mapping[str, float]
    prediction: str
    text: Text | None


@dataclass(frozen=True)
class Pairs:
    """The samples that both runs answered, and how many of each were left out."""

    pairs: tuple[tuple[Answered, Answered], ...]
    only_a: int = 0
    only_b: int = 0
    """Samples that have a line in one run alone."""
    failed: int = 0
    """Samples whose answer failed in the harness in either run."""


def answered(line: Mapping[str, Any], kind: Kind) -> Answered:
    """Take from a line of the run record what a comparison needs."""
    text = None
    if kind.text and line["outcome"] != "failed":
        target, parsed = msgspec.json.decode(line["target"]), msgspec.json.decode(line["parsed"])
        text = kind.text(target, line["prediction"] or "", parsed)
    return Answered(
        line["id"],
        line["sample_sha256"],
        line["image_id"] or line["id"],
        line["outcome"],
        line["scores"],
        line["prediction"] or "",
        text,
    )


def paired(a: Iterable[Answered], b: Iterable[Answered], *, task: str) -> Pairs:
    """Pair two runs' answers by sample id, in the order of run B; no sample twice in either.

    Raises:
        RunError: A sample has another content in the other run although it has the same id.
    """
    waiting = {answer.id: answer for answer in a}
    pairs, only_b, failed = [], 0, 0
    for second in b:
        first = waiting.pop(second.id, None)
        if first is None:
            only_b += 1
            continue
        if first.sample_sha256 != second.sample_sha256:
            raise RunError(
                where=f"{task}, sample {second.id}",
                problem="has another content in the other run: their sample hashes differ",
                fix="Evaluate both models on the same built data",
            )
        if "failed" in (first.outcome, second.outcome):
            failed += 1
        else:
            pairs.append((first, second))
    return Pairs(tuple(pairs), only_a=len(waiting), only_b=only_b, failed=failed)


def facts_of(pairs: Pairs, kind: Kind) -> tuple[Facts, Facts]:
    """Return the facts of both sides: n answers each, in the same order, with one numbering of images and labels."""
    builder = FactsBuilder()
    for side in (0, 1):
        for pair in pairs.pairs:
            answer = pair[side]
            builder.add(answer.image, answer.scores, text=answer.text)
    facts, _ = builder.build()
    of_a = np.arange(len(facts)) < len(pairs.pairs)
    return kind.prepare(facts.only(of_a), ("strict",)), kind.prepare(facts.only(~of_a), ("strict",))
