"""CLIP and SigLIP of a few thousand random weights, with tokenizers made on the spot."""

from pathlib import Path
from typing import Any

_WORDS = ["The SAR image shows one ship, two aircraft and a tank, seen from above: a radar view of a harbor scene."]
_LAYERS = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
_SIDE = 32


def make_tiny_clip(folder: Path, *, seed: int = 0, longest: int = 48) -> Path:
    import torch
    import transformers

    torch.manual_seed(seed)
    tokenizer = _tokenizer(transformers, longest)
    config = transformers.CLIPConfig(
        text_config={
            **_LAYERS,
            "vocab_size": len(tokenizer),
            "max_position_embeddings": longest,
            **_ends(tokenizer),
        },
        vision_config={**_LAYERS, "image_size": _SIDE, "patch_size": 16},
        projection_dim=24,
    )
    images = transformers.CLIPImageProcessor(size={"shortest_edge": _SIDE}, crop_size={"height": _SIDE, "width": _SIDE})
    transformers.CLIPModel(config).save_pretrained(folder)
    transformers.CLIPProcessor(image_processor=images, tokenizer=tokenizer).save_pretrained(folder)
    return folder


def make_tiny_siglip(folder: Path, *, seed: int = 0) -> Path:
    import torch
    import transformers

    torch.manual_seed(seed)
    tokenizer = _tokenizer(transformers, 40)
    config = transformers.SiglipConfig(
        text_config={**_LAYERS, "vocab_size": len(tokenizer), "max_position_embeddings": 40, "projection_size": 32}
        | _ends(tokenizer),
        vision_config={**_LAYERS, "image_size": _SIDE, "patch_size": 16},
    )
    images = transformers.SiglipImageProcessor(size={"height": _SIDE, "width": _SIDE})
    transformers.SiglipModel(config).save_pretrained(folder)
    transformers.SiglipProcessor(image_processor=images, tokenizer=tokenizer).save_pretrained(folder)
    return folder


def make_wordless(folder: Path) -> Path:
    """A vision model alone."""
    import transformers

    config = transformers.CLIPVisionConfig(**_LAYERS, image_size=_SIDE, patch_size=16)
    transformers.CLIPVisionModel(config).save_pretrained(folder)
    return folder


def _ends(tokenizer: Any) -> dict[str, int]:
    return {f"{name}_token_id": getattr(tokenizer, f"{name}_token_id") for name in ("bos", "eos", "pad")}


def _tokenizer(transformers: Any, longest: int) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<pad>", "<s>", "</s>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        _WORDS, trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet)
    )
    bpe.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[(token, bpe.token_to_id(token)) for token in ("<s>", "</s>")]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=bpe, pad_token="<pad>", bos_token="<s>", eos_token="</s>", model_max_length=longest
    )
