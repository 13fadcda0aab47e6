"""Weights that a checkpoint lacks: transformers makes them up at random and says so in a log that nobody reads."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any

from sarbench.errors import InputError

_HARMLESS = re.compile(
    r"(^|\.)(inv_freq|original_inv_freq|position_ids|attention_mask|masked_bias|num_batches_tracked)$"
)
"""Buffers that a model computes itself."""
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
        lacking.extend(made_up(report))
        return (model, report) if asked else model

    PreTrainedModel.from_pretrained = classmethod(watched)
    try:
        yield lacking
    finally:
        PreTrainedModel.from_pretrained = original


def made_up(report: Mapping[str, Any]) -> list[str]:
    """Return the weights of a loading report that are random, sorted; tied ones and computed buffers are not.

    >>> made_up({"missing_keys": ["lm_head.weight", "rotary.inv_freq"], "mismatched_keys": [("a.bias", (2,), (3,))]})
    ['a.bias', 'lm_head.weight']
    """
    shaped = [key if isinstance(key, str) else key[0] for key in report.get("mismatched_keys") or ()]
    names = {str(name) for name in (*(report.get("missing_keys") or ()), *shaped)}
    return sorted(name for name in names if not _HARMLESS.search(name))


def require_whole(lacking: list[str], *, where: str) -> None:
    """Refuse a model with random weights.

    Raises:
        InputError: There are any.
    """
    if lacking:
        named = ", ".join(lacking[:3]) + (" …" if len(lacking) > 3 else "")
        problem = f"lacks {len(lacking)} weights, which would be random: {named}"
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
        named = ", ".join(broken[:3]) + (" …" if len(broken) > 3 else "")
        problem = f"{len(broken)} of its weights are not finite numbers: {named}"
        raise InputError(where=where, problem=problem, fix="Give a checkpoint of a training that did not diverge")


def _finite(weights: Any) -> bool:
    if weights.device.type == "meta" or not weights.dtype.is_floating_point or weights.dtype.itemsize < 2:
        return True
    return bool(weights.detach().reshape(-1)[:_LOOKED_AT].isfinite().all())
