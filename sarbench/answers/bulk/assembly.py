"""Put boxes read by columns and answers read one by one together, in the order of the texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.answers.bulk.columns import BoxAnswers
from sarbench.answers.bulk.fill import Filled, Table, Whole
from sarbench.answers.bulk.plans import Plan
from sarbench.answers.outcome import OUTCOMES
from sarbench.answers.parsed import Parsed
from sarbench.coords import Boxes

_OK, _DEGENERATE, _OUT_OF_RANGE = (OUTCOMES.index(name) for name in ("ok", "degenerate", "out_of_range"))


@dataclass(frozen=True)
class _Columns:
    """Boxes that have an area."""

    text: Whole
    boxes: Boxes
    label: npt.NDArray[np.int32]


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
    dropped = np.bincount(filled.text[filled.degenerate], minlength=len(texts))
    for index, read in ordinary.items():
        outcome_of[index] = OUTCOMES.index(read.outcome)
        rule_of[index] = rules.setdefault(read.rule, len(rules))
        dropped[index] = read.dropped
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    columns, labels = _with(_solid(filled), ordinary, table.labels)
    np.cumsum(np.bincount(columns.text, minlength=len(texts)), out=offsets[1:])
    return BoxAnswers(
        values=columns.boxes,
        offsets=offsets,
        outcome_codes=outcome_of,
        rule_codes=rule_of,
        rules=tuple(rules),
        label_codes=columns.label,
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


def _solid(filled: Filled) -> _Columns:
    solid = ~filled.degenerate
    if solid.all():
        return _Columns(filled.text, filled.boxes, filled.label)
    return _Columns(filled.text[solid], filled.boxes[solid], filled.label[solid])


def _with(columns: _Columns, ordinary: Mapping[int, Parsed], names: Sequence[str]) -> tuple[_Columns, tuple[str, ...]]:
    """Sort the boxes of answers that were read one by one in among the others."""
    labels = {name: code for code, name in enumerate(names)}
    boxed = {index: read for index, read in ordinary.items() if read.value is not None and len(read.value)}
    if not boxed:
        return columns, tuple(labels)
    told = [label for read in boxed.values() for label in read.labels or (None,) * len(read.value)]
    codes = [-1 if label is None else labels.setdefault(label, len(labels)) for label in told]
    text = np.repeat(list(boxed), [len(read.value) for read in boxed.values()])
    at = np.searchsorted(columns.text, text)
    merged = _Columns(
        np.insert(columns.text, at, text),
        np.insert(columns.boxes, at, np.concatenate([read.value for read in boxed.values()]), axis=0),
        np.insert(columns.label, at, codes),
    )
    return merged, tuple(labels)
