"""Weights that a checkpoint lacks: transformers makes them up at random and says so in a log that nobody reads."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

_COMPUTED = re.compile(
    r"(^|\.)(inv_freq|original_inv_freq|position_ids|attention_mask|masked_bias|num_batches_tracked)$"
)
"""Buffers that a model computes itself."""
_SHOWN = 3


class MadeUp(NamedTuple):
    """Names of weights that are random, sorted."""

    missing: tuple[str, ...]
    """The files do not hold them."""
    misshapen: tuple[str, ...]
    """The files hold them in another shape than `config.json` asks."""


def made_up(report: Mapping[str, Any], *, harmless: Iterable[str] = ()) -> MadeUp:
    """Read what `from_pretrained(…, output_loading_info=True)` reports; computed buffers are left out.

    Args:
        report: The second value that it returns.
        harmless: Last parts of further names that do not matter.

    >>> made_up({"missing_keys": ["lm_head.weight", "rotary.inv_freq"], "mismatched_keys": [("a.bias", (2,), (3,))]})
    MadeUp(missing=('lm_head.weight',), misshapen=('a.bias',))
    """
    # A misshapen one is a name, or a name with both shapes.
    misshapen = (key if isinstance(key, str) else key[0] for key in report.get("mismatched_keys") or ())
    spared = frozenset(harmless)
    return MadeUp(_that_matter(report.get("missing_keys") or (), spared), _that_matter(misshapen, spared))


def _that_matter(names: Iterable[Any], spared: frozenset[str]) -> tuple[str, ...]:
    known = {str(name) for name in names}
    return tuple(sorted(n for n in known if not _COMPUTED.search(n) and n.rpartition(".")[2] not in spared))


def listed(names: Sequence[str]) -> str:
    """Name the first few, and say how many more there are.

    >>> listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
