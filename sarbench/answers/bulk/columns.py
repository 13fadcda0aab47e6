"""Many answers with boxes, by columns."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sarbench.answers.bulk.plans import Plan, filled_in
from sarbench.answers.outcome import OUTCOMES, Outcome
from sarbench.answers.parsed import Parsed, excerpt
from sarbench.coords import Boxes

_RUN = re.compile("[0-9]+")


@dataclass(frozen=True, eq=False)
class BoxAnswers:
    """What `parse` gives for each of N texts, with B boxes in all."""

    values: Boxes
    """[B, 4] float64 xyxy in native pixels, text after text."""
    offsets: npt.NDArray[np.int64]
    """[N + 1]: the boxes of text i are `values[offsets[i]:offsets[i + 1]]`."""
    outcome_codes: npt.NDArray[np.int8]
    """[N]: index into `sarbench.answers.outcome.OUTCOMES`."""
    rule_codes: npt.NDArray[np.int32]
    """[N]: index into `rules`."""
    rules: tuple[str, ...]
    label_codes: npt.NDArray[np.int32]
    """[B]: index into `label_names`; −1 for a box without a label."""
    label_names: tuple[str, ...]
    dropped: npt.NDArray[np.int64]
    """[N]: boxes that were read but are not in `values`."""
    texts: Sequence[str] = field(repr=False)
    ordinary: Mapping[int, Parsed] = field(repr=False)
    """The answers that were read one by one."""
    group: npt.NDArray[np.int64] = field(repr=False)
    """[N]: index into `plans`."""
    plans: Sequence[Plan | Parsed | None] = field(repr=False)
    """What the texts of a group have in common."""

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.outcome_codes)

    def __iter__(self) -> Iterator[Parsed]:
        """Yield every answer as `parse` gives it."""
        return map(self.parsed, range(len(self)))

    def outcome(self, index: int) -> Outcome:
        """Return what became of a text."""
        return OUTCOMES[int(self.outcome_codes[index])]

    def parsed(self, index: int) -> Parsed:
        """Return the answer of a text as `parse` gives it; its value is a view of `values`."""
        number = range(len(self))[index]
        plan = self.plans[self.group[number]]
        if plan is None or number in self.ordinary:
            return self.ordinary[number]
        if isinstance(plan, Parsed):
            return plan
        boxes = slice(self.offsets[number], self.offsets[number + 1])
        codes = self.label_codes[boxes].tolist()
        labels = tuple(None if code < 0 else self.label_names[code] for code in codes)
        return Parsed(
            self.values[boxes],
            self.outcome(number),
            self.rules[self.rule_codes[number]],
            labels if any(label is not None for label in labels) else None,
            dropped=int(self.dropped[number]),
            read=excerpt(filled_in(plan.read, _RUN.findall(self.texts[number]))),
        )
