"""Rules about what can be answered without looking: answers inside questions, and questions that fix their answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from sarbench.build.quality.batch import Batch, Hit, Measured, nonzero, shown
from sarbench.build.quality.keys import OPEN_TASKS, Keys
from sarbench.build.quality.texts import Hashes, Rows, pairs_of, words
from sarbench.schema import TASKS

_NAMED = ("classification", "position", "region", "attribute")
_TERMS = re.compile(r"\b(?:land|ground) (?:covers?|uses?)\b")
"""Fixed terms of questions that do not give away an answer which is one of their words: "Land" to "What is the
predominant land cover?"."""
_PRIOR_TELLS = 0.3
"""How far the prior by question must lie above the most frequent answer to be worth a warning."""
_LONGEST = 60
"""Characters of an answer that can be the most frequent one."""


def answer_in_question(batch: Batch) -> Hit:
    """Find questions in which the whole answer stands as words; questions that offer alternatives are left out."""
    answers, questions = batch.answers, batch.questions
    short = batch.with_task(*_NAMED) & (questions.lengths > 0) & (answers.lengths > 1) & (answers.lengths <= _LONGEST)
    rows = nonzero(short & (batch.choices.lengths == 0))
    question, answer, place = pairs_of(questions.codes[rows], answers.codes[rows])
    asking = words(questions.values.take(pa.array(question)))
    answering = words(answers.values.take(pa.array(answer)))
    held = [_holds(asked, answered) for asked, answered in zip(asking, answering, strict=True)]
    found = rows[np.array(held, dtype=bool)[place]]
    return Hit("answer-in-question", found, len(rows), lambda row: shown(f"{answers[row]} – {questions[row]}"))


def _holds(asked: str, answered: str) -> bool:
    """Tell whether an answer stands in a question, both as `words` returns them.

    >>> [_holds(" what land cover is on this land ", text) for text in (" land ", " cover ", " land cover ")]
    [True, False, True]
    """
    if len(answered) <= 2 or answered not in asked or " or " in asked:
        return False
    return answered in _TERMS.sub(" ", asked) or bool(_TERMS.search(answered))


@dataclass
class Frequent:
    """How often each short answer is given, per task; it grows with every batch.

    Attributes:
        answers: Task → answer in lower case → rows. Counting rows count by number.
        rows: Task → rows, those with long answers included.
    """

    answers: dict[str, dict[str, int]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        """Take in the answers of a batch."""
        plain = batch.answers.plain.to_pylist()
        for number, task in enumerate(TASKS):
            rows = nonzero(batch.tasks == number)
            if task in OPEN_TASKS or not len(rows):
                continue
            self.rows[task] = self.rows.get(task, 0) + len(rows)
            met = self.answers.setdefault(task, {})
            counted = batch.counts[rows] if task == "counting" else np.full(len(rows), -1)
            for value, times in _counts(counted[counted >= 0]):
                met[str(value)] = met.get(str(value), 0) + times
            for code, times in _counts(batch.answers.codes[rows[counted < 0]]):
                if 0 < len(plain[code]) <= _LONGEST:
                    met[plain[code]] = met.get(plain[code], 0) + times

    def top(self, task: str) -> tuple[str, int]:
        """Return the most frequent answer of a task and its rows; of equals the first in the alphabet."""
        return min(self.answers.get(task, {}).items(), key=lambda entry: (-entry[1], entry[0]), default=("", 0))

    def measured(self) -> Iterator[Measured]:
        """Yield the majority answer of each task, and the share of yes among presence questions."""
        for task, total in self.rows.items():
            answer, times = self.top(task)
            if times:
                yield Measured("majority-answer", times, total, f"{task}: {shown(answer)!r}")
        presence = self.answers.get("presence", {})
        yes, no = presence.get("yes", 0), presence.get("no", 0)
        if yes + no:
            yield Measured("yes-share", yes, yes + no, f"presence: {yes:,} yes, {no:,} no")


def prior_rules(keys: Keys, frequent: Frequent) -> Iterator[Measured]:
    """Answer each row by the most frequent answer that other rows give to the same question, without the image.

    A question asked once is answered wrongly; a tie as well. So the number is what a model could learn from the other
    rows of the split, and unique questions do not raise it.
    """
    for task, total in frequent.rows.items():
        rows = nonzero((keys.task == TASKS.index(task)) & (keys.question != 0))
        if len(rows) == 0:
            continue
        right, fixed = _by_question(keys.question[rows], keys.answer[rows])
        most = frequent.top(task)[1] / total
        prior = right / len(rows)
        detail = f"{task}: {prior:.1%} right by question alone, {most:.1%} by the most frequent answer"
        yield Measured("template-prior", right, len(rows), detail)
        if prior - most >= _PRIOR_TELLS:
            told = f"{detail}; {fixed:,} rows ask a question that always has the same answer"
            yield Measured("question-fixes-answer", right, len(rows), told)


def _by_question(questions: Hashes, answers: Hashes) -> tuple[int, int]:
    """Return the rows that the other rows' most frequent answer gets right, and those whose question has one answer.

    >>> _by_question(np.array([1, 1, 1, 2, 2, 3], np.uint64), np.array([5, 5, 6, 7, 7, 8], np.uint64))
    (2, 2)
    """
    order = np.lexsort((answers, questions))
    questions, answers = questions[order], answers[order]
    new_question = np.r_[True, questions[1:] != questions[:-1]]
    starts = np.flatnonzero(new_question | np.r_[True, answers[1:] != answers[:-1]])
    times = np.diff(np.r_[starts, len(questions)])
    group = np.cumsum(new_question[starts]) - 1
    ranked = np.lexsort((-times, group))
    group, times = group[ranked], times[ranked]
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    several = np.diff(np.r_[first, len(group)]) > 1
    runner_up = np.where(several, times[np.minimum(first + 1, len(times) - 1)], 0)
    best = times[first]
    fixed = best[~several & (best > 1)].sum()
    return int(best[best - 1 > runner_up].sum()), int(fixed)


def _counts(values: Rows) -> Iterator[tuple[int, int]]:
    found, times = np.unique(values, return_counts=True)
    return zip(found.tolist(), times.tolist(), strict=True)
