"""What transformers makes up where a model folder lacks it: random weights, and a tokenizer that knows no words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sarbench.errors import InputError

_HARMLESS = frozenset({"position_ids", "logit_scale", "logit_bias"})
"""Names that embeddings do not depend on: a row of numbers that is always the same, and what scales similarities."""
_SHOWN = 3
_PADDED = 2
"""A text tower may have more places than its tokenizer has words, filled up to a round number; never so many times."""


def require_weights(name: str, report: Mapping[str, Any]) -> None:
    """Refuse a model with weights that its files do not hold, or hold in another shape: these would be random.

    Args:
        name: The model, for messages.
        report: What `from_pretrained(…, output_loading_info=True)` says.

    Raises:
        InputError: It names such weights.
    """
    fix = "Give a whole checkpoint, saved with this architecture"
    missing = _that_matter(report.get("missing_keys") or ())
    if missing:
        problem = f"its files lack {len(missing)} weights, which would be random: {_listed(missing)}"
        raise InputError(where=name, problem=problem, fix=fix)
    # Each is a name, or a name with both shapes.
    other = _that_matter(key if isinstance(key, str) else key[0] for key in report.get("mismatched_keys") or ())
    if other:
        problem = f"{len(other)} weights in its files do not have the shape that its config.json asks: {_listed(other)}"
        raise InputError(where=name, problem=problem, fix=fix)


def require_words(name: str, tokenizer: Any, places: int) -> None:
    """Refuse a tokenizer without its words: every text would be the same to it, or nearly.

    Args:
        name: The model, for messages.
        tokenizer: The tokenizer of the model's processor.
        places: Rows of the text tower's table of words (`text_config.vocab_size`).

    Raises:
        InputError: It has far fewer words than the text tower has rows.
    """
    words = len(tokenizer)
    if words * _PADDED > places:
        return
    files = sorted(set(getattr(tokenizer, "vocab_files_names", {}).values()))
    raise InputError(
        where=name,
        problem=f"its tokenizer knows {words} words, where its text tower has {places}",
        fix=f"Put the tokenizer's own files beside the weights ({', '.join(files) or 'tokenizer.json'}): "
        "processor.save_pretrained(FOLDER) writes them",
    )


def _that_matter(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.rpartition(".")[2] not in _HARMLESS)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
