"""Backends of lmms-eval that load a checkpoint with random weights, or with weights that are no numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from sarbench.errors import InputError
from sarbench.runs.made_up import listed, made_up

_LOOKED_AT = 4096


@contextmanager
def whole_weights() -> Iterator[list[str]]:
    """Look at what every model reports that is loaded inside.

    Yields:
        The weights that the files lacked or held in another shape; they are random now.
    """
    lacking: list[str] = []
    try:
        from transformers import PreTrainedModel
    except ImportError:  # a backend without transformers
        yield lacking
        return
    original = PreTrainedModel.__dict__["from_pretrained"]

    @wraps(original.__func__)
    def watched(cls: type, *args: Any, **options: Any) -> Any:
        asked = options.pop("output_loading_info", False)
        model, report = original.__func__(cls, *args, output_loading_info=True, **options)
        found = made_up(report)
        lacking.extend(sorted({*found.missing, *found.misshapen}))
        return (model, report) if asked else model

    PreTrainedModel.from_pretrained = classmethod(watched)
    try:
        yield lacking
    finally:
        PreTrainedModel.from_pretrained = original


def require_whole(lacking: list[str], *, where: str) -> None:
    """Refuse a model with random weights.

    Raises:
        InputError: There are any.
    """
    if lacking:
        problem = f"lacks {len(lacking)} weights, which would be random: {listed(lacking)}"
        raise InputError(where=where, problem=problem, fix="Give a whole checkpoint, and the adapters that it needs")


def require_numbers(model: Any, *, where: str) -> None:
    """Refuse a local model whose weights are not numbers; only the beginning of each is looked at.

    Raises:
        InputError: Some are NaN or infinite.
    """
    inner = getattr(model, "model", None)
    if inner is None or not hasattr(inner, "named_parameters"):
        return
    broken = [name for name, weights in inner.named_parameters() if not _finite(weights)]
    if broken:
        problem = f"{len(broken)} of its weights are not finite numbers: {listed(broken)}"
        raise InputError(where=where, problem=problem, fix="Give a checkpoint of a training that did not diverge")


def _finite(weights: Any) -> bool:
    if weights.device.type == "meta" or not weights.dtype.is_floating_point or weights.dtype.itemsize < 2:
        return True
    return bool(weights.detach().reshape(-1)[:_LOOKED_AT].isfinite().all())
