"""Flat or joined: a first look at the splits of a config, and the layout that follows from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sarbench import sources
from sarbench.build.index import Layout, SplitIndex
from sarbench.errors import InputError
from sarbench.schema import Row
from sarbench.sources import OpenSplit, Report

LayoutChoice = Literal["auto", "flat", "joined"]

FLAT_BYTES = 4_000_000_000
"""Image bytes, counted in every row, up to which a config is flat: `datasets` unpacks so much on a user's disk."""

_SAMPLED = 64
"""Images looked at in each split."""


@dataclass(frozen=True)
class Look:
    """What is to be surveyed; it may be pickled.

    Attributes:
        name: The dataset.
        data_dir: The authors' files.
        config: Config name.
        split: Split name.
        options: Complete, from `sources.check_options`.
        measure: Whether the image bytes are estimated, from 64 groups evenly spaced.
    """

    name: str
    data_dir: Path
    config: str
    split: str
    options: Mapping[str, str]
    measure: bool


@dataclass(frozen=True)
class Survey:
    """What is known of a split before it is written.

    Attributes:
        groups: How many groups it has.
        bytes: Estimate of the image bytes of its rows, counted in every row, in bytes; 0 where it was not asked for.
        simulated: Whether its first row is simulated.
        upstream: The image set that its first row comes from, as far as it is known.
        report: What was wrong with its texts.
    """

    groups: int
    bytes: int
    simulated: bool
    upstream: str | None
    report: Report


def survey(look: Look) -> Survey | InputError:
    """Open a split and look at its first row and, to measure it, at 64 groups evenly spaced.

    Returns:
        What was seen; or the error, where the files of this split cannot be used, or give not one row.
    """
    report = Report()
    source = sources.get(look.name)
    try:
        with source.open_split(look.data_dir, look.config, look.split, report=report, options=look.options) as opened:
            first = _first_row(opened, report, f"{look.config}/{look.split}", look.data_dir)
            size = _flat_bytes(opened) if look.measure else 0
            upstream = first.source.dataset if first.source else None
            return Survey(opened.groups, size, first.text_origin == "simulated", upstream, report)
    except InputError as error:
        return error


def choose_layout(
    config: str, asked: LayoutChoice, *, kept: Mapping[str, SplitIndex], sizes: Iterable[int], where: Path
) -> Layout:
    """Return the layout of all splits of a config.

    Args:
        config: Its name.
        asked: What the user asks for.
        kept: Its splits that stay as they are: split → index.
        sizes: Estimated flat bytes of its splits that are built.
        where: The built folder.

    Raises:
        InputError: A split that stays has another layout than the one asked for.
    """
    layouts = {built.layout for built in kept.values()}
    if asked == "auto":
        if layouts:
            return layouts.pop()
        return "flat" if sum(sizes) <= FLAT_BYTES else "joined"
    if others := [split for split, built in kept.items() if built.layout != asked]:
        problem = f"holds {_places(config, others)} in the other layout, and all splits of a config must have one"
        raise InputError(
            where=where, problem=problem, fix=f"Build {_places(config, others)} too, or leave out --layout"
        )
    return asked


def _first_row(opened: OpenSplit, report: Report, place: str, data_dir: Path) -> Row:
    """Return the first row; only where there is none are all records read."""
    problems = Report()
    for row in opened.rows(range(opened.groups), problems):
        return row
    told = Report()
    told.merge(report)
    told.merge(problems)
    problem = f"gives no row of {place} ({told.summary()})"
    fix = "Run `sarbench check` on it, then mend the files or download them again"
    raise InputError(where=data_dir, problem=problem, fix=fix)


def _flat_bytes(opened: OpenSplit) -> int:
    sampled = sorted({number * opened.groups // _SAMPLED for number in range(_SAMPLED)})
    size = 0
    for group in sampled:
        for row in opened.rows(range(group, group + 1), Report()):
            size += (len(row.image.bytes) if row.image else 0) + len(row.raw_image or b"")
    return size * opened.groups // len(sampled)


def _places(config: str, splits: Iterable[str]) -> str:
    return ", ".join(f"{config}/{split}" for split in splits)
