"""One declared convention for each family, and none where nobody knows."""

import pytest

from sarbench.coords import parse_convention
from sarbench.lmms.conventions import FAMILIES, convention_for, family_of


@pytest.mark.parametrize(
    ("backend", "name", "convention"),
    [
        ("qwen_vl", "Qwen/Qwen-VL-Chat", "norm1000"),
        ("qwen2_vl", "Qwen/Qwen2-VL-7B-Instruct", "norm1000"),
        ("vllm", "Qwen/Qwen3-VL-8B-Instruct", "norm1000"),
        ("qwen2_5_vl", "Qwen/Qwen2.5-VL-3B-Instruct", "pixel_resized(28,200704,1605632)"),
        ("qwen2_5_vl", "/models/tuned", "pixel_resized(28,200704,1605632)"),
        ("internvl2", "OpenGVLab/InternVL2_5-8B", "norm1000"),
        ("vllm", "OpenGVLab/InternVL3-8B", "norm1000"),
        ("llava_hf", "llava-hf/llava-1.5-7b-hf", "norm1_padded"),
        ("llava", "liuhaotian/llava-v1.5-13b", "norm1_padded"),
        ("llava_hf", "llava-hf/llava-v1.6-mistral-7b-hf", "norm1"),
        ("llava_onevision", "lmms-lab/llava-onevision-qwen2-7b-ov", "norm1"),
        ("cogvlm2", "THUDM/cogvlm2-llama3-chat-19B", "norm999"),
        ("vllm", "zai-org/GLM-4.1V-9B-Thinking", "norm999"),
        ("vllm", "THUDM/glm-4v-9b", "norm999"),
        ("vllm", "deepseek-ai/deepseek-vl2-small", "norm999"),
        ("minicpm_v", "openbmb/MiniCPM-V-2_6", "norm1000"),
        ("geochat", "MBZUAI/geochat-7B", "norm100"),
        ("hf", "google/paligemma-3b-mix-448", "norm1000_yx"),
        ("gemini_api", "gemini-2.5-pro", "norm1000_yx"),
    ],
)
def test_families(backend: str, name: str, convention: str) -> None:
    declared = convention_for(backend, {"pretrained": name})
    assert declared is not None
    assert declared.convention == convention
    assert declared.source


@pytest.mark.parametrize(
    ("backend", "args"),
    [
        ("llava_hf", {"pretrained": "org/other"}),
        ("openai", {"model": "gpt-4o"}),
        ("openai", {"model": "Qwen/Qwen2.5-VL-7B-Instruct"}),
        ("vllm", {"model": "Qwen/Qwen2.5-VL-7B-Instruct", "max_pixels": "1605632"}),
        ("vllm", {"model": "Qwen/Qwen2.5-VL-7B-Instruct", "min_pixels": "1", "max_pixels": "many"}),
        ("dummy", {}),
    ],
)
def test_nothing_is_guessed(backend: str, args: dict[str, str]) -> None:
    assert convention_for(backend, args) is None


def test_the_limits_of_the_run_are_taken() -> None:
    args = {"pretrained": "Qwen/Qwen2.5-VL-7B-Instruct", "max_pixels": "802816"}
    declared = convention_for("qwen2_5_vl", args)
    assert declared is not None
    assert declared.convention == "pixel_resized(28,200704,802816)"
    assert "own" in declared.source
    declared = convention_for("vllm", {**args, "min_pixels": "784"})
    assert declared is not None
    assert declared.convention == "pixel_resized(28,784,802816)"


def test_the_name_of_the_weights_goes_before_the_backend() -> None:
    found = family_of("qwen2_vl", {"pretrained": "Qwen/Qwen2.5-VL-3B-Instruct"})
    assert found is not None
    assert found.name == "Qwen2.5-VL"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_convention_exists(family) -> None:
    if family.convention is not None:
        assert parse_convention(family.convention).name == family.convention
