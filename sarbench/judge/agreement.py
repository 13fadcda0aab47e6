"""Whether a judge can be trusted: what it says of answers that the rules do decide."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sarbench import stats
from sarbench.judge.answers import Answered
from sarbench.metrics.vqa.kappa import Kappa, cohens_kappa, kappa_from_counts, verdict_counts
from sarbench.runs.verdicts import JudgeInfo

_COLUMNS = ("id", "rule", "judge", "reply", "question", "truths", "answer")


@dataclass(frozen=True)
class Agreement:
    """Rules and judge on the same answers."""

    judge: JudgeInfo
    asked: int
    """Answers that the rules decide and the judge was asked about."""
    unread: int
    """Those without a reply, or with one that could not be read: they are in none of the numbers below."""
    kappa: Kappa
    interval: tuple[float, float] | None
    """95 % interval of kappa, bootstrap over images; None where there is no kappa, or but one image."""
    confusion: Mapping[str, int]
    """`both_right`, `rule_right_judge_wrong`, `rule_wrong_judge_right`, `both_wrong`."""
    disagreements: tuple[Mapping[str, Any], ...]

    def to_json(self) -> str:
        """Write everything as JSON."""
        content = {
            "judge": self.judge.model_dump(),
            "asked": self.asked,
            "unread": self.unread,
            "compared": self.kappa.n,
            "cohens_kappa": self.kappa.kappa,
            "interval": self.interval,
            "agreement": self.kappa.agreement,
            "confusion": dict(self.confusion),
            "disagreements": [dict(found) for found in self.disagreements],
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def to_csv(self) -> str:
        """Write the disagreements as CSV."""
        text = io.StringIO()
        writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        for found in self.disagreements:
            writer.writerow({**found, "truths": json.dumps(found["truths"], ensure_ascii=False)})
        return text.getvalue()


def choose_decided(answers: Sequence[Answered], number: int) -> tuple[Answered, ...]:
    """Choose answers that the rules decide, the same ones every time; empty answers say nothing about a judge."""
    decided = [answer for answer in answers if answer.rule is not None and answer.question.answer.strip()]
    return tuple(sorted(decided, key=lambda answer: hashlib.sha256(answer.id.encode()).digest())[:number])


def compare(
    answers: Sequence[Answered], verdicts: Sequence[bool | None], replies: Sequence[str | None], *, judge: JudgeInfo
) -> Agreement:
    """Hold the verdicts of a judge against those of the rules on the same answers."""
    rules = [answer.rule for answer in answers]
    counts = verdict_counts(rules, verdicts)
    names = ("both_right", "rule_right_judge_wrong", "rule_wrong_judge_right", "both_wrong")
    kappa = cohens_kappa(rules, verdicts)
    return Agreement(
        judge=judge,
        asked=len(answers),
        unread=sum(verdict is None for verdict in verdicts),
        kappa=kappa,
        interval=_interval(answers, counts) if kappa.kappa is not None else None,
        confusion=dict(zip(names, counts.sum(axis=0).tolist(), strict=True)),
        disagreements=tuple(
            {
                "id": answer.id,
                "rule": answer.rule,
                "judge": verdict,
                "reply": reply,
                "question": answer.question.text,
                "truths": list(answer.question.truths),
                "answer": answer.question.answer,
            }
            for answer, verdict, reply in zip(answers, verdicts, replies, strict=True)
            if verdict is not None and verdict != answer.rule
        ),
    )


def _interval(answers: Sequence[Answered], counts: np.ndarray[Any, np.dtype[np.int64]]) -> tuple[float, float] | None:
    sums = stats.sum_by_cluster(counts.astype(np.float64), [answer.image_id for answer in answers])
    found = stats.cluster_bootstrap(kappa_from_counts, sums)
    return None if found.low is None or found.high is None else (found.low, found.high)
