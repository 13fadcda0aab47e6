"""Scores of a run in the forms that people paste: CSV, Markdown and LaTeX."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from sarbench.errors import UnknownNameError
from sarbench.export.as_csv import to_csv
from sarbench.export.tables import to_latex, to_markdown
from sarbench.files import write_text
from sarbench.runs.store import Run, load_run

FORMS: Mapping[str, Callable[[Run], str]] = MappingProxyType(
    {"csv": to_csv, "markdown": to_markdown, "latex": to_latex}
)
"""Name of a form → run → text."""


def export_run(run: Path, *, to: str, out: Path) -> None:
    """Write the scores of a run in one of `FORMS`; the file is whole or not there.

    Raises:
        UnknownNameError: There is no such form.
        InputError: The folder is no scored run.
    """
    if to not in FORMS:
        raise UnknownNameError(where=f"--to {to}", problem="is no form of export", fix=f"Use {', '.join(FORMS)}")
    write_text(out, FORMS[to](load_run(run)))


__all__ = ["FORMS", "export_run", "to_csv", "to_latex", "to_markdown"]
