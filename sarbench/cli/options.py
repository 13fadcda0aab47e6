"""Reading what several commands take in the same form."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from sarbench.errors import UnknownNameError


class Layout(StrEnum):
    """How the images of a config lie on disk."""

    AUTO = "auto"
    FLAT = "flat"
    JOINED = "joined"


class Engine(StrEnum):
    """What spreads the work of a build."""

    LOCAL = "local"
    RAY = "ray"


def names(values: Sequence[str] | None) -> tuple[str, ...] | None:
    """Take names apart that come comma-separated, repeated, or both.

    Raises:
        UnknownNameError: One is empty, as of a shell variable that is not set: left out, it would widen what is asked.

    >>> names(["a,b", "c"])
    ('a', 'b', 'c')
    """
    if values is None:
        return None
    taken = tuple(name.strip() for value in values for name in value.split(","))
    if "" in taken:
        fix = "Name something between the commas, or leave the option out"
        raise UnknownNameError(where=f"the names {','.join(values)!r}", problem="hold an empty one", fix=fix)
    return taken or None


def assignments(values: Iterable[str] | None) -> dict[str, str]:
    """Take `NAME=VALUE` apart.

    Raises:
        UnknownNameError: There is no `=` in one, or a name is given twice with different values.

    >>> assignments(["imagery=original"])
    {'imagery': 'original'}
    """
    taken: dict[str, str] = {}
    for value in values or ():
        name, sign, choice = (part.strip() for part in value.partition("="))
        if not sign or not name or taken.get(name, choice) != choice:
            problem = "is not one NAME=VALUE" if not sign or not name else f"says something else than {taken[name]!r}"
            raise UnknownNameError(where=f"--option {value}", problem=problem, fix="Write for example imagery=original")
        taken[name] = choice
    return taken


def out_path(given: str | Path) -> Path:
    """Read `--out`; an empty one, as of a shell variable that is not set, would be the current folder.

    Raises:
        UnknownNameError: It is empty.
    """
    if not str(given).strip():
        raise UnknownNameError(where="--out", problem="is empty", fix="Name a file or folder; . is the current one")
    return Path(given)
