"""Rules about closed answer lists: the truth is among them, each stands once, no place is favoured."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import chi2

from sarbench.build.quality.batch import Batch, Hit, Measured, nonzero, shown
from sarbench.build.quality.texts import Hashes, Rows, distinct, hashed, pairs_of

_LEAST_PER_PLACE = 5
"""Expected number per place from which the chi-square distribution is a fair approximation (Cochran 1954)."""
_LEAST_LISTS = 20
"""Different lists of options from which the order can be called shuffled; a fixed list shows the balance of classes."""
_P = 0.001


def option_rules(batch: Batch, positions: "Positions") -> Iterator[Hit]:
    """Look at the choices of a batch; places of right options are added to `positions`."""
    offered = nonzero(batch.choices.lengths > 0)
    choices, answer, place = pairs_of(batch.choices.codes[offered], batch.answers.codes[offered])
    lists = [tuple(text.split("\n")) for text in batch.choices.values.to_pylist()]
    answers = batch.answers.values.to_pylist()
    found = [
        _place_of(answers[a].split("\n"), lists[c]) for c, a in zip(choices.tolist(), answer.tolist(), strict=True)
    ]
    right = np.array(found, dtype=np.int64)[place]
    codes = batch.choices.codes[offered]
    repeated = np.array([len(set(map(_plain, options))) < len(options) for options in lists], dtype=bool)
    single = np.array([len(options) == 1 for options in lists], dtype=bool)
    for rule, wrong in (
        ("truth-not-among-choices", right < 0),
        ("choices-repeated", repeated[codes]),
        ("choice-single", single[codes]),
    ):
        yield Hit(rule, offered[wrong], len(offered), lambda row: _described(batch, row))
    sizes = np.array([len(options) for options in lists], dtype=np.int64)[codes]
    positions.add(sizes, right, hashed(batch.choices.values.to_pylist())[codes])


@dataclass
class Positions:
    """Where the right option stands; it grows with every batch.

    Attributes:
        places: Number of options → how often the right one stood at each place.
        lists: Number of options → hashes of the different lists met, as many as are needed to call them different.
    """

    places: dict[int, Rows] = field(default_factory=dict)
    lists: dict[int, set[int]] = field(default_factory=dict)

    def add(self, sizes: Rows, right: Rows, lists: Hashes) -> None:
        """Take in the number of options, the place of the right one (-1: none) and the list's hash of each row."""
        for size in distinct(sizes[right >= 0]).tolist():
            rows = (sizes == size) & (right >= 0)
            before = self.places.get(size, np.zeros(size, dtype=np.int64))
            self.places[size] = before + np.bincount(right[rows], minlength=size)
            met = self.lists.setdefault(size, set())
            if len(met) < _LEAST_LISTS:
                met.update(distinct(lists[rows])[:_LEAST_LISTS].tolist())

    def measured(self) -> Iterator[Measured]:
        """Yield a finding for each number of options whose right one prefers a place beyond chance."""
        for size, counts in sorted(self.places.items()):
            total = int(counts.sum())
            if size < 2 or total < _LEAST_PER_PLACE * size or len(self.lists[size]) < _LEAST_LISTS:
                continue
            expected = total / size
            p = float(chi2.sf(float(((counts - expected) ** 2 / expected).sum()), size - 1))
            if p < _P:
                place = int(counts.argmax())
                share = f"{counts[place] / total:.0%} of {total:,} rows"
                detail = f"{size} options: the right one is number {place + 1} in {share}, p = {p:.1g}"
                yield Measured("option-position", int(counts[place]), total, detail)


def _place_of(answers: list[str], choices: tuple[str, ...]) -> int:
    """Return the place of the choice that an answer is, names by its letter, or holds as whole words; -1 for none.

    >>> [_place_of([answer], ("aircraft", "ship")) for answer in ("It is ship.", "B", "tank")]
    [1, 1, -1]
    """
    options = [_plain(choice) for choice in choices]
    for answer in map(_plain, answers):
        if answer in options:
            return options.index(answer)
    for answer in map(_plain, answers):
        if len(answer) == 1 and 0 <= ord(answer) - ord("a") < len(options):
            return ord(answer) - ord("a")
        held = [place for place, option in enumerate(options) if f" {option} " in f" {answer} "]
        if held:
            return max(held, key=lambda place: len(options[place]))
    return -1


def _plain(text: str) -> str:
    """Return the words of a text in lower case between single blanks."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


def _described(batch: Batch, row: int) -> str:
    return shown(f"{batch.answers[row]!r} of {', '.join(batch.choices[row].split(chr(10)))}")
