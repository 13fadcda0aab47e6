"""The errors that sarbench raises on purpose.

Every message names the thing, the place and the next step, so that it can be read without a traceback.
The command line prints the message and leaves with `exit_code`.
"""

from pathlib import Path


class SarbenchError(Exception):
    """Something sarbench cannot go on with.

    Args:
        problem: What is wrong, as a sentence without a final full stop.
        where: The file, folder, record or name that it is wrong with.
        fix: What the reader can do next, as a sentence without a final full stop.

    >>> str(SarbenchError(where="data/train.json", problem="holds no images", fix="Download the file again"))
    'data/train.json: holds no images. Download the file again.'
    """

    exit_code = 1

    def __init__(self, *, problem: str, where: str | Path | None = None, fix: str) -> None:
        self.problem = problem
        self.where = None if where is None else str(where)
        self.fix = fix
        place = "" if where is None else f"{where}: "
        super().__init__(f"{place}{problem}. {fix}.")

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling between worker processes although its arguments are keyword-only."""
        return (_rebuild, (type(self), self.problem, self.where, self.fix))


def _rebuild(kind: type[SarbenchError], problem: str, where: str | None, fix: str) -> SarbenchError:
    return kind(problem=problem, where=where, fix=fix)


class InputError(SarbenchError):
    """A file or folder that the user gave is missing or cannot be used."""


class UnknownNameError(SarbenchError):
    """A dataset, config, split, task, prompt or convention that does not exist."""

    exit_code = 2


class MissingExtraError(SarbenchError):
    """A command that needs packages which a plain installation leaves out."""


class RunError(SarbenchError):
    """An evaluation that did not produce what it should have."""
