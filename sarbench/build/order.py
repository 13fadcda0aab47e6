"""What a build was asked for, and what stays of the build before it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sarbench.build.engines.local import Engine
from sarbench.build.index import BuiltIndex, SplitIndex
from sarbench.build.layout import LayoutChoice
from sarbench.errors import InputError
from sarbench.sources import OptionCard, SourceModule

Progress = Callable[[str, int], Any]
"""Called with `config/split` and the number of rows done since the last call."""

Splits = Mapping[str, Mapping[str, SplitIndex]]
"""Config → split → what is known of it."""

Place = tuple[str, str]
"""Config and split."""


@dataclass(frozen=True)
class Order:
    """What a build was asked for; `sarbench.build.build` describes the fields.

    Attributes:
        source: The dataset's module.
        data_dir: The authors' files, absolute.
        options: Complete.
        layout: As asked for.
        lite: Rows for each score of a lite split; None for none.
        engine: What looks at splits and writes parts.
        progress: Where progress is told.
    """

    source: SourceModule
    data_dir: Path
    options: Mapping[str, str]
    layout: LayoutChoice
    lite: int | None
    engine: Engine
    progress: Progress | None

    def told(self, place: str) -> Callable[[int], None]:
        """Return what tells of rows done in a split."""

        def tell(rows: int) -> None:
            if self.progress and rows:
                self.progress(place, rows)

        return tell


class MixtureError(InputError):
    """Splits that must not lie in one folder: the whole build ends, not just a split."""


def staying(earlier: BuiltIndex | None, built: set[Place]) -> dict[str, dict[str, SplitIndex]]:
    """Return the splits of an earlier build that stay as they are, without lite splits, which follow their config.

    Args:
        earlier: The earlier build.
        built: What is built now.
    """
    stays: dict[str, dict[str, SplitIndex]] = {}
    for config, splits in (earlier.configs if earlier else {}).items():
        for split, index in splits.items():
            if (config, split) not in built and index.lite_of is None:
                stays.setdefault(config, {})[split] = index
    return stays


def check_mixture(
    out: Path, stays: Splits, earlier: BuiltIndex | None, order: Order, simulated: Mapping[Place, bool]
) -> None:
    """Make sure that what stays and what is built may lie in one folder.

    Args:
        out: The built folder.
        stays: What stays.
        earlier: The index that it is from.
        order: What was asked for.
        simulated: What is built → whether it is simulated.

    Raises:
        MixtureError: One is simulated and the other real, or they were read with different options.
    """
    kept = [(f"{config}/{split}", built) for config, splits in stays.items() for split, built in splits.items()]
    if not kept or earlier is None:
        return
    for option in order.source.CARD.options:
        _check_option(out, option, earlier.options.get(option.name, option.default), order.options, kept[0][0])
    kept_simulated = any(built.simulated for _, built in kept)
    if any(new != kept_simulated for new in simulated.values()):
        kinds = ("real", "simulated") if kept_simulated else ("simulated", "real")
        problem = f"gives {kinds[0]} rows, and the folder to build in holds {kinds[1]} ones"
        raise MixtureError(where=order.data_dir, problem=problem, fix="Build into another folder")


def _check_option(out: Path, option: OptionCard, before: str, options: Mapping[str, str], kept: str) -> None:
    if (now := options[option.name]) != before:
        problem = f"holds {kept}, built with {option.name}={before}; this build has {option.name}={now}"
        raise MixtureError(where=out, problem=problem, fix="Build into another folder, or build every split again")
