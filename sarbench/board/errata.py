"""Corrections after publication: read from `errata.toml` beside the runs, shown to everyone, and nothing is deleted.

A correction may withdraw runs, or some of their tasks. What is withdrawn stays on the board with the date and the
reason, and takes no rank; where the model was run again, the next run takes it.
"""

import datetime
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from sarbench.errors import InputError
from sarbench.runs.record import Manifest

FILE = "errata.toml"
_FIX = "leaderboard/errata.md says how a correction is written"
_FORMS = {
    "erratum": "entries that each begin with the line [[erratum]]",
    "date": "a date alone, such as 2026-06-02",
    "reason": 'a text in quotes, such as "Answers were cut short."',
    "runs": 'a list of run ids in quotes, such as ["model-7b"]',
    "tasks": 'a list of names of tasks in quotes, such as ["sarbench_sarchat_rebuilt_counting"]',
}
"""What each word of the file stands for."""

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Erratum(BaseModel):
    """One correction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: datetime.date
    reason: _Text
    """What was wrong, which numbers it touched, what was done."""
    runs: tuple[_Text, ...] = ()
    """Ids of the runs that it withdraws."""
    tasks: tuple[_Text, ...] = ()
    """The tasks of these runs that it withdraws; empty for all."""

    @property
    def said(self) -> str:
        """The withdrawal in words."""
        return f"withdrawn {self.date}: {self.reason}"

    def withdraws(self, manifest: Manifest, task: str) -> bool:
        """Tell whether it withdraws what a run did on a task."""
        return manifest.run_id in self.runs and (not self.tasks or task in self.tasks)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    erratum: tuple[Erratum, ...] = Field(default=())


def read_errata(results: Path) -> tuple[Erratum, ...]:
    """Read the corrections of a folder of runs, newest first; none where there is no file.

    Raises:
        InputError: The file cannot be read, or an entry is not as `Erratum` has it.
    """
    path = results / FILE
    try:
        held = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ()
    except ValidationError as error:
        raise InputError(where=path, problem=_problem(error), fix=_FIX) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(where=path, problem=f"cannot be read: {error}", fix=_FIX) from error
    return tuple(sorted(held.erratum, key=lambda erratum: erratum.date, reverse=True))


def _problem(error: ValidationError) -> str:
    """Say what is wrong first, in words of the file."""
    first = error.errors()[0]
    place = " ".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = list(_FORMS)[1:] if len(first["loc"]) > 1 else ["erratum"]
        return f"{place}: is no word of it; there is {', '.join(known)}"
    form = next((_FORMS[part] for part in reversed(first["loc"]) if part in _FORMS), "as the page has it")
    return f"{place}: {'is not given; it is' if first['type'] == 'missing' else 'is not'} {form}"


def withdrawal(errata: Sequence[Erratum], manifest: Manifest, task: str) -> Erratum | None:
    """Return the newest correction that withdraws what a run did on a task."""
    return next((erratum for erratum in errata if erratum.withdraws(manifest, task)), None)


def check_errata(errata: Sequence[Erratum], results: Path, known: Mapping[str, Collection[str] | None]) -> None:
    """Refuse a correction that reaches nothing: a misspelt name would leave a wrong number its rank, silently.

    Args:
        errata: The corrections.
        results: The folder that they were read from.
        known: Run ids with the tasks of each; None for a run that could not be read.

    Raises:
        InputError: A run that is withdrawn is not there, or none of its runs has a task that is, or tasks are withdrawn
            of no run.
    """
    for erratum in errata:
        for run in erratum.runs:
            if run not in known:
                problem = f"withdraws the run {run}, which is not there"
                raise InputError(where=results / FILE, problem=problem, fix="Give its run id, and keep its folder")
        if erratum.tasks and not erratum.runs:
            problem = f"withdraws {erratum.tasks[0]} of no run: there are tasks, and no runs"
            raise InputError(where=results / FILE, problem=problem, fix="Add runs with the ids of the runs")
        of_runs = [known[run] for run in erratum.runs]
        for task in erratum.tasks:
            if not any(tasks is None or task in tasks for tasks in of_runs):
                problem = f"withdraws {task}, which none of its runs did"
                raise InputError(where=results / FILE, problem=problem, fix="Give the task's name as the run has it")
