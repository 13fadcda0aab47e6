"""Reads everything the authors' files hold, every pixel included, and says what is missing or wrong."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from sarbench import imaging, sources
from sarbench.build.batches import same_image
from sarbench.build.plan import make_plan
from sarbench.build.quality import Gate, Quality
from sarbench.build.quality.report import as_dict, lines, verdict
from sarbench.errors import InputError
from sarbench.schema import Row, to_text_table
from sarbench.sources import NO_OPTIONS, Report

_STEP = 100
"""Rows between two calls of the progress function."""

_BATCH = 8_192
"""Rows, without their images, that the quality gate gets at a time."""


@dataclass(frozen=True)
class SplitCheck:
    """What one split gives."""

    config: str
    split: str
    rows: int
    images: int
    report: Report
    remark: str = ""
    """What a closer look at the texts says, in one line."""


@dataclass(frozen=True)
class CheckResult:
    """What a data folder gives.

    Attributes:
        name: The dataset.
        data_dir: The authors' files.
        splits: Every split that could be read.
        left_out: `config` or `config/split` that was asked for and cannot be given → why.
        lost: Those that a build fails for: what the files hold and cannot be read, and what was asked for by name.
        quality: What the quality gate found in the rows.
    """

    name: str
    data_dir: Path
    splits: tuple[SplitCheck, ...]
    left_out: dict[str, str]
    quality: Quality
    lost: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether there is at least one row. Findings do not change that: good rows survive bad neighbours."""
        return any(split.rows for split in self.splits)

    @property
    def complete(self) -> bool:
        """Whether a build would give everything: where not, `sarbench check` and `sarbench build` exit with 1."""
        return self.usable and not self.lost

    def to_json(self) -> str:
        """Return everything as one JSON object."""
        parts = {
            "name": self.name,
            "data_dir": str(self.data_dir),
            "usable": self.usable,
            "complete": self.complete,
            "splits": [
                {
                    "config": split.config,
                    "split": split.split,
                    "rows": split.rows,
                    "images": split.images,
                    "remark": split.remark,
                    **json.loads(split.report.to_json()),
                }
                for split in self.splits
            ],
            "left_out": self.left_out,
            **as_dict(self.quality),
        }
        return json.dumps(parts, indent=1, ensure_ascii=False)

    def to_text(self) -> str:
        """Return a few lines per split for a terminal, then the findings of the quality gate, worst first."""
        usable = "usable" if self.complete else "usable in part" if self.usable else "not usable"
        text = [f"{self.name} in {self.data_dir}: {usable}"]
        for split in self.splits:
            counts = f"{split.rows:,} rows, {split.images:,} images"
            text.append(f"{split.config}/{split.split}: {counts}, {split.report.summary()}")
            text += [f"  {split.remark}"] if split.remark else []
        text += [f"{place}: left out, {reason}" for place, reason in self.left_out.items()]
        text.append(f"quality: {verdict(self.quality)}")
        text += [f"  {line}" for line in lines(self.quality)]
        return "\n".join(text)


def check(
    name: str,
    data_dir: Path,
    *,
    configs: Sequence[str] | None = None,
    splits: Sequence[str] | None = None,
    options: Mapping[str, str] = NO_OPTIONS,
    progress: Callable[[str, int], Any] | None = None,
) -> CheckResult:
    """Read every record, decode every image once and run the quality gate over the rows.

    Args:
        name: The dataset, e.g. `sardet-100k`.
        data_dir: The authors' files.
        configs: Config names or beginnings of them. Default: all that the files give.
        splits: Split names. Default: all that the files give.
        options: The dataset's options, as its card lists them. Default: each option's default.
        progress: Called with `config/split` and the number of rows read since the last call.

    Raises:
        UnknownNameError: There is no such dataset, config, split or option.
        InputError: `data_dir` is missing, or nothing in it belongs to the dataset.
    """
    source = sources.get(name)
    chosen = sources.check_options(source.CARD, options)
    plan = make_plan(source, data_dir, configs, splits)
    images, gate = _Images(), Gate(name)
    read: list[SplitCheck] = []
    left_out = dict.fromkeys(plan.missing, "there are no files for it")
    lost = list(plan.in_vain)
    for config, split in plan.pairs:
        place, report = f"{config}/{split}", Report()
        try:
            rows = source.rows(data_dir, config, split, report=report, options=chosen)
            counted = _Counted(_reported(rows, place, progress), images, report)
            gate.examine(config, split, _tables(counted))
            remark = _closer_look(name, data_dir, config, split, report=report, options=chosen)
        except InputError as error:
            left_out[place] = str(error)
            lost.append(place)
        else:
            read.append(SplitCheck(config, split, counted.rows, counted.shown, report, remark))
            lost += [place] if not counted.rows else []
    return CheckResult(name, data_dir, tuple(read), left_out, gate.quality(), tuple(lost))


def _closer_look(
    name: str, data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str]
) -> str:
    """Return what the dataset's own inspection says; of its problems, those that the rows did not show are added."""
    if name not in sources.INSPECTORS:
        return ""
    closer = Report()
    remark = sources.INSPECTORS[name](data_dir, config, split, report=closer, options=options)
    report.merge_new(closer)
    return remark


class _Images:
    """Decodes each image once, however many configs show it."""

    def __init__(self) -> None:
        self._verdicts: dict[bytes, str | None] = {}

    def fault(self, row: Row) -> str | None:
        """Return why the image of a row cannot be decoded; None where it can, or where there is none."""
        data = row.raw_image or (row.image.bytes if row.image else None)
        if data is None:
            return None
        key = bytes.fromhex(row.image_sha256) if row.image_sha256 else data
        if key not in self._verdicts:
            try:
                imaging.verify(data)
                self._verdicts[key] = None
            except ValueError as error:
                self._verdicts[key] = str(error)
        return self._verdicts[key]


class _Counted:
    """Rows on their way through: counted, their images decoded and then let go of."""

    def __init__(self, rows: Iterator[Row], images: _Images, report: Report) -> None:
        self._given, self._images, self._report = rows, images, report
        self.rows = self.shown = 0

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows without images; note in the report what cannot be decoded."""
        last: Row | None = None
        for row in self._given:
            self.rows += 1
            if row.image is not None and not (last and same_image(row, last)):
                self.shown += 1
                if fault := self._images.fault(row):
                    file = (row.source.file if row.source else None) or row.image.path
                    record = f"{row.image_id}: {fault}"
                    self._report.flag(file=file, record=record, problem="image cannot be decoded")
            last = row
            yield msgspec.structs.replace(row, image=None, raw_image=None)


def _tables(rows: _Counted) -> Iterator[pa.Table]:
    given = iter(rows)
    while batch := list(islice(given, _BATCH)):
        yield to_text_table(batch)


def _reported(rows: Iterator[Row], place: str, progress: Callable[[str, int], Any] | None) -> Iterator[Row]:
    number = 0
    for number, row in enumerate(rows, start=1):
        if progress and number % _STEP == 0:
            progress(place, _STEP)
        yield row
    if progress and number % _STEP:
        progress(place, number % _STEP)
