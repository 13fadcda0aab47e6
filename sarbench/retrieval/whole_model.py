"""What transformers makes up where a model folder lacks it: random weights, and a tokenizer that knows no words."""

from collections.abc import Mapping
from typing import Any

from sarbench.errors import InputError
from sarbench.runs.made_up import listed, made_up

_HARMLESS = ("logit_scale", "logit_bias")
"""What scales similarities: embeddings do not depend on it."""
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
    missing, misshapen = made_up(report, harmless=_HARMLESS)
    if missing:
        problem = f"its files lack {len(missing)} weights, which would be random: {listed(missing)}"
        raise InputError(where=name, problem=problem, fix=fix)
    if misshapen:
        number = len(misshapen)
        problem = f"{number} weights in its files do not have the shape that its config.json asks: {listed(misshapen)}"
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
