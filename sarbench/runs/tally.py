"""From the scored answers of one task to its scores: answers stream in, facts stay.

Failed answers are left out first, and counted.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from sarbench.answers.outcome import OUTCOMES, Outcome
from sarbench.errors import InputError, UnknownNameError
from sarbench.questions import estimate
from sarbench.questions.facts import Facts, FactsBuilder
from sarbench.questions.family import Family
from sarbench.questions.kind import Kind
from sarbench.questions.kinds import KINDS
from sarbench.questions.memo import Scorer
from sarbench.questions.metric import Number
from sarbench.runs.judged import Judgement
from sarbench.runs.record import Score, TaskScores
from sarbench.runs.verdicts import Given, Spoken

Mask = npt.NDArray[np.bool_]
Line = Mapping[str, Any]
"""A line of the run record; its widths, prompts, times and the like are not read."""

PROTOCOLS = ("strict", "paper", "coco", "nltk")
"""All protocols. The last two are for captions, need Java or WordNet, and are computed when they are asked for."""

ALWAYS = ("strict", "paper")

WHOLE = "all"
"""The slice of all samples."""

NO_SLICES: Mapping[str, Collection[str]] = MappingProxyType({})
UNJUDGED: Mapping[str, Spoken | Given] = MappingProxyType({})


class Tally:
    """The facts of one task's answers, and what became of them."""

    def __init__(
        self,
        task: str,
        family: Family,
        slices: Mapping[str, Collection[str]] = NO_SLICES,
        *,
        spoken: Mapping[str, Spoken | Given] = UNJUDGED,
    ) -> None:
        """Begin without answers.

        Args:
            task: Name of the task.
            family: Its kind of question.
            slices: Name → ids of samples that are scored once more by themselves, beside the slices of the kind.
            spoken: Protocol → the verdicts of a judge.
        """
        self.task, self.kind = task, KINDS[family]
        self._slices = {name: frozenset(ids) for name, ids in slices.items()}
        if WHOLE in self._slices:
            fix = "Give it another name"
            raise InputError(where=f"slice {WHOLE!r}", problem="is the name of all samples together", fix=fix)
        self.undecided: list[str] = []
        """Ids of the answers that no rule decides."""
        self._outcomes: Counter[Outcome] = Counter()
        self._facts = FactsBuilder()
        self._judgement = Judgement(spoken) if spoken else None

    def add_line(self, line: Line) -> None:
        """Add a line of the run record."""
        target = parsed = None
        if self.kind.needs_target and line["outcome"] != "failed":
            target = msgspec.json.decode(line["target"])
            parsed = msgspec.json.decode(line["parsed"]) if self.kind.text else None
        self.add(line, line["outcome"], line["scores"], target=target or {}, parsed=parsed)

    def add(
        self,
        line: Line,
        outcome: Outcome,
        scores: Mapping[str, float],
        *,
        target: Mapping[str, Any],
        parsed: Mapping[str, Any] | None,
        shared: bool = False,
    ) -> None:
        """Add one scored answer; what clusters is the image, or the sample itself where it has none.

        Args:
            line: Its `id`, `image_id`, `sample_sha256` and `prediction`.
            outcome: What became of the answer.
            scores: Its facts by the rules.
            target: What it was held against; may be empty where the kind has no use for it.
            parsed: The answer as it was read.
            shared: Whether this very mapping of scores may come again with another answer.
        """
        self._outcomes[outcome] += 1
        if outcome == "failed":
            return
        if scores.get("undecided") or scores.get("paper_undecided"):
            self.undecided.append(line["id"])
        text = self.kind.text(target, line.get("prediction") or "", parsed) if self.kind.text else None
        slices = self._parts(line["id"], target)
        if self._judgement is not None:
            scores, shared = self._judgement.add(line, scores, slices=slices), False
        self._facts.add(line.get("image_id") or line["id"], scores, slices=slices, text=text, shared=shared)

    def _parts(self, sample_id: str, target: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the slices that a sample belongs to: those of its kind, then those that were given."""
        own = self.kind.slices(target) if target else ()
        if not self._slices.keys().isdisjoint(own):
            name = next(name for name in own if name in self._slices)
            problem = f"is a slice that {self.kind.name} has by itself"
            raise InputError(where=f"slice {name!r}", problem=problem, fix="Give it another name")
        return own + (tuple(name for name, ids in self._slices.items() if sample_id in ids) if self._slices else ())

    def scores(self, *, protocols: Collection[str] = ALWAYS, missing: int = 0) -> TaskScores:
        """Compute every score of the task.

        Args:
            protocols: Those that are wanted, of `PROTOCOLS`.
            missing: How many samples of the split have no answer at all.
        """
        facts, masks = self._facts.build()
        prepared = self.kind.prepare(facts, protocols)
        judged = self._judgement.strict_facts() if self._judgement else None
        nobody = np.zeros(len(facts), dtype=bool)
        parts = {WHOLE: ~nobody} | masks | {name: nobody for name in self._slices if name not in masks}
        return TaskScores(
            task=self.task,
            samples=self._outcomes.total(),
            missing=missing,
            outcomes={outcome: self._outcomes[outcome] for outcome in OUTCOMES},
            scores=tuple(
                score
                for name, mask in parts.items()
                for score in self._with_judged(
                    _scores(self.task, self.kind, prepared.only(mask), name, protocols), judged, name, mask, protocols
                )
            ),
        )

    def _with_judged(
        self, scores: Iterable[Score], judged: Facts | None, slice_: str, mask: Mask, protocols: Collection[str]
    ) -> Iterator[Score]:
        """Yield the numbers of a slice, then those of a judge."""
        if self._judgement is None:
            yield from scores
            return
        yield from map(self._judgement.labelled, scores)
        if judged is not None and "strict" in protocols:
            for score in _scores(self.task, self.kind, judged.only(mask), slice_, ("strict",)):
                named = self._judgement.renamed(self.kind.name, score)
                if named is not None:
                    yield named


def add_answers(tally: Tally, scorer: Scorer, answers: Sequence[tuple[Mapping[str, Any], str]]) -> None:
    """Score answers to rows of the schema, and add them."""
    rows, texts = [row for row, _ in answers], [text for _, text in answers]
    for row, text, (target, result) in zip(rows, texts, scorer.score_all(rows, texts), strict=True):
        line = {
            "id": row["id"],
            "image_id": row.get("image_id"),
            "sample_sha256": row.get("sample_sha256"),
            "prediction": text,
        }
        tally.add(line, result.outcome, result.scores, target=target, parsed=result.parsed, shared=result.repeats)


def protocols_named(wanted: str | Iterable[str]) -> tuple[str, ...]:
    """Return the protocols that are named; `all` stands for every one.

    Raises:
        UnknownNameError: A name is none of `PROTOCOLS`.

    >>> protocols_named("strict"), protocols_named(["all"])
    (('strict',), ('strict', 'paper', 'coco', 'nltk'))
    """
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    if "all" in names:
        return PROTOCOLS
    if not names:
        raise UnknownNameError(problem="no protocol is named", fix=f"Use some of: {', '.join(PROTOCOLS)}; or all")
    for name in names:
        if name not in PROTOCOLS:
            fix = f"Use some of: {', '.join(PROTOCOLS)}; or all"
            raise UnknownNameError(where=f"protocol {name!r}", problem="does not exist", fix=fix)
    return names


def score_task(
    task: str,
    family: Family,
    lines: Iterable[Line],
    *,
    slices: Mapping[str, Collection[str]] = NO_SLICES,
    protocols: Collection[str] = ALWAYS,
) -> TaskScores:
    """Compute every score of a task from its lines of the run record.

    Args:
        task: Name of the task.
        family: Its kind of question.
        lines: Its samples.
        slices: Name → ids of the samples that are scored once more by themselves.
        protocols: Those that are wanted, of `PROTOCOLS`.
    """
    tally = Tally(task, family, slices)
    for line in lines:
        tally.add_line(line)
    return tally.scores(protocols=protocols)


def _scores(task: str, kind: Kind, facts: Facts, slice_: str, protocols: Collection[str]) -> Iterator[Score]:
    numbers = list(kind.numbers(facts)) if len(facts) else [Number(kind.headline, estimate.NOTHING)]
    for number in numbers:
        metric = number.metric
        if metric.protocol not in protocols:
            continue
        yield Score(
            task=task,
            metric=metric.name,
            protocol=metric.protocol,
            slice=slice_,
            unit=metric.unit,
            higher_is_better=metric.higher_is_better,
            headline=metric == kind.headline and slice_ == WHOLE,
            note=number.note,
            **number.estimate._asdict(),
        )
