"""The authors' files from their repository on the Hub, kept under `SARBENCH_HOME`."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

from tqdm import tqdm

from sarbench import paths, sources
from sarbench.errors import InputError
from sarbench.sources import DatasetCard
from sarbench.sources.download.fetch import Progress, fetch
from sarbench.sources.download.listing import EXTRA

_log = logging.getLogger(__name__)


class HubSource(Protocol):
    """What the module of a dataset offers whose card names a repository."""

    def hub_files(self, paths: Sequence[str], configs: Sequence[str], options: Mapping[str, str]) -> list[str]:
        """Return which of the repository's files these configs need."""


def ensure_download(
    card: DatasetCard,
    configs: Sequence[str],
    *,
    revision: str | None = None,
    options: Mapping[str, str],
    progress: Progress | None = None,
) -> Path:
    """Make sure that the authors' files which some configs need are on disk; fetch those that are not.

    The files lie in `$SARBENCH_HOME/downloads/<name>/<first 12 digits of the commit>`. What the repository does not
    hold, such as SARDet-100K's images for SARLANG-1M, goes into `$SARBENCH_HOME/downloads/<name>/extra`, as files or as
    links; it is read together with the files of every commit.

    Args:
        card: The dataset.
        configs: Names of configs.
        revision: A branch, tag or commit of the authors' repository. Default: the commit that the card names.
        options: The dataset's options, complete.
        progress: Called with the number of bytes that arrived since the last call. Default: a bar on a terminal.

    Returns:
        A data folder for `sarbench build` and `load_dataset`.

    Raises:
        InputError: The dataset is in no repository, or its files cannot be fetched; the message says what to do.
    """
    if card.hub is None:
        problem = "is in no repository on the Hub that sarbench could fetch it from"
        raise InputError(where=card.name, problem=problem, fix=card.obtain.strip().removesuffix("."))
    source = cast(HubSource, sources.get(card.name))
    into = paths.home() / "downloads" / card.name
    with tqdm(desc=card.name, unit="B", unit_scale=True, delay=1, disable=None if progress is None else True) as bar:
        folder = fetch(
            card.hub,
            revision=revision,
            wanted=lambda names: source.hub_files(names, configs, options),
            into=into,
            progress=bar.update if progress is None else progress,
            total=bar.reset if progress is None else None,
        )
    _show_extra(into / EXTRA, folder / EXTRA)
    return folder


def _show_extra(extra: Path, link: Path) -> None:
    """Make the user's own files visible inside the folder of a commit."""
    try:
        extra.mkdir(exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(Path("..") / EXTRA, target_is_directory=True)
    except FileExistsError:  # another process made it, or the user put a folder there
        return
    except OSError as error:  # a system without links
        _log.warning("%s cannot be linked to %s (%s): put further files into the latter", extra, link.parent, error)
