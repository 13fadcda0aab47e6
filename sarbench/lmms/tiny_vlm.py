"""Models with random weights: real enough for every backend, small enough for every machine.

They see nothing and know nothing. They exist so that the whole path from images to a leaderboard can be run, tested
and shown anywhere, without a network: a LLaVA and two generations of Qwen-VL of about one megabyte, and a Qwen2.5-VL of
about two thousand million parameters for measurements on a GPU.

`python -m sarbench.lmms.tiny_vlm --family qwen2_5_vl --out FOLDER` writes a small one.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from sarbench.errors import InputError, MissingExtraError, SarbenchError
from sarbench.lmms.qwen_sizes import QWEN_SIZES, QwenSize

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

_QWEN_SPECIAL = [
    *("<|im_start|>", "<|vision_start|>", "<|vision_end|>"),
    *("<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"),
]
_QWEN_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_tiny_vlm(folder: Path, *, seed: int = 0) -> Path:
    """Save a tiny random LLaVA, its tokenizer and its processor as `save_pretrained` does.

    Args:
        folder: Where it goes; written beside and renamed, so that it is whole or absent.
        seed: Seed of the weights.

    Raises:
        MissingExtraError: torch or transformers are not installed.
    """
    torch, transformers = _libraries()
    torch.manual_seed(seed)
    tokenizer = _tokenizer(transformers, end=_END, pad=_PAD, special=[_IMAGE], template=_CHAT_TEMPLATE)
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
    return _save(folder, model, processor)


QwenFamily = Literal["qwen2_vl", "qwen2_5_vl"]


def make_random_qwen(
    folder: Path,
    *,
    family: QwenFamily = "qwen2_5_vl",
    size: str = "tiny",
    seed: int = 0,
    dtype: str = "float32",
    device: str = "cpu",
) -> Path:
    """Save a random Qwen2-VL or Qwen2.5-VL with its tokenizer and its processor, as `save_pretrained` does.

    Args:
        folder: Where it goes; written beside and renamed, so that it is whole or absent.
        family: The architecture.
        size: A name of `QWEN_SIZES`.
        seed: Seed of the weights.
        dtype: Type of the weights, as torch names it.
        device: Where the weights are drawn; `cuda` is quicker for the larger size and draws others.

    Raises:
        MissingExtraError: torch or transformers are not installed.
    """
    torch, transformers = _libraries()
    torch.manual_seed(seed)
    sizes = QWEN_SIZES[size]
    tokenizer = _tokenizer(
        transformers, end="<|im_end|>", pad="<|endoftext|>", special=_QWEN_SPECIAL, template=_QWEN_TEMPLATE
    )
    new = family == "qwen2_5_vl"
    config = _qwen_config(transformers, tokenizer, sizes, new=new)
    kind = transformers.Qwen2_5_VLForConditionalGeneration if new else transformers.Qwen2VLForConditionalGeneration
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        with torch.device(device):
            model = kind(config)
    finally:
        torch.set_default_dtype(before)
    _favour_answers(model, tokenizer)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    limits = {"min_pixels": 4 * 28 * 28, "max_pixels": sizes.max_pixels}
    processor = (transformers.Qwen2_5_VLProcessor if new else transformers.Qwen2VLProcessor)(
        image_processor=transformers.Qwen2VLImageProcessor(**limits),
        tokenizer=tokenizer,
        video_processor=transformers.Qwen2VLVideoProcessor(**limits),
        chat_template=_QWEN_TEMPLATE,
    )
    return _save(folder, model, processor)


def _libraries() -> tuple[Any, Any]:
    """Import torch and transformers; raise MissingExtraError where they are not installed."""
    try:
        import torch
        import transformers
    except ImportError as error:
        raise MissingExtraError(
            where=error.name, problem="is not installed", fix='Install it with `pip install "sarbench[eval]"`'
        ) from error
    return torch, transformers


def _save(folder: Path, model: Any, processor: Any) -> Path:
    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    processor.save_pretrained(temporary)
    model.save_pretrained(temporary)
    shutil.rmtree(folder, ignore_errors=True)
    return temporary.rename(folder)


def _tokenizer(transformers: Any, *, end: str, pad: str, special: list[str], template: str) -> Any:
    """Make a byte-level tokenizer that also knows the answer words."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(
        ["Answer with the class name, a single number or one bounding box for every object in the SAR image."],
        trainers.BpeTrainer(vocab_size=320, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token=end, pad_token=pad)
    tokenizer.add_special_tokens({"additional_special_tokens": special})
    tokenizer.add_tokens(list(_WORDS))
    tokenizer.chat_template = template
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


def _qwen_config(transformers: Any, tokenizer: Any, size: QwenSize, *, new: bool) -> Any:
    token = tokenizer.convert_tokens_to_ids
    text = {
        "vocab_size": max(size.vocab_size, len(tokenizer)),
        "hidden_size": size.hidden_size,
        "intermediate_size": size.intermediate_size,
        "num_hidden_layers": size.num_hidden_layers,
        "num_attention_heads": size.num_attention_heads,
        "num_key_value_heads": size.num_key_value_heads,
        "max_position_embeddings": 32_768,
        "tie_word_embeddings": False,
        # The usual 0.02 suits widths above a thousand; in a narrow model answers would not depend on the image.
        "initializer_range": size.hidden_size**-0.5,
        "rope_parameters": {"rope_type": "default", "mrope_section": list(size.mrope_section), "rope_theta": 1e6},
        "bos_token_id": token("<|im_start|>"),
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    vision: dict[str, Any] = {
        "depth": size.vision_depth,
        "num_heads": size.vision_heads,
        "initializer_range": size.vision_hidden_size**-0.5,
    }
    if new:
        vision |= {
            "hidden_size": size.vision_hidden_size,
            "intermediate_size": size.vision_intermediate_size,
            "out_hidden_size": size.hidden_size,
            "fullatt_block_indexes": list(size.vision_full_attention),
            "window_size": 112,
        }
    else:
        ratio = size.vision_intermediate_size // size.vision_hidden_size
        vision |= {"embed_dim": size.vision_hidden_size, "hidden_size": size.hidden_size, "mlp_ratio": ratio}
    return (transformers.Qwen2_5_VLConfig if new else transformers.Qwen2VLConfig)(
        text_config=text,
        vision_config=vision,
        tie_word_embeddings=False,
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
    )


def _favour_answers(model: Any, tokenizer: Any) -> None:
    """Scale the output rows of the answer words: they win most steps, one way or the other."""
    import torch

    with torch.no_grad():
        for word in _WORDS:
            model.lm_head.weight[tokenizer.convert_tokens_to_ids(word)] *= 16.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Save the small model that the command line names; a folder that is there is never written over."""
    parser = argparse.ArgumentParser(prog="python -m sarbench.lmms.tiny_vlm", description="Save a tiny random model.")
    parser.add_argument("--family", choices=("llava", "qwen2_vl", "qwen2_5_vl"), required=True)
    parser.add_argument("--out", type=Path, required=True, help="a folder that does not exist yet")
    asked = parser.parse_args(arguments)
    try:
        if asked.out.exists():
            raise InputError(where=asked.out, problem="is there already", fix="Use it, or give another --out")
        if asked.family == "llava":
            make_tiny_vlm(asked.out)
        else:
            make_random_qwen(asked.out, family=asked.family)
    except SarbenchError as error:
        sys.exit(f"error: {error}")
    print(asked.out)


if __name__ == "__main__":
    main()
