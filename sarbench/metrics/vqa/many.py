"""Judge the answers of a run: each distinct pair of answer and truth once.

Templated questions have few distinct answers (some 85,000 pairs among 1.2 million), so that reading them once each
leaves little more to do than finding equal ones, which pyarrow does.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sarbench.errors import InputError
from sarbench.metrics._paired import check_paired, length
from sarbench.metrics.vqa import sarlang, strict
from sarbench.metrics.vqa.strict import Answer
from sarbench.metrics.vqa.truths import Form, read_truth
from sarbench.metrics.vqa.verdict import Verdict, check_not_blank, check_protocol, check_text

Codes = npt.NDArray[np.int64]
Key = tuple[str | None, str, str | None]
"""Kind, truth and prediction."""


class Column(NamedTuple):
    """N texts, each distinct one kept once."""

    codes: Codes
    """[N]: places in `distinct`."""
    distinct: list[str | None]


class Judged(NamedTuple):
    """The verdicts of N answers."""

    correct: npt.NDArray[np.int8]
    """[N]: 1 right, 0 wrong, −1 undecided."""
    rules: npt.NDArray[np.uint8]
    """[N]: the rule that decided each answer, as a place in `names`."""
    names: tuple[str, ...]
    """All rules of the protocol, whether or not they occur."""


def judge_many(
    predictions: Sequence[str | None],
    truths: Sequence[str],
    kinds: str | Sequence[str | None] | None = None,
    *,
    protocol: str = "strict",
) -> Judged:
    """Judge N answers, with the verdicts that `strict.judge` or `sarlang.judge` give one by one.

    Args:
        predictions: The models' texts; None stands for an answer that is missing.
        truths: The accepted answers.
        kinds: What each question asks for, or one kind for all; None: told from the truth. The paper ignores it.
        protocol: "strict" (sarbench's own rule) or "paper" (SARLANG-1M's).

    Returns:
        Verdicts and rules in the order of the answers.

    Raises:
        InputError: The lists differ in length, or something in them is no text, or a truth is blank (strict).
        UnknownNameError: There is no such protocol or kind.

    >>> judged = judge_many(["Yes.", "three", "A block"], ["yes", "3.", "Grid pattern."], "vqa")
    >>> judged.correct.tolist(), [judged.names[rule] for rule in judged.rules]
    ([1, 1, -1], ['presence', 'counting', 'undecided'])
    """
    check_protocol(protocol)
    check_paired(predictions, truths)
    _check_types(predictions, truths)
    said, true = _column(predictions), _column(truths)
    if protocol == "strict":
        _check_truths(true, truths)
        asked = _kinds(kinds, len(truths))
        judge, names = _strict(), strict.RULES
    else:
        asked = _kinds(None, len(truths))
        judge, names = _paper, (*sarlang.RULES,)
    places, keys = _distinct(asked, true, said)
    verdicts = [judge(key) for key in keys]
    number = {name: place for place, name in enumerate(names)}
    correct = np.array([-1 if v.correct is None else v.correct for v in verdicts], dtype=np.int8)
    rules = np.array([number[v.rule] for v in verdicts], dtype=np.uint8)
    return Judged(correct[places], rules[places], tuple(names))


def _strict() -> Callable[[Key], Verdict]:
    """Return a judge that reads each prediction once for each form, whatever truths it meets."""
    read: dict[tuple[Form, str | None], Answer] = {}

    def judge(key: Key) -> Verdict:
        kind, truth, prediction = key
        true = read_truth(truth, kind)
        answer = read.get((true.form, prediction))
        if answer is None:
            answer = read[true.form, prediction] = strict.read_answer(prediction, true.form)
        return strict.compare(answer, true)

    return judge


def _paper(key: Key) -> Verdict:
    return sarlang.judge(key[2], key[1])


def _check_types(predictions: Sequence[object], truths: Sequence[object]) -> None:
    seen = set(map(type, truths)) | (set(map(type, predictions)) - {type(None)})
    if not all(issubclass(kind, str) for kind in seen):
        for index, (prediction, truth) in enumerate(zip(predictions, truths, strict=True)):
            check_text(prediction, truth, index=index)


def _check_truths(column: Column, truths: Sequence[str]) -> None:
    for truth in column.distinct:
        if not (truth or "").strip():
            check_not_blank(truth or "", index=[*truths].index(truth or ""))


def _kinds(kinds: str | Sequence[str | None] | None, answers: int) -> Column:
    if kinds is None or isinstance(kinds, str):
        return Column(np.zeros(answers, dtype=np.int64), [kinds])
    given = length(kinds, "kinds")
    if given != answers:
        problem = f"are {given} for {answers} answers"
        raise InputError(where="kinds", problem=problem, fix="Give one an answer, or one for all")
    for kind in set(map(type, kinds)) - {type(None)}:
        if not issubclass(kind, str):
            raise InputError(where="kinds", problem=f"hold a {kind.__name__}", fix="Give names of kinds, or None")
    return _column(kinds)


def _column(texts: Sequence[str | None]) -> Column:
    try:
        encoded = pa.array([*texts], type=pa.large_string()).dictionary_encode(null_encoding="encode")
    except UnicodeEncodeError:
        # A lone surrogate is text to Python, and to the answers of some tokenisers, but no UTF-8.
        number = dict(zip(dict.fromkeys(texts), count(), strict=False))
        return Column(np.fromiter(map(number.__getitem__, texts), np.int64, len(texts)), list(number))
    return Column(encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist())


def _distinct(asked: Column, true: Column, said: Column) -> tuple[Codes, list[Key]]:
    """Return the place of each answer in the list of distinct ones, and that list."""
    joined = (asked.codes * len(true.distinct) + true.codes) * len(said.distinct) + said.codes
    encoded = pa.array(joined).dictionary_encode()
    rest, last = np.divmod(encoded.dictionary.to_numpy(), max(len(said.distinct), 1))
    first, middle = np.divmod(rest, max(len(true.distinct), 1))
    keys = [
        (asked.distinct[kind], true.distinct[truth] or "", said.distinct[prediction])
        for kind, truth, prediction in zip(first.tolist(), middle.tolist(), last.tolist(), strict=True)
    ]
    return encoded.indices.to_numpy().astype(np.int64), keys
