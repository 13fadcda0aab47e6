"""A LLaVA of about one megabyte with random weights: real enough for every backend, small enough for every machine.

It sees nothing and knows nothing. It exists so that the whole path from images to a leaderboard can be run, tested and
shown anywhere, without a network or a GPU.
"""

import shutil
from pathlib import Path
from typing import Any

from sarbench.errors import MissingExtraError

_IMAGE, _END, _PAD = "<image>", "</s>", "<pad>"
_PATCH, _SIDE, _WIDTH = 14, 56, 64

_WORDS = (
    *(" aircraft", " bridge", " car", " harbor", " ship", " tank"),
    *(" top left", " middle center", " bottom right"),
    *(" very small", " large"),
    *(f" {number}" for number in range(1, 7)),
    *(f" [{x}, {y}, {x + side}, {y + side}]" for x in (20, 180) for y in (40, 220) for side in (24, 96)),
    ".",
)
"""Whole answers as single tokens, so that even random weights say things that a parser can read."""

_CHAT_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] | upper }}: "
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>\n{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}\n{% endfor %}{% if add_generation_prompt %}ASSISTANT: {% endif %}"
)


def make_tiny_vlm(folder: Path, *, seed: int = 0) -> Path:
    """Save a tiny random LLaVA, its tokenizer and its processor as `save_pretrained` does.

    Args:
        folder: Where it goes; written beside and renamed, so that it is whole or absent.
        seed: Seed of the weights.

    Raises:
        MissingExtraError: torch or transformers are not installed.
    """
    try:
        import torch
        import transformers
    except ImportError as error:
        raise MissingExtraError(
            where=error.name, problem="is not installed", fix='Install it with `pip install "sarbench[eval]"`'
        ) from error

    torch.manual_seed(seed)
    tokenizer = _tokenizer(transformers)
    model = transformers.LlavaForConditionalGeneration(_config(transformers, tokenizer))
    _favour_answers(model, tokenizer)
    processor = transformers.LlavaProcessor(
        image_processor=transformers.CLIPImageProcessor(
            size={"shortest_edge": _SIDE}, crop_size={"height": _SIDE, "width": _SIDE}
        ),
        tokenizer=tokenizer,
        patch_size=_PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token=_IMAGE,
        chat_template=_CHAT_TEMPLATE,
    )
    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    processor.save_pretrained(temporary)
    model.save_pretrained(temporary)
    shutil.rmtree(folder, ignore_errors=True)
    return temporary.rename(folder)


def _tokenizer(transformers: Any) -> Any:
    """Make a byte-level tokenizer that also knows the answer words."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(
        ["Answer with the class name, a single number or one bounding box for every object in the SAR image."],
        trainers.BpeTrainer(vocab_size=320, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token=_END, pad_token=_PAD)
    tokenizer.add_special_tokens({"additional_special_tokens": [_IMAGE]})
    tokenizer.add_tokens(list(_WORDS))
    tokenizer.chat_template = _CHAT_TEMPLATE
    tokenizer.model_max_length = 4096
    return tokenizer


def _config(transformers: Any, tokenizer: Any) -> Any:
    layers = {"hidden_size": _WIDTH, "intermediate_size": 2 * _WIDTH, "num_hidden_layers": 2, "num_attention_heads": 4}
    return transformers.LlavaConfig(
        vision_config=transformers.CLIPVisionConfig(**layers, image_size=_SIDE, patch_size=_PATCH),
        text_config=transformers.LlamaConfig(
            **layers,
            vocab_size=len(tokenizer),
            num_key_value_heads=2,
            max_position_embeddings=4096,
            bos_token_id=tokenizer.eos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        ),
        image_token_index=tokenizer.convert_tokens_to_ids(_IMAGE),
        image_seq_length=(_SIDE // _PATCH) ** 2,
    )


def _favour_answers(model: Any, tokenizer: Any) -> None:
    """Scale the output rows of the answer words: they win most steps, one way or the other."""
    import torch

    with torch.no_grad():
        for word in _WORDS:
            model.lm_head.weight[tokenizer.convert_tokens_to_ids(word)] *= 16.0
