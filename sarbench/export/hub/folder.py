"""The folder that `sarbench export --to hub` writes, whole or not at all."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

import yaml

from sarbench.errors import InputError
from sarbench.export.hub.record import write_record
from sarbench.export.hub.results import card_data, entries
from sarbench.export.publishable import check_publishable
from sarbench.export.tables import to_markdown
from sarbench.runs.store import Run

CARD = "card/README.md"
ENTRIES = "model/.eval_results/sarbench.yaml"
RECORD = "record"


def write_hub_folder(run: Run, out: Path) -> list[Path]:
    """Write a run for the Hub.

    `card/README.md` is a model card with the scores as `model-index`, to be merged into the model's own. `model/` holds
    what is added to the model's repository as it is, where a task's dataset is on the Hub. `record/` is the run as a
    dataset repository.

    Args:
        run: The run.
        out: A folder that does not exist or is empty.

    Returns:
        What was written, as paths.

    Raises:
        InputError: The run is a floor's, perturbed, or on simulated data; it holds no number; or the folder holds
            something.
        RunError: The run is no whole result, or its scores are not those of its answers.
        MissingExtraError: huggingface_hub is too old.
    """
    if run.manifest.perturbation:
        problem = f"was asked with images perturbed by {run.manifest.perturbation}: no result for the model's own page"
        raise InputError(where=run.folder, problem=problem, fix="Export the run on the images as they are")
    check_publishable(run, form="the Hub")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(where=out, problem="is there already", fix="Give a new folder, or remove this one")
    data = card_data(run)
    if not data.eval_results:
        raise InputError(where=run.folder, problem="holds no number to export", fix="Run `sarbench score` on it")
    out.parent.mkdir(parents=True, exist_ok=True)
    room = Path(mkdtemp(prefix=f".{out.name}-", dir=out.resolve().parent))
    try:
        new = room / "new"
        _write(new / CARD, f"---\n{data.to_yaml()}\n---\n\n# Results on SAR tasks\n\n{to_markdown(run)}")
        if found := entries(run):
            _write(new / ENTRIES, yaml.safe_dump(found, sort_keys=False, allow_unicode=True))
        write_record(run, new / RECORD)
        new.replace(out)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return [out / name for name in (CARD, ENTRIES, RECORD) if (out / name).exists()]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
