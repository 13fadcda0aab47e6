"""One declared convention for each family, and none where nobody knows."""

import json
from pathlib import Path

import pytest
from PIL import Image

from sarbench.coords import parse_convention
from sarbench.coords.frames import resized
from sarbench.errors import InputError
from sarbench.lmms.conventions import FAMILIES, convention_for, family_of
from sarbench.lmms.model_args import parse_model_args


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
        ("vllm", {"model": "Qwen/Qwen2.5-VL-7B-Instruct", "min_pixels": "784", "max_pixels": "802816"}),
        ("sarbench_hf", {"pretrained": "Qwen/Qwen2.5-VL-7B-Instruct", "max_pixels": "802816"}),
        ("sarbench_hf", {"pretrained": "Qwen/Qwen2.5-VL-7B-Instruct", "min_pixels": "1", "max_pixels": "many"}),
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
    declared = convention_for("sarbench_hf", {**args, "min_pixels": "784"})
    assert declared is not None
    assert declared.convention == "pixel_resized(28,784,802816)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tuned model whose name says nothing."""
    (tmp_path / "config.json").write_text('{"model_type": "qwen2_5_vl"}')
    (tmp_path / "preprocessor_config.json").write_text('{"min_pixels": 3136, "max_pixels": 12845056}')
    return tmp_path


@pytest.mark.parametrize(
    ("backend", "extra", "convention"),
    [
        ("sarbench_hf", {}, "pixel_resized(28,3136,12845056)"),
        ("sarbench_hf", {"max_pixels": "802816"}, "pixel_resized(28,3136,802816)"),
        ("vllm", {}, "pixel_resized(28,3136,12845056)"),
        ("vllm", {"max_pixels": "802816"}, "pixel_resized(28,3136,12845056)"),  # for videos alone
        ("vllm", {"mm_processor_kwargs": '{"max_pixels":802816}'}, "pixel_resized(28,3136,802816)"),
        ("qwen2_5_vl", {}, "pixel_resized(28,200704,1605632)"),
    ],
)
def test_the_resize_is_read_from_the_folder(folder: Path, backend: str, extra: dict[str, str], convention: str) -> None:
    declared = convention_for(backend, {"pretrained": str(folder), **extra})
    assert declared is not None
    assert declared.convention == convention


def test_both_limits_of_an_engine_come_in_one_argument() -> None:
    args = 'model=Qwen/Qwen2.5-VL-7B-Instruct,mm_processor_kwargs={"min_pixels": 3136, "max_pixels": 802816},seed=1'
    declared = convention_for("vllm", parse_model_args(args))
    assert declared is not None
    assert declared.convention == "pixel_resized(28,3136,802816)"


def test_a_server_with_the_same_folder_may_have_other_limits(folder: Path) -> None:
    args = {"model": str(folder), "base_url": "http://127.0.0.1/v1"}
    assert convention_for("vllm", args) is None
    assert convention_for("openai", {"model": str(folder)}) is None


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"max_pixels": "100000"}, r"min_pixels=200704 \(of lmms-eval's default\) is above max_pixels=100000 \(of the"),
        ({"min_pixels": "2000000"}, r"min_pixels=2000000 \(of the run's own\) is above max_pixels=1605632"),
        ({"min_pixels": "1", "max_pixels": "500"}, "is less than one patch of 28 times 28 pixels"),
    ],
)
def test_limits_that_contradict_each_other_are_named(extra: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        convention_for("qwen2_5_vl", extra)


@pytest.mark.parametrize(
    "saved",
    [
        {"preprocessor_config.json": {"min_pixels": 784, "max_pixels": 12544, "size": {"shortest_edge": 1}}},
        {"preprocessor_config.json": {"size": {"shortest_edge": 784, "longest_edge": 50176}}},
        {"preprocessor_config.json": {"size": {"shortest_edge": 784, "longest_edge": 50176}, "patch_size": 16}},
        {"preprocessor_config.json": {}},
        {"processor_config.json": {"image_processor": {"size": {"shortest_edge": 784, "longest_edge": 12544}}}},
        {
            "preprocessor_config.json": {"max_pixels": 99999},
            "processor_config.json": {"image_processor": {"max_pixels": 12544}},
        },
    ],
)
@pytest.mark.parametrize("given", [{}, {"max_pixels": 25088}])
def test_transformers_resizes_so(tmp_path: Path, saved: dict[str, dict], given: dict[str, int]) -> None:
    """The oracle is the image that comes out of the processor."""
    transformers = pytest.importorskip("transformers")
    (tmp_path / "config.json").write_text('{"model_type": "qwen2_5_vl"}')
    for name, content in saved.items():
        inner = content.get("image_processor", content)
        inner["image_processor_type"] = "Qwen2VLImageProcessor"
        (tmp_path / name).write_text(json.dumps(content))
    processor = transformers.AutoImageProcessor.from_pretrained(tmp_path, **given)
    declared = convention_for("sarbench_hf", {"pretrained": str(tmp_path), **{k: str(v) for k, v in given.items()}})
    assert declared is not None
    resize = parse_convention(declared.convention).resize
    assert resize is not None
    for size in ((500, 300), (40, 20), (2000, 1000)):
        grid = processor(images=[Image.new("RGB", size)], return_tensors="np")["image_grid_thw"][0]
        patch = resize.factor // 2
        assert (grid[2] * patch, grid[1] * patch) == resized(size, resize.factor, resize.min_pixels, resize.max_pixels)


def test_the_name_of_the_weights_goes_before_the_backend() -> None:
    found = family_of("qwen2_vl", {"pretrained": "Qwen/Qwen2.5-VL-3B-Instruct"})
    assert found is not None
    assert found.name == "Qwen2.5-VL"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_convention_exists(family) -> None:
    if family.convention is not None:
        assert parse_convention(family.convention).name == family.convention
