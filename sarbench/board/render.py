"""Writing the site: the only part of the board that touches the disk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from sarbench.board import numbers, svg, texts
from sarbench.board.chip_files import ChipFile, chip_file
from sarbench.board.entries import Entry
from sarbench.board.errata import Erratum
from sarbench.board.forest import forest
from sarbench.board.identity import identity
from sarbench.board.inputs import Chips, DatasetNote
from sarbench.board.judges import interval_method, judge
from sarbench.board.machine import to_csv, to_json
from sarbench.board.model import Board, make_board
from sarbench.board.names import metric_label, printable, slug, task_label
from sarbench.board.overlay import overlay
from sarbench.board.run_page import parameters, run_page
from sarbench.board.sample_views import SamplesView, view_samples
from sarbench.board.site_folder import replacing_site
from sarbench.board.standings import Standings
from sarbench.board.task_page import TaskRow, TaskTable, task_table
from sarbench.runs.store import Run

_HERE = Path(__file__).parent
_ASSETS = ("board.css", "board.js", "mark.svg")
_NO_NOTES: Mapping[str, DatasetNote] = MappingProxyType({})
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class _Site:
    """What every page needs."""

    folder: Path
    title: str
    pages: Environment
    board: Board
    notes: Mapping[str, DatasetNote]
    chips: Chips | None
    samples_per_task: int
    left_out: Mapping[str, str]


def render_site(
    runs: Sequence[Run],
    out: Path,
    *,
    notes: Mapping[str, DatasetNote] = _NO_NOTES,
    chips: Chips | None = None,
    samples_per_task: int = 12,
    title: str = "sarbench leaderboard",
    left_out: Mapping[str, str] = _NONE,
    errata: Sequence[Erratum] = (),
) -> Path:
    """Write the leaderboard of `runs` as a static site. The same inputs give the same bytes.

    Args:
        runs: The runs, in any order.
        out: The site's folder: new, empty, or a site that sarbench wrote before, which is replaced as a whole.
        notes: What to say and show of each dataset, by its name in the manifests. Without a note, no texts are shown.
        chips: Fetches images for the sample pages; without it, boxes are drawn on a blank frame.
        samples_per_task: How many samples a task page shows at most.
        title: Title of the site.
        left_out: Runs that could not be read, path → reason; the index names them.
        errata: Corrections, newest first; what they withdraw is shown and takes no rank.

    Returns:
        The path of `index.html` in `out`.

    Raises:
        InputError: Two runs have the same id, or `out` holds something else than a site.
    """
    with replacing_site(out) as folder:
        board = make_board(runs, errata)
        site = _Site(folder, title, _environment(notes, title), board, notes, chips, samples_per_task, left_out)
        for name in _ASSETS:
            _write(folder / "assets" / name, (_HERE / "assets" / name).read_bytes())
        _write(folder / "board.json", to_json(board, title=title).encode())
        _write(folder / "board.csv", to_csv(board).encode())
        _index(site)
        _methods(site)
        for task in _tasks(board):
            _task(site, task)
        for run in board.runs:
            _run(site, run)
    return out / "index.html"


def _environment(notes: Mapping[str, DatasetNote], title: str) -> Environment:
    pages = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Whatever a record holds, no control character of it reaches a page; markup is of our own making.
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    pages.filters |= {
        "count": numbers.count,
        "share": numbers.share,
        "printable": printable,
        "verbatim": _verbatim,
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
    }
    pages.globals |= {
        "site_title": title,
        "svg": svg,
        "forest_plot": forest,
        "overlay": overlay,
        "texts": texts,
        "metric_label": metric_label,
        "task_label": task_label,
        "entry_detail": _entry_detail,
        "task_href": task_href,
        "run_href": run_href,
        "asked_by": lambda manifest: identity(manifest).asked,
        "dataset_title": lambda name: printable(notes[name].title if name in notes else name),
        "top": _top,
        "shares": _shares,
    }
    return pages


def task_href(task: str) -> str:
    """Where the page of a task lies in the site."""
    return f"tasks/{slug(task)}.html"


def run_href(run_id: str) -> str:
    """Where the page of a run lies in the site."""
    return f"models/{slug(run_id)}.html"


def _tasks(board: Board) -> list[str]:
    return sorted({variant.task for variant in board.standings})


def _index(site: _Site) -> None:
    board = site.board
    dates = sorted(run.manifest.ended[:10] for run in board.runs)
    period = "" if not dates else dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    tasks = [(task, board.variants(task)[0]) for task in _tasks(board)]
    content = {
        "here": "index",
        "board": board,
        "tasks": tasks,
        "models": len({run.manifest.model.id for run in board.runs if run.manifest.kind == "model"}),
        "period": period,
        "derived": _derived(site, tasks),
        "left_out": sorted(site.left_out.items()),
        "known": _known(site),
        "runs": [run for run in board.runs if run.manifest.perturbation in {None, "blank"}],
        "changed": any(table.changed for table in board.tables),
    }
    _page(site, "index.html", "index.html", site.title, content)


def _derived(site: _Site, tasks: Sequence[tuple[str, Standings]]) -> dict[str, list[str]]:
    """Collect the sentences on derived tasks, each once, with the tasks that it is about."""
    found: dict[str, list[str]] = {}
    for task, held in tasks:
        note = site.notes.get(held.task.dataset)
        if note is not None and (sentence := note.derived.get(held.task.config)):
            found.setdefault(sentence, []).append(task)
    return found


def _methods(site: _Site) -> None:
    scores = [score for run in site.board.runs for task in run.scores.tasks for score in task.scores]
    datasets = sorted({(task.dataset, task.simulated) for run in site.board.runs for task in run.manifest.tasks})
    content = {
        "here": "methods",
        "protocols": sorted({score.protocol for score in scores}),
        "methods": sorted({method for score in scores if (method := interval_method(score))}),
        "judges": sorted({told for score in scores if (told := judge(score))}),
        "simulated": site.board.simulated,
        "datasets": [(name, site.notes.get(name), simulated) for name, simulated in datasets],
    }
    _page(site, "methods.html", "methods.html", "Methods", content)


def _task(site: _Site, task: str) -> None:
    held = site.board.variants(task)
    note = site.notes.get(held[0].task.dataset)
    tables = []
    chips: dict[str, ChipFile] = {}
    for number, standings in enumerate(held, start=1):
        view = view_samples(standings, wanted=site.samples_per_task, note=note)
        tables.append((task_table(standings, number=number), view))
        chips |= _chips(site, standings, view)
    known = _known(site)
    content = {"here": "task", "first": held[0], "note": note, "tables": tables, "chips": chips, "known": known}
    _page(site, task_href(task), "task.html", task_label(task, held[0].task.dataset), content)


def _run(site: _Site, run: Run) -> None:
    manifest = run.manifest
    content = {
        "here": "run",
        "page": run_page(run),
        "known": _known(site),
        "errata": [erratum for erratum in site.board.errata if manifest.run_id in erratum.runs],
        "simulated": any(task.simulated for task in manifest.tasks),
    }
    _page(site, run_href(manifest.run_id), "run.html", f"{manifest.model.id} ({manifest.run_id})", content)


def _known(site: _Site) -> dict[str, str]:
    """Return run id → model: what a page may link to."""
    return {run.manifest.run_id: run.manifest.model.id for run in site.board.runs}


def _chips(site: _Site, held: Standings, view: SamplesView) -> dict[str, ChipFile]:
    """Fetch the images of the samples shown, write them once each, and say which file is which image."""
    wanted = sorted({sample.image_id for sample in view.samples if sample.image_id is not None})
    if site.chips is None or not wanted:
        return {}
    found = site.chips(held.task, wanted)
    files = {image: file for image in wanted if image in found and (file := chip_file(found[image])) is not None}
    for file in files.values():
        _write(site.folder / file.path, file.content)
    return files


def _page(site: _Site, path: str, template: str, title: str, content: Mapping[str, Any]) -> None:
    root = "../" * path.count("/")
    text = site.pages.get_template(template).render(page_title=printable(title), root=root, **content)
    _write(site.folder / path, _tidy(text.split("\n")).encode())


def _tidy(lines: Iterable[str]) -> str:
    """Drop blank lines that template tags leave behind; shown texts keep theirs, see `_verbatim`."""
    return "\n".join(line for line in lines if line.strip()) + "\n"


def _verbatim(text: str) -> Markup:
    """Escape a text so that its line breaks survive the tidying of the page and the first one survives `pre`."""
    return Markup(escape(text).replace("\n", Markup("&#10;")))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _entry_detail(entry: Entry) -> str:
    """Describe a model in a few words, as far as its manifest does."""
    model = entry.model
    weights = {True: "open weights", False: "closed weights", None: ""}[model.open_weights]
    revision = f"rev\N{NO-BREAK SPACE}{model.revision[:7]}" if model.revision else ""
    parts = [parameters(model.parameters), weights if entry.role != "floor" else "", model.licence or "", revision]
    return " · ".join(part for part in parts if part)


def _top(table: TaskTable) -> float:
    """End of the scale of a table's bars where the unit is not percent."""
    ends = [max(row.value, row.high or 0.0) for row in table.forest]
    return max(ends, default=1.0) or 1.0


def _shares(row: TaskRow) -> list[tuple[str, float]]:
    return [(name, part) for name, _, part in row.outcomes]
