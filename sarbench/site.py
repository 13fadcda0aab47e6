"""Runs and built data → the site: the one place where the board meets the disk it does not own."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sarbench.board import DatasetNote, render_site
from sarbench.board.errata import check_errata, read_errata
from sarbench.board.soundness import fault
from sarbench.errors import InputError, UnknownNameError
from sarbench.hub.lookup import images_by_id
from sarbench.runs.finding import find_runs
from sarbench.runs.record import TaskRun
from sarbench.runs.stopped import stopped_runs
from sarbench.runs.store import Run, load_run
from sarbench.sources import CARDS

_DERIVED = (
    "Questions and answers are made by sarbench's rules from another dataset's boxes; the numbers must not be compared "
    "with the paper's."
)


def make_site(results: Path, out: Path, *, data: Path | None = None) -> Path:
    """Write the leaderboard of every run under `results`.

    Args:
        results: A folder with runs at any depth, and the corrections in its `errata.toml`, where there are some.
        out: The site's folder.
        data: A folder of built sets, `<dataset>/<config>/…`: their chips are copied into the site, for local use.

    Returns:
        The path of `index.html`.

    Raises:
        InputError: `data` holds no built set, or no run under `results` can be read. Single runs that cannot be read,
            or whose numbers cannot be, are left out and named on the first page. A correction cannot be read, or is
            about a run that is not there.
    """
    if data is not None and not any(data.glob("*/sarbench.json")):
        fix = "Give the folder that `sarbench build` writes into, $SARBENCH_HOME or its default"
        raise InputError(where=data, problem="holds no built set", fix=fix)
    if results.resolve().is_relative_to(out.resolve()):
        raise InputError(where=results, problem="lies inside the site, which is replaced", fix="Give another --out")
    found = find_runs(results)
    if not found:
        if (stopped := next(stopped_runs(results), None)) is not None:
            raise stopped
        raise InputError(
            where=results,
            problem="holds no run",
            fix="Make one with `sarbench eval … --out` or `sarbench floors --out`",
        )
    runs, left_out = _readable(found, results)
    if not runs:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in left_out.items())
        raise InputError(
            where=results, problem=f"holds no readable run ({reasons})", fix="Mend or remove these folders"
        )
    errata = read_errata(results)
    done = {run.manifest.run_id: [task.task for task in run.manifest.tasks] for run in runs}
    check_errata(errata, results, {**dict.fromkeys(left_out), **done})
    chips = chips_from(data) if data else None
    return render_site(runs, out, notes=dataset_notes(), chips=chips, left_out=left_out, errata=errata)


def _readable(folders: Sequence[Path], results: Path) -> tuple[list[Run], dict[str, str]]:
    """Read the runs that can be read and can be true; the others are named with why. Equal run ids become paths."""
    runs: list[Run] = []
    left_out: dict[str, str] = {}
    for folder in folders:
        path = str(folder.relative_to(results))
        try:
            run = load_run(folder)
        except InputError as error:
            left_out[path] = f"{error.problem}. {error.fix}"
        except OSError as error:
            left_out[path] = f"cannot be read: {error.strerror or error}"
        else:
            if (wrong := fault(run)) is not None:
                left_out[path] = f"cannot be true: {wrong}"
            else:
                runs.append(run)
    counted = Counter(run.manifest.run_id for run in runs)
    for run in runs:
        if counted[run.manifest.run_id] > 1:
            path = str(run.folder.relative_to(results))
            run.manifest = run.manifest.model_copy(update={"run_id": path})
    return runs, left_out


def dataset_notes() -> dict[str, DatasetNote]:
    """What the board may say and show of each dataset, from its card."""
    return {
        card.name: DatasetNote(
            name=card.name,
            title=card.title,
            licence=card.licence,
            obtain=card.obtain.replace("`", ""),
            may_show_texts=card.may_show_texts,
            derived={config.name: _DERIVED for config in card.configs if config.text_origin == "derived"},
        )
        for card in CARDS.values()
    }


def chips_from(data: Path) -> Callable[[TaskRun, Sequence[str]], Mapping[str, bytes]]:
    """Look images up in a folder of built sets; a set, config or split that is not built there has none."""
    built = {index.parent.name: index.parent for index in data.glob("*/sarbench.json")}

    def chips(run: TaskRun, image_ids: Sequence[str]) -> Mapping[str, bytes]:
        if run.dataset not in built:
            return {}
        try:
            return images_by_id(built[run.dataset], run.config, run.split, image_ids)
        except UnknownNameError:
            return {}

    return chips
