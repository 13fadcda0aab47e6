"""The sarbench_hf backend without lmms-eval: tiny random models of three architectures on the CPU."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sarbench.errors import InputError, UnknownNameError
from sarbench.lmms.hf.args import hf_args
from sarbench.lmms.hf.folder import check_model_folder
from sarbench.lmms.hf.generation import Generation, generation
from sarbench.lmms.hf.invariance import _compare, batch_invariance
from sarbench.lmms.hf.model import Answer, Conversation, HfModel, _is_fatal, _until_end
from sarbench.lmms.memory import is_out_of_memory

GREEDY = Generation(max_new_tokens=8)
ARCHITECTURES = ("llava", "qwen2_vl", "qwen2_5_vl")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    pytest.importorskip("transformers", reason="transformers is not installed: pip install 'sarbench[eval]'")
    from sarbench.lmms.tiny_vlm import make_random_qwen, make_tiny_vlm

    root = tmp_path_factory.mktemp("models")
    return {
        "llava": make_tiny_vlm(root / "llava"),
        "qwen2_vl": make_random_qwen(root / "qwen2_vl", family="qwen2_vl"),
        "qwen2_5_vl": make_random_qwen(root / "qwen2_5_vl", family="qwen2_5_vl"),
    }


def load(folder: Path, **more: object) -> HfModel:
    return HfModel.load(hf_args({"pretrained": str(folder), "device": "cpu", "dtype": "float32", **more}))


@pytest.fixture
def model(folders) -> HfModel:
    return load(folders["qwen2_5_vl"], batch_size=4)


def conversation(number: int, *, images: int = 1) -> Conversation:
    """A prompt and images of other sizes for each number, so that a batch must be padded."""
    pixels = np.random.default_rng(number)
    shown = [
        Image.fromarray(pixels.integers(0, 255, (60 + 20 * number, 90 + 10 * number, 3), dtype=np.uint8))
        for _ in range(images)
    ]
    text = "How many ships are in the image? " * (number + 1)
    parts = [{"type": "image", "image": image} for image in shown]
    return [{"role": "user", "content": [*parts, {"type": "text", "text": text}]}]


def questions(count: int) -> list[Callable[[], Conversation]]:
    return [lambda number=number: conversation(number) for number in range(count)]


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_batch_four_answers_as_batch_one(folders, architecture: str) -> None:
    model = load(folders[architecture])
    mixed = [conversation(number, images=images) for number, images in enumerate((1, 1, 2, 0, 1, 1))]
    found = batch_invariance(model, mixed, Generation(max_new_tokens=12), batch_size=4)
    assert found.differing == ()
    assert (found.items, found.failed, found.batch_size, found.share) == (6, 0, 4, 0.0)
    assert model.batch_size == 1
    texts = {answer.text for answer in model.answers([lambda one=one: one for one in mixed], GREEDY)}
    assert len(texts) > 1, "answers that are all alike would hide a broken batch"


@pytest.mark.slow
def test_left_padding_is_what_makes_it_so(folders) -> None:
    """The comparison can fail: with right padding the answers of a batch come out otherwise."""
    model = load(folders["qwen2_vl"])
    model.processor.tokenizer.padding_side = "right"
    asked = [conversation(number) for number in range(6)]
    assert batch_invariance(model, asked, Generation(max_new_tokens=12), batch_size=6).differing


@pytest.mark.slow
def test_an_answer_is_what_a_bare_generate_says(folders) -> None:
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    processor = AutoProcessor.from_pretrained(folders["qwen2_5_vl"])
    bare = AutoModelForImageTextToText.from_pretrained(folders["qwen2_5_vl"], dtype="float32").eval()
    asked = conversation(3)
    text = processor.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
    inputs = processor(text=[text], images=[asked[0]["content"][0]["image"]], return_tensors="pt")
    with torch.inference_mode():
        made = bare.generate(**inputs, max_new_tokens=8, do_sample=False)[0, inputs["input_ids"].shape[1] :]
    (answer,) = load(folders["qwen2_5_vl"]).answers([lambda: asked], GREEDY)
    assert answer.text == processor.decode(made, skip_special_tokens=True)
    assert answer.output_tokens == len(made) == 8
    assert answer.input_tokens == inputs["input_ids"].shape[1]


@pytest.mark.slow
def test_min_and_max_pixels_reach_the_processor(folders) -> None:
    one = [lambda: conversation(9)]
    small = load(folders["qwen2_5_vl"], max_pixels=4 * 28 * 28).answers(one, GREEDY)[0]
    large = load(folders["qwen2_5_vl"], min_pixels=64 * 28 * 28, max_pixels=100 * 28 * 28).answers(one, GREEDY)[0]
    assert large.input_tokens - small.input_tokens > 50
    with pytest.raises(InputError, match="max_pixels is given, but its CLIPImageProcessor"):
        load(folders["llava"], max_pixels=1000)


@pytest.mark.slow
def test_what_follows_is_read_before_it_is_asked_and_read_once(model: HfModel) -> None:
    expected = [answer.text for answer in model.answers(questions(9), GREEDY)]
    read: list[int] = []

    def noting(number: int) -> Callable[[], Conversation]:
        return lambda: [read.append(number), conversation(number)][1]

    asked = [noting(number) for number in range(9)]
    first = model.answers(asked[:5], GREEDY, following=asked[5:])
    model._reader.submit(lambda: None).result()
    assert read == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    rest = model.answers(asked[5:], GREEDY)
    assert read == list(range(9))
    assert [answer.text for answer in (*first, *rest)] == expected
    model.answers(asked[:2], GREEDY, following=asked[2:])
    assert [answer.text for answer in model.answers(asked[:1], GREEDY)] == expected[:1]  # others than were expected
    model.answers(asked[:2], GREEDY, following=asked[2:])
    model.batch_size = 2  # as after an out-of-memory error: what was read for four is of no use
    assert [answer.text for answer in model.answers(asked[2:], GREEDY)] == expected[2:]


@pytest.mark.slow
def test_out_of_memory_halves_the_batch_and_remembers(model: HfModel) -> None:
    expected = [answer.text for answer in model.answers(questions(7), GREEDY)]
    sizes: list[int] = []
    generate = model.model.generate

    def narrow(**inputs):
        size = len(inputs["input_ids"])
        sizes.append(size)
        if size > 1:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return generate(**inputs)

    model.model.generate = narrow
    counted: list[int] = []
    answers = model.answers(questions(7), GREEDY, done=counted.append)
    assert [answer.text for answer in answers] == expected
    assert model.batch_size == 1
    assert sizes == [4, 2, *[1] * 7]
    assert sum(counted) == 7


@pytest.mark.slow
def test_one_question_too_large_for_the_memory_fails_alone(model: HfModel) -> None:
    generate = model.model.generate

    def narrow(**inputs):
        if inputs["input_ids"].shape[1] > 60:
            raise RuntimeError("CUDA out of memory.")
        return generate(**inputs)

    model.model.generate = narrow
    answers = model.answers(questions(4), GREEDY)
    failed = [answer for answer in answers if answer.error]
    assert failed
    assert len(failed) < 4
    assert all("out of memory" in answer.error and answer.output_tokens is None for answer in failed)


@pytest.mark.slow
def test_a_bad_question_spoils_no_other(model: HfModel) -> None:
    expected = [answer.text for answer in model.answers(questions(5), GREEDY)]

    def broken() -> Conversation:
        raise OSError("image file is truncated")

    asked = questions(5)
    asked[1] = broken
    asked[3] = lambda: [{"role": "user", "content": [{"type": "image", "image": "no image"}]}]
    answers = model.answers(asked, GREEDY)
    assert [answers[place].text for place in (0, 2, 4)] == [expected[place] for place in (0, 2, 4)]
    assert answers[1].error == "OSError: image file is truncated"
    assert answers[3].error
    assert model.batch_size == 4


@pytest.mark.slow
def test_an_error_about_the_run_ends_it(model: HfModel) -> None:
    def shuffled_into_itself() -> Conversation:
        raise InputError(where="image", problem="is its own", fix="Build again")

    with pytest.raises(InputError, match="is its own"):
        model.answers([*questions(2), shuffled_into_itself], GREEDY)


@pytest.mark.slow
def test_a_failing_batch_is_asked_one_by_one(model: HfModel) -> None:
    generate = model.model.generate

    def picky(**inputs):
        if len(inputs["input_ids"]) > 1:
            raise ValueError("shapes do not fit\nmore lines")
        return generate(**inputs)

    model.model.generate = picky
    assert [answer.error for answer in model.answers(questions(3), GREEDY)] == [None] * 3
    assert model.batch_size == 4
    model.model.generate = lambda **inputs: (_ for _ in ()).throw(ValueError("shapes do not fit\nmore lines"))
    assert {answer.error for answer in model.answers(questions(3), GREEDY)} == {"ValueError: shapes do not fit"}


@pytest.mark.slow
def test_a_dead_gpu_ends_the_run(model: HfModel) -> None:
    def dead(**inputs):
        raise RuntimeError("CUDA error: device-side assert triggered")

    model.model.generate = dead
    with pytest.raises(RuntimeError, match="device-side assert"):
        model.answers(questions(3), GREEDY)
    assert model._reader.submit(lambda: "idle").result(timeout=10) == "idle"  # nothing holds up the end of the process


@pytest.mark.slow
def test_an_empty_answer_has_tokens_and_no_error(model: HfModel) -> None:
    import torch

    end = model.model.generation_config.eos_token_id
    model.model.generate = lambda input_ids, **rest: torch.cat([input_ids, torch.full_like(input_ids[:, :1], end)], 1)
    (answer,) = model.answers(questions(1), GREEDY)
    assert (answer.text, answer.output_tokens, answer.error) == ("", 1, None)
    assert model.answers([], GREEDY) == []


@pytest.mark.slow
def test_missing_weights_are_not_made_up(folders, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(folders["llava"], tmp_path / "holed"))
    weights = load_file(folder / "model.safetensors")
    dropped = next(name for name in weights if "mlp" in name)
    save_file({name: value for name, value in weights.items() if name != dropped}, folder / "model.safetensors")
    with pytest.raises(InputError, match="lacks 1 weights, which would be random"):
        load(folder)
    assert load(folder, allow_missing_weights="true").model is not None


@pytest.mark.slow
def test_weights_of_another_shape_are_named(folders, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(folders["llava"], tmp_path / "bent"))
    weights = load_file(folder / "model.safetensors")
    bent = next(name for name in weights if "projector" in name)
    weights[bent] = weights[bent][:1].clone()
    save_file(weights, folder / "model.safetensors")
    for options in ({}, {"allow_missing_weights": "true"}):
        with pytest.raises(InputError, match=r"1 weights have another shape than its config.json asks: .*projector"):
            load(folder, **options)


def test_comparing_counts_failures_apart() -> None:
    alone = [Answer("a", 1, 1), Answer("b", 1, 1), Answer("", error="x"), Answer("", 1, 1)]
    batched = [Answer("a", 1, 1), Answer("c", 1, 1), Answer("d", 1, 1), Answer("", 1, 1)]
    found = _compare(alone, batched, batch_size=8)
    assert (found.items, found.failed, found.share) == (3, 1, pytest.approx(1 / 3))
    assert [(one.index, one.alone, one.batched) for one in found.differing] == [(1, "b", "c")]
    assert _compare([], [], batch_size=8).share is None


def test_padding_behind_the_end_is_no_answer() -> None:
    assert _until_end([5, 6, 2, 0, 0], frozenset({2, 3})) == [5, 6, 2]
    assert _until_end([5, 6, 7], frozenset({2})) == [5, 6, 7]
    assert _until_end([2, 2, 2], frozenset({2})) == [2]
    assert _until_end([], frozenset({2})) == []


def test_errors_are_told_apart() -> None:
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"))
    assert not is_out_of_memory(ValueError("out of memory"))
    assert _is_fatal(RuntimeError("CUDA error: an illegal memory access was encountered"))
    assert not _is_fatal(RuntimeError("shape mismatch"))


def test_generation_is_greedy_unless_a_temperature_is_given() -> None:
    tasks = {"max_new_tokens": 32, "temperature": 0, "do_sample": False, "until": []}
    greedy = generation(tasks).arguments()
    assert greedy == {"max_new_tokens": 32, "do_sample": False, "temperature": None, "top_p": None, "top_k": None}
    warm = generation({**tasks, "temperature": "0.7", "top_p": 0.9, "repetition_penalty": 1}).arguments()
    assert (warm["do_sample"], warm["temperature"], warm["top_p"], warm["top_k"]) == (True, 0.7, 0.9, 0)
    assert warm["repetition_penalty"] == 1
    assert generation({"until": "\n\n"}).until == ("\n\n",)
    assert generation({"until": ["", "END"]}).cut("3END4") == "3"
    with pytest.raises(InputError, match="temperature 0"):
        generation({**tasks, "do_sample": True})
    with pytest.raises(InputError, match="max_new_tokens=0"):
        generation({"max_new_tokens": 0})
    with pytest.raises(InputError, match="temperature=nan"):
        generation({"temperature": "nan"})
    with pytest.raises(UnknownNameError, match="max_tokens"):
        generation({"max_tokens": 5})


def test_arguments_are_checked_before_anything_is_loaded() -> None:
    assert hf_args({"pretrained": "a/b", "dtype": "bf16", "max_batch_size": 1, "device": None}).dtype == "bfloat16"
    assert hf_args({"pretrained": "a/b", "trust_remote_code": True}).trust_remote_code is True
    with pytest.raises(InputError, match="names no model"):
        hf_args({})
    with pytest.raises(UnknownNameError, match="Did you mean max_pixels"):
        hf_args({"pretrained": "a/b", "max_pixel": 1})
    with pytest.raises(UnknownNameError, match="dtype=int4"):
        hf_args({"pretrained": "a/b", "dtype": "int4"})
    with pytest.raises(InputError, match="batch_size=auto"):
        hf_args({"pretrained": "a/b", "batch_size": "auto"})
    with pytest.raises(InputError, match="above max_pixels"):
        hf_args({"pretrained": "a/b", "min_pixels": 200, "max_pixels": 100})


def test_a_whole_folder_and_a_hub_id_pass(folders) -> None:
    for folder in folders.values():
        check_model_folder({"pretrained": str(folder)})
    check_model_folder({"pretrained": "org/model"})


def test_a_folder_that_is_no_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        check_model_folder({"pretrained": str(tmp_path / "none")})
    with pytest.raises(InputError) as caught:
        check_model_folder({"pretrained": str(tmp_path)})
    for lack in ("no config.json", "no weights", "no tokenizer", "no image processor", "no chat template"):
        assert f"there is {lack}" in str(caught.value) or f"there are {lack}" in str(caught.value)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(InputError, match="merge it into its base model"):
        check_model_folder({"pretrained": str(tmp_path)})


def test_damaged_folders_are_named(folders, tmp_path: Path) -> None:
    def copy(name: str) -> Path:
        return Path(shutil.copytree(folders["llava"], tmp_path / name))

    def fault(folder: Path) -> str:
        with pytest.raises(InputError) as caught:
            check_model_folder({"pretrained": str(folder)})
        return str(caught.value)

    cut = copy("cut")
    content = (cut / "model.safetensors").read_bytes()
    (cut / "model.safetensors").write_bytes(content[:-100])
    assert f"model.safetensors is cut off: {len(content) - 100} of {len(content)} bytes" in fault(cut)
    (cut / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\nsize 5\n")
    assert "is a Git LFS pointer" in fault(cut)
    (cut / "model.safetensors").write_bytes(content[:5])
    assert "is cut off or no safetensors file" in fault(cut)

    sharded = copy("sharded")
    (sharded / "model.safetensors").unlink()
    index = {"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}
    (sharded / "model.safetensors.index.json").write_text(json.dumps(index))
    (sharded / "model-1-of-2.safetensors").write_bytes(content)
    assert "model-2-of-2.safetensors does not exist" in fault(sharded)
    assert "model-1-of-2" not in fault(sharded)

    text = copy("text")
    (text / "config.json").write_text(json.dumps({"model_type": "llama"}))
    assert "is a 'llama' model" in fault(text)
    (text / "config.json").write_text("{")
    assert "config.json cannot be read" in fault(text)

    mute = copy("mute")
    (mute / "chat_template.jinja").unlink()
    assert "there is no chat template" in fault(mute)
    template = tmp_path / "template.jinja"
    template.write_text("{{ messages }}")
    check_model_folder({"pretrained": str(mute), "chat_template": str(template)})
