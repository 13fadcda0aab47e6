"""What to read: the configs and splits that were asked for and that the files can give."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sarbench.errors import InputError, UnknownNameError
from sarbench.sources import DatasetCard, SourceModule, select_configs


@dataclass(frozen=True)
class Plan:
    """What a build or a check goes through.

    Attributes:
        pairs: (config, split), in the order of the card.
        missing: `config`, or `config/split`, that the card has and the files have not.
        in_vain: What of that was asked for by name.
    """

    pairs: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    in_vain: tuple[str, ...]


def make_plan(
    source: SourceModule, data_dir: Path, configs: Sequence[str] | None, splits: Sequence[str] | None
) -> Plan:
    """Compare what is asked for with what the files in `data_dir` can give.

    Args:
        source: The dataset's module.
        data_dir: The authors' files.
        configs: Config names or beginnings of them; None asks for all.
        splits: Split names; None asks for all.

    Raises:
        UnknownNameError: The dataset has no such config or split.
        InputError: Nothing that is asked for is in `data_dir`.
    """
    chosen = select_configs(source.CARD, configs)
    _check_splits(source.CARD, chosen, splits)
    available = source.splits(data_dir)
    pairs: list[tuple[str, str]] = []
    missing: list[str] = []
    in_vain: list[str] = []
    for config in (card for card in source.CARD.configs if card.name in chosen):
        there = available.get(config.name, ())
        wanted = [split for split in dict.fromkeys((*config.splits, *there)) if splits is None or split in splits]
        pairs += [(config.name, split) for split in wanted if split in there]
        absent = [f"{config.name}/{split}" for split in wanted if split not in there] if there else [config.name]
        missing += absent
        in_vain += absent if (splits if there else configs) is not None else []
    if not pairs:
        problem = f"has no files for {', '.join(missing)}"
        raise InputError(where=data_dir, problem=problem, fix=source.CARD.obtain.strip().removesuffix("."))
    return Plan(tuple(pairs), tuple(missing), tuple(in_vain))


def _check_splits(card: DatasetCard, configs: Sequence[str], splits: Sequence[str] | None) -> None:
    known = dict.fromkeys(split for config in card.configs if config.name in configs for split in config.splits)
    for split in splits or ():
        if split not in known:
            problem = f"there is no split {split!r} in {', '.join(configs)}"
            raise UnknownNameError(where=card.name, problem=problem, fix=f"Take one of {', '.join(known)}")
