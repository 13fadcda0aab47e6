"""The authors' files where they can be had without asking the user for them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sarbench import paths, sources
from sarbench.hub.fetch import ensure_download
from sarbench.sources import check_options


def downloads(name: str) -> Path:
    """Return where the authors' files of a dataset are looked for; it need not exist."""
    return paths.home() / "downloads" / name


def files_at_hand(name: str, configs: Sequence[str], *, options: Mapping[str, str]) -> Path | None:
    """Return the authors' files of some configs: fetched from their Hub repository, or put down by the user.

    Args:
        name: The dataset.
        configs: Names of configs.
        options: Choices in reading the files; those that are not named are the card's.

    Returns:
        A data folder for `sarbench build`; None where the authors have no repository and nothing lies in
        `$SARBENCH_HOME/downloads/<name>`.

    Raises:
        UnknownNameError: There is no such dataset or option.
        InputError: The repository cannot be reached or read; the message says what to do.
    """
    card = sources.get(name).CARD
    if card.hub is not None:
        return ensure_download(card, configs, options=check_options(card, options))
    folder = downloads(name)
    return folder if folder.is_dir() and any(folder.iterdir()) else None
