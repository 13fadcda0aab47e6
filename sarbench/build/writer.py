"""The authors' files → a folder of Parquet files that plain `datasets.load_dataset` reads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sarbench import sources
from sarbench._version import __version__
from sarbench.build.card import write_card
from sarbench.build.index import BuiltIndex, SplitIndex, write_index
from sarbench.build.plan import Plan, make_plan
from sarbench.build.quality import write_quality
from sarbench.build.split import write_split
from sarbench.build.staging import keep, staging, swap_in
from sarbench.errors import InputError
from sarbench.schema import SCHEMA_VERSION, Row
from sarbench.sources import DatasetCard, Report, SourceModule

Progress = Callable[[str, int], Any]
"""Called with `config/split` and the number of rows done since the last call."""

Splits = Mapping[str, Mapping[str, SplitIndex]]


def build(
    name: str,
    *,
    data_dir: Path,
    out: Path,
    configs: Sequence[str] | None = None,
    splits: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> BuiltIndex:
    """Build a dataset: Parquet files, `README.md`, `quality.json` and `sarbench.json`.

    Memory stays flat however many images there are. Two builds of the same files are equal byte by byte. Building again
    replaces what it gives and leaves every other config and split of `out` as it is; a build that dies changes nothing.

    Args:
        name: The dataset, e.g. `sardet-100k`.
        data_dir: The authors' files.
        out: The folder to build in: a new one, an empty one, or one with an earlier build of the same dataset.
        configs: Config names or beginnings of them. Default: all that the files give.
        splits: Split names. Default: all that the files give.
        progress: Called with `config/split` and the number of rows written since the last call.

    Returns:
        The index of everything in `out`; its `left_out` says what was asked for and could not be given.

    Raises:
        UnknownNameError: There is no such dataset, config or split.
        InputError: The files give not one row, or `out` cannot be used.
    """
    source = sources.get(name)
    plan = make_plan(source, data_dir, configs, splits)
    try:
        with staging(out, name, data_dir) as (work, earlier):
            work_on = _Work(source, data_dir, work, _simulated(earlier, plan), progress)
            made = _make_all(work_on, plan)
            index = _index(source.CARD, made, earlier)
            for config in made.splits:
                for split in index.configs[config].keys() - made.splits[config].keys():
                    keep(out, work / config, index.configs[config][split].files)
            swap_in(out, work, index, configs=made.splits)
            write_quality(out, index, made.reports)
            write_card(out, source.CARD, index)
            write_index(out, index)
    except OSError as error:
        fix = "Make room on the disk or mend its permissions, then build again"
        raise InputError(where=out, problem=f"cannot be built ({error})", fix=fix) from error
    return index


class _MixtureError(InputError):
    """Simulated rows beside real ones: no split of this build can be used."""


@dataclass(frozen=True)
class _Work:
    source: SourceModule
    data_dir: Path
    folder: Path
    simulated: bool | None
    """What the splits that stay in the folder are; None where none stays."""
    progress: Progress | None


@dataclass(frozen=True)
class _Made:
    splits: Splits
    reports: Mapping[str, Report]
    left_out: dict[str, str]


def _make_all(work: _Work, plan: Plan) -> _Made:
    """Write every planned split into the work folder; one that fails is left out and does not stop the others."""
    splits: dict[str, dict[str, SplitIndex]] = {}
    reports: dict[str, Report] = {}
    left_out = dict.fromkeys(plan.in_vain, "there are no files for it")
    failed: list[InputError] = []
    for config, split in plan.pairs:
        place, report = f"{config}/{split}", Report()
        try:
            built = _make_split(work, config, split, report)
        except _MixtureError:
            raise
        except InputError as error:
            left_out[place] = str(error)
            failed.append(error)
        else:
            splits.setdefault(config, {})[split] = built
            reports[place] = report
    if not splits and len(failed) == 1:
        raise failed[0]
    if not splits:
        reasons = "; ".join(f"{place}: {reason}" for place, reason in left_out.items())
        fix = "Run `sarbench check` on it, then mend the files or download them again"
        raise InputError(where=work.data_dir, problem=f"gives not one row ({reasons})", fix=fix)
    return _Made(splits, reports, left_out)


def _make_split(work: _Work, config: str, split: str, report: Report) -> SplitIndex:
    place = f"{config}/{split}"
    progress = partial(work.progress, place) if work.progress else lambda rows: None
    rows = _unmixed(work.source.rows(work.data_dir, config, split, report=report), work)
    built = write_split(rows, work.folder / config, split, progress=progress)
    if not built:
        fix = "Run `sarbench check` on it, then mend the files or download them again"
        raise InputError(where=work.data_dir, problem=f"gives no row of {place} ({report.summary()})", fix=fix)
    files = tuple(file.model_copy(update={"path": f"{config}/{file.path}"}) for file in built.files)
    return built.model_copy(update={"files": files, "problems": report.counts})


def _unmixed(rows: Iterator[Row], work: _Work) -> Iterator[Row]:
    """Look at the first row before gigabytes are written: a folder holds simulated rows or real ones, not both."""
    for row in rows:
        simulated = row.text_origin == "simulated"
        if work.simulated is not None and simulated != work.simulated:
            kinds = ("simulated", "real") if simulated else ("real", "simulated")
            problem = f"gives {kinds[0]} rows, and the folder to build in holds {kinds[1]} ones"
            raise _MixtureError(where=work.data_dir, problem=problem, fix="Build into another folder")
        yield row
        break
    yield from rows


def _simulated(earlier: BuiltIndex | None, plan: Plan) -> bool | None:
    """Tell whether what stays of an earlier build is simulated; None where nothing stays."""
    stays = [
        built.simulated
        for config, splits in (earlier.configs if earlier else {}).items()
        for split, built in splits.items()
        if (config, split) not in plan.pairs
    ]
    return any(stays) if stays else None


def _index(card: DatasetCard, made: _Made, earlier: BuiltIndex | None) -> BuiltIndex:
    """Put new splits and those that stay into one index, in the order of the card."""
    simulated = any(built.simulated for splits in made.splits.values() for built in splits.values())
    before: Splits = earlier.configs if earlier else {}
    configs: dict[str, dict[str, SplitIndex]] = {}
    for config in dict.fromkeys((*(known.name for known in card.configs), *before)):
        stays = {split: built for split, built in before.get(config, {}).items() if built.simulated == simulated}
        both = {**stays, **made.splits.get(config, {})}
        order = next((known.splits for known in card.configs if known.name == config), ())
        if both:
            configs[config] = {split: both[split] for split in dict.fromkeys((*order, *both)) if split in both}
    return BuiltIndex(
        schema_version=SCHEMA_VERSION,
        sarbench_version=__version__,
        name=card.name,
        simulated=simulated,
        configs=configs,
        left_out=made.left_out,
    )
