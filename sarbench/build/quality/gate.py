"""The quality gate: rows stream through the rules of a batch, hashes of them through the rules of a split."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pyarrow as pa

from sarbench.build.quality.batch import Batch, Hit, Measured
from sarbench.build.quality.boxes import Frames, box_rules
from sarbench.build.quality.counts import count_rules, number_in_question
from sarbench.build.quality.finding import LISTED, Example, Finding, explained
from sarbench.build.quality.keys import Keys, RowIds, joined, keys_of
from sarbench.build.quality.leaks import Frequent, answer_in_question, prior_rules
from sarbench.build.quality.options import Positions, option_rules
from sarbench.build.quality.overlap import Fingerprint, Overlap, fingerprint, overlap_findings, overlaps
from sarbench.build.quality.repeats import repeat_rules
from sarbench.build.quality.tasks import unknown_tasks
from sarbench.build.quality.wording import Endings, answer_rules, cut_answers, text_rules


@dataclass(frozen=True)
class Quality:
    """What the gate has to say about a dataset.

    Attributes:
        name: The dataset.
        rows: `config/split` → rows examined.
        findings: Worst first.
        overlaps: What every two splits share.
    """

    name: str
    rows: Mapping[str, int]
    findings: tuple[Finding, ...]
    overlaps: tuple[Overlap, ...]


@dataclass
class Gate:
    """Examines the splits of one dataset, one after the other.

    About 90 bytes are held per row of the split that is being read, some 400 when it is finished (1.4 million rows stay
    under 0.8 GB), and 16 per row of the splits before it.

    >>> Gate("sardet-100k").quality().findings
    ()
    """

    name: str
    _rows: dict[str, int] = field(default_factory=dict)
    _findings: list[Finding] = field(default_factory=list)
    _prints: list[Fingerprint] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)

    def examine(self, config: str, split: str, batches: Iterable[pa.Table]) -> None:
        """Examine one split.

        Args:
            config: Its config.
            split: Its name.
            batches: Its rows in file order, as tables with at least `COLUMNS`.
        """
        examined = _Split(f"{config}/{split}", RowIds(f"{self.name}/{config}/{split}/"))
        for table in batches:
            if len(table):
                batch = Batch(table)
                examined.add(batch)
                self._name_images(batch, examined.parts[-1])
        self._rows[examined.place] = len(examined.ids)
        if examined.parts:
            self._prints.append(fingerprint(config, split, examined.finish()))
        self._findings += examined.findings()

    def quality(self) -> Quality:
        """Return what was found in the splits examined so far, and between them."""
        found = overlaps(self._prints)
        between = overlap_findings(found, self._prints, self._names)
        return Quality(self.name, dict(self._rows), explained(self.name, [*self._findings, *between]), found)

    def _name_images(self, batch: Batch, keys: Keys) -> None:
        """Remember a name for the hash of each image, for examples."""
        _, first = np.unique(batch.images.codes, return_index=True)
        for row, image in zip(first.tolist(), keys.image[first].tolist(), strict=True):
            if image and image not in self._names:
                self._names[image] = batch.names[row]


@dataclass
class _Split:
    """The findings of one split while it is read."""

    place: str
    ids: RowIds
    parts: list[Keys] = field(default_factory=list)
    _tallies: dict[str, "_Tally"] = field(default_factory=dict)
    _measured: list[Measured] = field(default_factory=list)
    _frames: Frames = field(default_factory=Frames)
    _positions: Positions = field(default_factory=Positions)
    _frequent: Frequent = field(default_factory=Frequent)
    _endings: Endings = field(default_factory=Endings)

    def add(self, batch: Batch) -> None:
        """Apply the rules of a batch, and remember what the rules of the split need."""
        hits = chain(
            answer_rules(batch),
            [cut_answers(batch, self._endings)],
            text_rules(batch),
            box_rules(batch),
            count_rules(batch),
            option_rules(batch, self._positions),
            [answer_in_question(batch), number_in_question(batch), unknown_tasks(batch)],
        )
        for hit in hits:
            self._tally(hit, batch.id)
        self._frames.add(batch.boxes)
        self._frames.add(batch.regions)
        self._frequent.add(batch)
        self.parts.append(keys_of(batch))
        self.ids.add(batch.ids())

    def finish(self) -> Keys:
        """Apply the rules of the whole split; return what is remembered of its rows."""
        keys = joined(self.parts)
        self.parts.clear()
        for hit in repeat_rules(keys, self.ids):
            self._tally(hit, self.ids.__getitem__)
        self._measured += chain(
            self._frames.measured(),
            self._positions.measured(),
            prior_rules(keys, self._frequent),
            self._frequent.measured(),
        )
        return keys

    def findings(self) -> Iterator[Finding]:
        """Yield what was found."""
        for rule, tally in self._tallies.items():
            if tally.count:
                yield Finding(rule, self.place, tally.count, tally.of, examples=tuple(tally.examples))
        if unended := self._endings.finding(self.place):
            yield unended
        for found in self._measured:
            if found.count:
                yield Finding(found.rule, self.place, found.count, found.looked_at, found.detail)

    def _tally(self, hit: Hit, id_of: Callable[[int], str]) -> None:
        tally = self._tallies.setdefault(hit.rule, _Tally())
        tally.count += len(hit.rows)
        tally.of += hit.looked_at
        for row in hit.rows[: LISTED - len(tally.examples)].tolist():
            tally.examples.append(Example(id_of(row), hit.what(row)))


@dataclass
class _Tally:
    """One rule in one split so far."""

    count: int = 0
    of: int = 0
    examples: list[Example] = field(default_factory=list)
