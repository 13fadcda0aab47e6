"""Sizes of the random Qwen-VL models that `sarbench.lmms.tiny_vlm` makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class QwenSize:
    """Dimensions of a Qwen-VL; the fields are named as in its configuration, `vision_…` as in its vision part."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    vocab_size: int
    mrope_section: tuple[int, int, int]
    vision_hidden_size: int
    vision_intermediate_size: int
    vision_heads: int
    vision_depth: int
    vision_full_attention: tuple[int, ...]
    max_pixels: int


QWEN_SIZES: Mapping[str, QwenSize] = MappingProxyType(
    {
        "tiny": QwenSize(64, 128, 2, 4, 2, 0, (2, 3, 3), 64, 128, 4, 2, (1,), 16 * 28 * 28),
        # 69 million parameters: 32 tokens of answer take about half a second on one core of a CPU.
        "small": QwenSize(768, 2048, 8, 12, 2, 0, (8, 12, 12), 512, 1536, 8, 4, (3,), 16 * 28 * 28),
        # The language part of Qwen2-VL-2B and the vision part of Qwen2.5-VL (their config.json): 2.4e9 parameters.
        "mid": QwenSize(
            1536, 8960, 28, 12, 2, 151_936, (16, 24, 24), 1280, 3420, 16, 32, (7, 15, 23, 31), 1280 * 28 * 28
        ),
    }
)
