"""Runs and built data → the site: the one place where the board meets the disk it does not own."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sarbench.board import DatasetNote, render_site
from sarbench.errors import InputError
from sarbench.hub.lookup import images_by_id
from sarbench.runs.record import TaskRun
from sarbench.runs.store import find_runs, load_run
from sarbench.sources import CARDS


def make_site(results: Path, out: Path, *, data: Path | None = None) -> Path:
    """Write the leaderboard of every run under `results`.

    Args:
        results: A folder with runs at any depth.
        out: The site's folder.
        data: A folder of built sets, `<dataset>/<config>/…`: their chips are copied into the site, for local use.

    Returns:
        The path of `index.html`.

    Raises:
        InputError: There is no run under `results`, or one cannot be read.
    """
    found = find_runs(results)
    if not found:
        raise InputError(
            where=results,
            problem="holds no run",
            fix="Make one with `sarbench eval … --out` or `sarbench floors --out`",
        )
    runs = [load_run(folder) for folder in found]
    return render_site(runs, out, notes=dataset_notes(), chips=chips_from(data) if data else None)


def dataset_notes() -> dict[str, DatasetNote]:
    """What the board may say and show of each dataset, from its card."""
    return {
        card.name: DatasetNote(
            name=card.name,
            title=card.title,
            licence=card.licence,
            obtain=card.obtain.replace("`", ""),
            may_show_texts=card.may_show_texts,
        )
        for card in CARDS.values()
    }


def chips_from(data: Path) -> Callable[[TaskRun, Sequence[str]], Mapping[str, bytes]]:
    """Look images up in a folder of built sets; a set that is not built there has none."""

    def chips(run: TaskRun, image_ids: Sequence[str]) -> Mapping[str, bytes]:
        folder = data / run.dataset
        if not (folder / run.config).is_dir():
            return {}
        return images_by_id(folder, run.config, run.split, image_ids)

    return chips
