"""Load, evaluate and compare vision-language models on synthetic aperture radar imagery.

The public names and rooms are looked up when they are used: `import sarbench` imports neither torch nor datasets, and
`sarbench.answers.parse` wants no further import.
"""

from importlib import import_module

from sarbench._version import __version__

TYPE_CHECKING = False  # importing `typing` would take longer than all of this
if TYPE_CHECKING:
    from sarbench import answers, coords, errors, hub, imaging, metrics, perturb, prompts, schema, simulate, stats
    from sarbench.evaluate_modules.where import evaluate_path
    from sarbench.hub import list_datasets, load_dataset
    from sarbench.imaging import decode_raw
    from sarbench.prompts import to_messages
    from sarbench.runs.score import score

__all__ = [
    "__version__",
    "answers",
    "coords",
    "decode_raw",
    "errors",
    "evaluate_path",
    "hub",
    "imaging",
    "list_datasets",
    "load_dataset",
    "metrics",
    "perturb",
    "prompts",
    "schema",
    "score",
    "simulate",
    "stats",
    "to_messages",
]

_HOME = {
    "decode_raw": "sarbench.imaging",
    "evaluate_path": "sarbench.evaluate_modules.where",
    "list_datasets": "sarbench.hub",
    "load_dataset": "sarbench.hub",
    "score": "sarbench.runs.score",
    "to_messages": "sarbench.prompts",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        msg = f"module 'sarbench' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name) if name in _HOME else import_module(f"sarbench.{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
