"""Rules about numbers: the column `count` against boxes, answer and question."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sarbench.build.quality.batch import Batch, Hit, nonzero, shown
from sarbench.build.quality.texts import Mask, Rows, distinct, pairs_of, words
from sarbench.sources._numbers import spelled_numbers

_COORDINATES = r"\{[^{}]*\}|<[^<>]*>|\[[^\[\]]*\]"
"""Brackets: boxes in both spellings, and SARChat's task prefix."""
_DIGITS = r"^[^{]*?\b(?P<number>[0-9]{1,9})\b"
"""The first whole number before a box in braces."""


def count_rules(batch: Batch) -> Iterator[Hit]:
    """Compare `count` with the boxes and with the number that the answer states."""
    counts, boxes = batch.counts, batch.box_numbers
    both = (counts >= 0) & (boxes > 0)
    yield Hit(
        "count-boxes",
        nonzero(both & (counts != boxes)),
        int(both.sum()),
        lambda row: f"count {counts[row]}, {boxes[row]} boxes",
    )
    counted = batch.with_task("counting") & (counts >= 0)
    stated = _stated(batch, counted)
    wrong = (stated >= 0) & (stated != counts)
    yield Hit(
        "count-answer",
        nonzero(wrong),
        int((stated >= 0).sum()),
        lambda row: f"count {counts[row]}: {shown(batch.answers[row])}",
    )


def number_in_question(batch: Batch) -> Hit:
    """Find counting and referring questions that state how many targets there are."""
    numbers = np.where(batch.counts >= 0, batch.counts, batch.box_numbers)
    asked = batch.with_task("counting", "referring") & (numbers > 0) & (batch.questions.lengths > 0)
    rows = nonzero(asked)
    question, number, place = pairs_of(batch.questions.codes[rows], numbers[rows])
    texts = words(pc.replace_substring_regex(batch.questions.values.take(pa.array(question)), _COORDINATES, " "))
    states = np.array([f" {number} " in text for text, number in zip(texts, number.tolist(), strict=True)], dtype=bool)
    found = rows[states[place]]
    return Hit("count-in-question", found, len(rows), lambda row: shown(batch.questions[row]))


def _stated(batch: Batch, counted: Mask) -> Rows:
    """Return the first number of each answer before its boxes, in digits or else as a word; -1 where it states none."""
    answers = batch.answers
    wanted = distinct(answers.codes[counted])
    texts = answers.values.take(pa.array(wanted))
    digits = pc.struct_field(pc.extract_regex(texts, _DIGITS), "number").cast(pa.int64())
    found = np.array(pc.fill_null(digits, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    spelled = np.flatnonzero(found < 0)
    found[spelled] = [next(iter(spelled_numbers(text)), -1) for text in words(texts.take(pa.array(spelled)))]
    numbers = np.full(len(answers.values) + 1, -1, dtype=np.int64)
    numbers[wanted] = found
    return np.where(counted, numbers[answers.codes], -1)
