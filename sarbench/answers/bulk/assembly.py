"""Put boxes read by columns and answers read one by one together, in the order of the texts."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sarbench.answers.bulk.columns import BoxAnswers
from sarbench.answers.bulk.fill import Filled, Table, Whole
from sarbench.answers.bulk.plans import Plan
from sarbench.answers.outcome import OUTCOMES
from sarbench.answers.parsed import Parsed
from sarbench.coords import Boxes

_OK, _DEGENERATE, _OUT_OF_RANGE = (OUTCOMES.index(name) for name in ("ok", "degenerate", "out_of_range"))


def assemble(
    texts: Sequence[str],
    group: Whole,
    plans: Sequence[Plan | Parsed | None],
    table: Table,
    filled: Filled,
    ordinary: Mapping[int, Parsed],
) -> BoxAnswers:
    """Return the columns of all texts.

    Args:
        texts: N texts.
        group: [N], the plan of each text.
        plans: What the texts of a group have in common.
        table: The plans in rows.
        filled: The boxes of the texts that were read by columns.
        ordinary: The answers of the others.
    """
    rules: dict[str, int] = {}
    outcomes, rule_codes = _of_plans(plans, rules)
    outcome_of, rule_of = outcomes[group], rule_codes[group]
    outcome_of[filled.text[filled.out_of_range]] = _OUT_OF_RANGE
    outcome_of[filled.text[filled.degenerate]] = _DEGENERATE
    degenerate = np.bincount(filled.text[filled.degenerate], minlength=len(texts))
    dropped = degenerate.copy()
    for index, read in ordinary.items():
        outcome_of[index] = OUTCOMES.index(read.outcome)
        rule_of[index] = rules.setdefault(read.rule, len(rules))
        dropped[index] = read.dropped
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    boxed = {index: read for index, read in ordinary.items() if read.value is not None and len(read.value)}
    counts = np.bincount(filled.text, minlength=len(texts)) - degenerate
    counts[list(boxed)] = [len(read.value) for read in boxed.values()]
    np.cumsum(counts, out=offsets[1:])
    values, codes, labels = _merged(filled, boxed, offsets, table.labels)
    return BoxAnswers(
        values=values,
        offsets=offsets,
        outcome_codes=outcome_of,
        rule_codes=rule_of,
        rules=tuple(rules),
        label_codes=codes,
        label_names=labels,
        dropped=dropped,
        texts=texts,
        ordinary=ordinary,
        group=group,
        plans=plans,
    )


def _of_plans(
    plans: Sequence[Plan | Parsed | None], rules: dict[str, int]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int32]]:
    """Return the outcome and the rule of each plan, if no box has a fault."""
    outcomes = np.full(len(plans), _OK, dtype=np.int8)
    rule_codes = np.zeros(len(plans), dtype=np.int32)
    for number, plan in enumerate(plans):
        if isinstance(plan, Parsed):
            outcomes[number] = OUTCOMES.index(plan.outcome)
            rule_codes[number] = rules.setdefault(plan.rule, len(rules))
        elif plan is not None:
            rule_codes[number] = rules.setdefault(plan.forms[0].spelling, len(rules))
    return outcomes, rule_codes


def _merged(
    filled: Filled, boxed: Mapping[int, Parsed], offsets: Whole, names: Sequence[str]
) -> tuple[Boxes, npt.NDArray[np.int32], tuple[str, ...]]:
    """Return the boxes that have an area and their labels, those of answers read one by one at their places."""
    labels = {name: code for code, name in enumerate(names)}
    if not boxed and not filled.degenerate.any():
        return filled.boxes, filled.label, tuple(labels)
    told = [label for read in boxed.values() for label in read.labels or (None,) * len(read.value)]
    codes = [-1 if label is None else labels.setdefault(label, len(labels)) for label in told]
    places = [place for index in boxed for place in range(offsets[index], offsets[index + 1])]
    # Which row each box comes from; row 0 stands in for the boxes of the others until they are written over it.
    rows = np.insert(np.flatnonzero(~filled.degenerate), np.array(places, dtype=np.int64) - np.arange(len(places)), 0)
    if not len(filled.boxes):
        values, label = np.empty((len(rows), 4)), np.empty(len(rows), dtype=np.int32)
    else:
        values, label = filled.boxes.take(rows, axis=0), filled.label.take(rows)
    if places:
        values[places] = np.concatenate([read.value for read in boxed.values()])
        label[places] = codes
    return values, label, tuple(labels)
