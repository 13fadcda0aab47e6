"""Scores as pure functions of values: no I/O. Its modules are imported when they are used."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sarbench.metrics import (
        average_precision,
        boxes,
        caption,
        choice,
        count,
        fields,
        fusar,
        presence,
        rates,
        retrieval,
        robustness,
        sarchat,
        vqa,
    )

__all__ = [
    "average_precision",
    "boxes",
    "caption",
    "choice",
    "count",
    "fields",
    "fusar",
    "presence",
    "rates",
    "retrieval",
    "robustness",
    "sarchat",
    "vqa",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        msg = f"module 'sarbench.metrics' has no attribute {name!r}"
        raise AttributeError(msg)
    return import_module(f"sarbench.metrics.{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
