"""The facts of many scored answers, in columns: what is kept while answers stream by.

A million answers are some hundred bytes each here, where their lines of the run record would be thousands.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

_PARTS = ("tp", "fp", "fn")


class Text(NamedTuple):
    """One answer whose words are scored, with the accepted texts."""

    given: str
    """As the model said it."""
    read: str
    """Without reasoning and chat tokens; empty where there was no answer."""
    references: tuple[str, ...]
    topic: str = ""
    """What was asked: answers about one image and one topic share their references."""
    paper: str = ""
    """Whose published rules apply (see `sarbench.questions.truth`)."""


@dataclass(frozen=True)
class Facts:
    """The facts of n answers."""

    images: Rows
    """[n] number of the image that each answer is about."""
    columns: Mapping[str, Array]
    """[n] each; NaN where an answer does not have the fact."""
    label_names: Sequence[str] = ()
    label_parts: sparse.csr_matrix = field(default_factory=lambda: sparse.csr_matrix((0, 0)))
    """[n, 3 · L]: 1 where an answer has the fact tp, fp or fn (in this order) about a label."""
    texts: Sequence[Text] = ()
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(metric, protocol) → why it could not be computed."""
    remarks: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(metric, protocol) → why its value says nothing about the answers."""
    whole: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """(metric, protocol) → value over all answers, for what does not follow from the facts of each."""

    def __len__(self) -> int:
        return len(self.images)

    def column(self, name: str) -> Array:
        """Return one fact of every answer: [n], NaN where there is none."""
        known = self.columns.get(name)
        return np.full(len(self), np.nan) if known is None else known

    def table(self, *names: str) -> Array:
        """Return facts side by side, absent ones as 0: [n, K]."""
        return np.nan_to_num(np.stack([self.column(name) for name in names], axis=1))

    def having(self, name: str) -> "Facts":
        """Return the answers that have a fact."""
        return self.only(~np.isnan(self.column(name)))

    def only(self, wanted: npt.NDArray[np.bool_]) -> "Facts":
        """Return some of the answers: a mask [n]."""
        if wanted.all():
            return self
        return replace(
            self,
            images=self.images[wanted],
            columns={name: values[wanted] for name, values in self.columns.items()},
            label_parts=self.label_parts[wanted],
            texts=[text for text, take in zip(self.texts, wanted, strict=True) if take] if self.texts else (),
            whole={},
        )

    def with_labels(self) -> "Facts":
        """Return the answers that have a fact about any label."""
        return self.only(np.diff(self.label_parts.indptr) > 0)

    def label_counts(self, labels: Sequence[str]) -> sparse.csr_matrix:
        """Return tp, fp and fn of each label in each answer: [n, 3 · K]; labels outside the list are left out."""
        place = {name: index for index, name in enumerate(self.label_names)}
        cells = [3 * place[label] + part for label in labels for part in range(len(_PARTS))]
        return self.label_parts[:, cells]

    def labels(self, *parts: str) -> list[str]:
        """Return the labels that occur as any of the parts `tp`, `fp`, `fn` in these answers, sorted."""
        occurs = np.asarray(self.label_parts.sum(axis=0)).reshape(-1, len(_PARTS)) > 0
        wanted = np.flatnonzero(occurs[:, [_PARTS.index(part) for part in parts]].any(axis=1))
        return sorted(self.label_names[place] for place in wanted.tolist())


class FactsBuilder:
    """Collects facts answer by answer. Facts that many answers share are held once."""

    def __init__(self) -> None:
        self._images: dict[str, int] = {}
        self._codes = array("q")
        self._facts = array("q")
        self._held: dict[int, tuple[int, Mapping[str, float]]] = {}
        self._different = 0
        self._columns: dict[str, array[float]] = {}
        self._labels: dict[str, int] = {}
        self._label_cells, self._label_ends = array("q"), array("q", [0])
        self._slices: dict[tuple[str, ...], int] = {}
        self._members = array("q")
        self._texts: list[Text] = []

    def __len__(self) -> int:
        return len(self._codes)

    def add(
        self,
        image: str,
        scores: Mapping[str, float],
        *,
        slices: tuple[str, ...] = (),
        text: Text | None = None,
        shared: bool = False,
    ) -> None:
        """Add one answer.

        Args:
            image: What the answer is about.
            scores: Its facts; one named `tp:LABEL`, `fp:LABEL` or `fn:LABEL` is about a label.
            slices: The parts that it belongs to.
            text: Its words, where they are scored.
            shared: Whether this very mapping may come again with another answer.
        """
        self._codes.append(self._images.setdefault(image, len(self._images)))
        held = self._held.get(id(scores)) if shared else None
        if held is None:
            held = (self._different, scores)
            if shared:
                self._held[id(scores)] = held
            self._keep(scores)
        self._facts.append(held[0])
        self._members.append(self._slices.setdefault(slices, len(self._slices)))
        if text is not None:
            self._texts.append(text)

    def _keep(self, scores: Mapping[str, float]) -> None:
        row = self._different
        self._different += 1
        for name, value in scores.items():
            part, colon, label = name.partition(":")
            if colon and part in _PARTS:
                code = self._labels.setdefault(label, len(self._labels))
                self._label_cells.append(len(_PARTS) * code + _PARTS.index(part))
                continue
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = array("d")
            if len(column) < row:
                column.extend([np.nan] * (row - len(column)))
            column.append(value)
        self._label_ends.append(len(self._label_cells))

    def build(self) -> tuple[Facts, dict[str, npt.NDArray[np.bool_]]]:
        """Return the facts, and for every slice the mask [n] of its answers."""
        of_answer = np.asarray(self._facts, dtype=np.int64)
        columns = {}
        for name, values in self._columns.items():
            column = np.full(self._different, np.nan)
            column[: len(values)] = values
            columns[name] = column[of_answer]
        cells = np.asarray(self._label_cells, dtype=np.int64)
        ends = np.asarray(self._label_ends, dtype=np.int64)
        shape = (self._different, len(_PARTS) * len(self._labels))
        parts = sparse.csr_matrix((np.ones(len(cells)), cells, ends), shape=shape)
        facts = Facts(
            images=np.asarray(self._codes, dtype=np.int64),
            columns=columns,
            label_names=tuple(self._labels),
            label_parts=parts[of_answer],
            texts=self._texts,
        )
        members = np.asarray(self._members, dtype=np.int64)
        names = dict.fromkeys(name for slices in self._slices for name in slices)
        return facts, {
            name: np.isin(members, [code for slices, code in self._slices.items() if name in slices]) for name in names
        }
