"""Load, evaluate and compare vision-language models on synthetic aperture radar imagery.

The public names are looked up when they are used: `import sarbench` imports neither torch nor datasets.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sarbench._version import __version__

if TYPE_CHECKING:
    from sarbench.evaluate_modules.where import evaluate_path
    from sarbench.hub import list_datasets, load_dataset
    from sarbench.imaging import decode_raw
    from sarbench.prompts import to_messages
    from sarbench.runs.score import score

__all__ = ["__version__", "decode_raw", "evaluate_path", "list_datasets", "load_dataset", "score", "to_messages"]

_HOME = {
    "decode_raw": "sarbench.imaging",
    "evaluate_path": "sarbench.evaluate_modules.where",
    "list_datasets": "sarbench.hub",
    "load_dataset": "sarbench.hub",
    "score": "sarbench.runs.score",
    "to_messages": "sarbench.prompts",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module 'sarbench' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
