"""Where the modules for the `evaluate` package lie."""

from pathlib import Path

from sarbench.errors import UnknownNameError

_FOLDER = Path(__file__).parent


def evaluate_path(name: str) -> str:
    """Return the folder of the `evaluate` module that scores one kind of question.

    It works offline: `evaluate.load(sarbench.evaluate_path("grounding"))`. What it computes is `sarbench.score`.

    Args:
        name: A kind of question, e.g. `counting` or `referring`.

    Raises:
        UnknownNameError: There is no module of that name.

    >>> evaluate_path("grounding").endswith("grounding")
    True
    """
    names = module_names()
    if name not in names:
        raise UnknownNameError(
            where=f"evaluate module {name!r}", problem="does not exist", fix=f"Use one of: {', '.join(names)}"
        )
    return str(_FOLDER / name)


def module_names() -> tuple[str, ...]:
    """Return the names that `evaluate_path` knows, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob("*/*.py") if path.stem == path.parent.name))
