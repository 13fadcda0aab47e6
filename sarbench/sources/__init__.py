"""The authors' files → rows of the schema: one module per dataset."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sarbench.errors import UnknownNameError
from sarbench.schema import Row
from sarbench.sources import fusar, sarchat, sardet, sarlang, sartext
from sarbench.sources._card import ConfigCard, DatasetCard, HubRepo, OptionCard, check_options
from sarbench.sources._report import Problem, Report
from sarbench.sources._split import NO_OPTIONS, OpenSplit

__all__ = [
    "CARDS",
    "INSPECTORS",
    "NO_OPTIONS",
    "SOURCES",
    "ConfigCard",
    "DatasetCard",
    "HubRepo",
    "Inspector",
    "OpenSplit",
    "OptionCard",
    "Problem",
    "Report",
    "SourceModule",
    "check_options",
    "get",
    "select_configs",
]


class SourceModule(Protocol):
    """What every dataset module offers."""

    CARD: DatasetCard

    def splits(self, data_dir: Path) -> dict[str, tuple[str, ...]]:
        """Return config → splits that the files in `data_dir` can give; InputError when they can give none."""

    def open_split(
        self, data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
    ) -> AbstractContextManager[OpenSplit]:
        """Read the texts of one split; what is wrong with the files as a whole goes into the report."""

    def rows(
        self, data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
    ) -> Iterator[Row]:
        """Yield the rows of one split; rows of one image come together and share its `EncodedImage`."""

    def files(self, data_dir: Path) -> tuple[Path, ...]:
        """Return the annotation files, archives and image folders that identify the input."""


class Inspector(Protocol):
    """Looks closely at the texts of one split."""

    def __call__(
        self, data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
    ) -> str:
        """Return a remark in one line, empty where there is none; problems go into the report."""


SOURCES: Mapping[str, SourceModule] = {
    "sarlang-1m": sarlang,
    "sarchat-2m": sarchat,
    "sar-text": sartext,
    "fusar-geovl": fusar,
    "sardet-100k": sardet,
}
"""Dataset name → module."""

INSPECTORS: Mapping[str, Inspector] = {"sarchat-2m": sarchat.inspect}
"""Dataset name → a closer look at the texts of a split than building takes, for the datasets that have one."""

CARDS: Mapping[str, DatasetCard] = {name: module.CARD for name, module in SOURCES.items()}
"""Dataset name → card."""


def get(name: str) -> SourceModule:
    """Return the module of a dataset.

    Raises:
        UnknownNameError: There is no such dataset; the message lists those there are.
    """
    if name not in SOURCES:
        raise _unknown(name, "there is no such dataset", tuple(SOURCES))
    return SOURCES[name]


def select_configs(card: DatasetCard, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Return the card's configs that `wanted` names, in the card's order.

    Each entry is a config's name or the beginning of one (`rebuilt` for all six `rebuilt-…`); a full name stands for
    itself alone. None stands for all.

    Raises:
        UnknownNameError: An entry fits no config.
    """
    names = tuple(config.name for config in card.configs)
    if wanted is None:
        return names
    chosen: set[str] = set()
    for entry in wanted:
        fitting = [entry] if entry in names else [name for name in names if entry and name.startswith(entry)]
        if not fitting:
            problem = f"there is no such config of {card.name}"
            raise _unknown(entry, problem, names)
        chosen.update(fitting)
    return tuple(name for name in names if name in chosen)


def _unknown(name: str, problem: str, known: Sequence[str]) -> UnknownNameError:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    return UnknownNameError(where=name, problem=problem, fix=f"{hint}Choose one of: {', '.join(known)}")
