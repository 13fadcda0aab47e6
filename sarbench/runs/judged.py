"""The numbers of a task with a judge's verdicts, beside those of the rules and never in their place.

Under `strict` every number that a verdict can change is given once more, its name ending in `_judged`; under `paper`
the verdicts make `accuracy_judged`. None is a headline. Each says who judged; none is given where more than one in
twenty of the undecided answers has no verdict.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sarbench.questions.facts import Facts, FactsBuilder
from sarbench.questions.family import Family
from sarbench.questions.judged import ENDING, JUDGED
from sarbench.questions.score import with_verdict
from sarbench.runs.record import Score
from sarbench.runs.verdicts import Given, Spoken

WITHOUT = 0.05
"""Largest share of the undecided answers that may be without a verdict. They count as wrong."""

FACTS: Mapping[str, tuple[str, str]] = {
    "strict": ("exact", "undecided"),
    "paper": ("paper_correct", "paper_undecided"),
}
"""Protocol → the facts that say whether its rules find an answer right, and whether they leave it undecided."""


class Judgement:
    """The facts of one task's answers as a judge sees them, and how many verdicts there are."""

    def __init__(self, spoken: Mapping[str, Spoken | Given]) -> None:
        """Begin without answers; `spoken` is protocol → verdicts."""
        self._spoken = spoken
        self._strict = FactsBuilder()
        self._undecided: Counter[str] = Counter()
        self._without: Counter[str] = Counter()

    def add(self, line: Mapping[str, Any], scores: Mapping[str, float], *, slices: tuple[str, ...]) -> dict[str, float]:
        """Add an answer.

        Args:
            line: Its `id`, `image_id`, `sample_sha256` and `prediction`, as a line of the run record has them.
            scores: Its facts by the rules.
            slices: The parts that it belongs to.

        Returns:
            Its facts by the rules, and what a judge says under the paper's.
        """
        said = {protocol: self._verdict(protocol, line, scores) for protocol in self._spoken}
        if "strict" in said:
            verdict = said["strict"]
            judged = dict(scores) if verdict is None else with_verdict(_of_strict(scores), verdict=verdict)
            self._strict.add(line.get("image_id") or line["id"], judged, slices=slices)
        if "paper" not in said or "paper_correct" not in scores:
            return dict(scores)
        verdict = said["paper"]
        return {**scores, "paper_judged": scores["paper_correct"] if verdict is None else float(verdict)}

    def _verdict(self, protocol: str, line: Mapping[str, Any], scores: Mapping[str, float]) -> bool | None:
        _, undecided = FACTS[protocol]
        if not scores.get(undecided):
            return None
        self._undecided[protocol] += 1
        found = self._spoken[protocol].on(line["id"], line.get("sample_sha256"), line.get("prediction") or "")
        self._without[protocol] += found is None
        return found

    def strict_facts(self) -> Facts | None:
        """Return the facts with the verdicts of a judge under `strict`, in the order in which they came."""
        return self._strict.build()[0] if "strict" in self._spoken else None

    def renamed(self, family: Family, score: Score) -> Score | None:
        """Turn a number of `strict_facts` into a judged one; None where no verdict can change it."""
        if score.protocol != "strict" or score.metric not in JUDGED.get(family, ()):
            return None
        return self._labelled(score.model_copy(update={"metric": score.metric + ENDING, "headline": False}))

    def labelled(self, score: Score) -> Score:
        """Say who judged, where the number is a judged one of a paper."""
        judged = score.protocol == "paper" and score.metric.endswith(ENDING) and "paper" in self._spoken
        return self._labelled(score) if judged else score

    def _labelled(self, score: Score) -> Score:
        undecided, without = self._undecided[score.protocol], self._without[score.protocol]
        spoken = self._spoken[score.protocol]
        if score.value is None:
            return score
        if without > WITHOUT * undecided:
            note = f"{without} of {undecided} undecided answers have no verdict; {spoken.again}"
            nothing = {"value": None, "low": None, "high": None, "note": note, "method": spoken.label}
            return score.model_copy(update=nothing)
        left = f"; {without} of {undecided} undecided answers without a verdict" if without else ""
        return score.model_copy(update={"method": f"{score.method}; {spoken.label}{left}"})


def _of_strict(scores: Mapping[str, float]) -> dict[str, float]:
    """Leave out what a paper's rules say: a verdict under `strict` says nothing about them."""
    return {name: value for name, value in scores.items() if not name.startswith("paper_")}
