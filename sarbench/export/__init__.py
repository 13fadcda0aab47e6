"""Scores of a run in the forms that people paste and that collections of results read."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from sarbench.errors import UnknownNameError
from sarbench.export.as_csv import to_csv
from sarbench.export.every_eval_ever import write_every_eval_ever
from sarbench.export.hub import write_hub_folder
from sarbench.export.publishable import check_scores
from sarbench.export.tables import to_latex, to_markdown
from sarbench.files import write_text
from sarbench.runs.store import Run, load_run

FORMS: Mapping[str, Callable[[Run], str]] = MappingProxyType(
    {"csv": to_csv, "markdown": to_markdown, "latex": to_latex}
)
"""Name of a form that is one text → run → text."""

EVERY_EVAL_EVER, HUB = "every-eval-ever", "hub"
"""Forms of several files."""


def export_run(run: Path, *, to: str, out: Path, by: str = "unknown", relationship: str = "other") -> list[Path]:
    """Write the scores of a run; every file is whole or not there.

    Args:
        run: The run's folder.
        to: One of `FORMS`, `every-eval-ever` or `hub`.
        out: The file; for `hub` a new folder, for `every-eval-ever` a `.json` file or a folder.
        by: `every-eval-ever`: the organisation that evaluated.
        relationship: `every-eval-ever`: what it is to the model's developer.

    Returns:
        What was written.

    Raises:
        UnknownNameError: There is no such form.
        InputError: The folder is no scored run, or one that the form cannot hold.
        RunError: The form is a public collection, and the run is no whole result (see `check_publishable`).
    """
    if to == EVERY_EVAL_EVER:
        return write_every_eval_ever(load_run(run), out, by=by, relationship=relationship)
    if to == HUB:
        return write_hub_folder(load_run(run), out)
    if to not in FORMS:
        known = ", ".join((*FORMS, EVERY_EVAL_EVER, HUB))
        raise UnknownNameError(where=f"--to {to}", problem="is no form of export", fix=f"Use {known}")
    scored = load_run(run)
    check_scores(scored)
    write_text(out, FORMS[to](scored))
    return [out]


__all__ = [
    "EVERY_EVAL_EVER",
    "FORMS",
    "HUB",
    "export_run",
    "to_csv",
    "to_latex",
    "to_markdown",
    "write_every_eval_ever",
    "write_hub_folder",
]
