"""Real CLIP and SigLIP architectures with random weights, from the folder to the board's record."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer import Typer
from typer.testing import CliRunner

from sarbench.cli.retrieve import retrieve as command
from sarbench.errors import InputError, MissingExtraError, UnknownNameError
from sarbench.retrieval import RetrievalTask, open_encoder
from sarbench.runs.store import load_run

pytest.importorskip("transformers", reason="needs sarbench[eval]")

CAPTIONS = [
    "The SAR image shows one ship.",
    "a tank",
    "A radar view of a harbor scene, seen from above, with aircraft.",
]


def _images() -> list[Image.Image]:
    rng = np.random.default_rng(0)
    return [Image.fromarray(rng.integers(0, 256, (60, 50, 3), dtype=np.uint8)) for _ in range(3)]


@pytest.mark.parametrize("kind", ["tiny_clip", "tiny_siglip"])
def test_embeddings_are_those_of_the_model_itself(kind: str, request: pytest.FixtureRequest) -> None:
    import torch
    import transformers

    folder = request.getfixturevalue(kind)
    encoder = open_encoder(str(folder), device="cpu")
    images, texts = encoder.embed_images(_images()), encoder.embed_texts(CAPTIONS)
    assert images.shape == texts.shape
    assert images.dtype == np.float32

    model = transformers.AutoModel.from_pretrained(folder).eval()
    processor = transformers.AutoProcessor.from_pretrained(folder)
    inputs = processor(
        images=_images(), text=CAPTIONS, padding="max_length", truncation=True, max_length=encoder.longest,
        return_tensors="pt",
    )  # fmt: skip
    with torch.inference_mode():
        whole = model(**inputs)
    unit = images / np.linalg.norm(images, axis=1, keepdims=True)
    np.testing.assert_allclose(unit, whole.image_embeds.numpy(), atol=1e-5)
    unit = texts / np.linalg.norm(texts, axis=1, keepdims=True)
    np.testing.assert_allclose(unit, whole.text_embeds.numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", ["tiny_clip", "tiny_siglip"])
def test_an_embedding_does_not_depend_on_its_batch(kind: str, request: pytest.FixtureRequest) -> None:
    encoder = open_encoder(str(request.getfixturevalue(kind)), device="cpu")
    alone = np.concatenate([encoder.embed_texts([caption]) for caption in CAPTIONS])
    np.testing.assert_allclose(encoder.embed_texts(CAPTIONS), alone, atol=1e-6)
    alone = np.concatenate([encoder.embed_images([image]) for image in _images()])
    np.testing.assert_allclose(encoder.embed_images(_images()), alone, atol=1e-6)


def test_long_captions_are_cut_and_counted(tiny_clip: Path) -> None:
    encoder = open_encoder(str(tiny_clip), device="cpu")
    assert encoder.longest == 48
    assert encoder.embed_texts(["ship " * 500]).shape == (1, 24)
    short, long = encoder.tokens(["ship", "ship " * 500])
    assert short <= 48 < long


def test_the_key_follows_the_weights_and_not_the_folder(tiny_clip: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_clip, tmp_path / "copy")
    assert open_encoder(str(copy), device="cpu").key == open_encoder(str(tiny_clip), device="cpu").key
    config = copy / "tokenizer_config.json"
    config.write_text(config.read_text().replace("48", "40"))
    assert open_encoder(str(copy), device="cpu").key != open_encoder(str(tiny_clip), device="cpu").key


@pytest.mark.parametrize("kind", ["tiny_clip", "tiny_siglip"])
def test_from_the_command_to_the_record(
    kind: str, request: pytest.FixtureRequest, hrsid: RetrievalTask, tmp_path: Path
) -> None:
    app = Typer()
    app.command()(command)
    folder, out = request.getfixturevalue(kind), tmp_path / "run"
    options = ["--encoder", str(folder), "--tasks", hrsid.name, "--out", str(out), "--cache", str(tmp_path / "cache")]
    first = CliRunner().invoke(app, [*options, "--batch_size", "5", "--device", "cpu"])
    assert first.exit_code == 0, first.output
    assert "mean_recall" in first.output
    run = load_run(out)
    assert run.manifest.model.id == "/".join(folder.parts[-2:])
    assert run.manifest.model.parameters
    assert run.manifest.backend.name == "transformers"
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("cache/*/*/*.npy")}
    assert len(before) == 2
    again = CliRunner().invoke(app, [*options, "--device", "cpu"])
    assert again.exit_code == 0, again.output
    assert load_run(out).scores == run.scores
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("cache/*/*/*.npy")} == before


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is no model: it holds no config\.json"):
        open_encoder(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match="cannot be loaded"):
        open_encoder(str(tmp_path))
    with pytest.raises(InputError, match="it does not exist"):
        open_encoder(str(tmp_path / "nothing"))


def test_a_name_that_neither_disk_nor_hub_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match="is no folder here, and the Hub does not give it"):
        open_encoder("nobody/no-such-model-here")


def test_an_encoder_without_a_text_tower(tmp_path: Path) -> None:
    from tests.retrieval.tiny_encoders import make_wordless

    with pytest.raises(InputError, match="CLIPVisionModel, which has no image tower and text tower"):
        open_encoder(str(make_wordless(tmp_path / "wordless")))


def test_a_model_that_answers_in_words(tmp_path: Path) -> None:
    from sarbench.lmms.tiny_vlm import make_tiny_vlm

    with pytest.raises(InputError, match=r"LlavaModel, which has no text tower.*sarbench eval"):
        open_encoder(str(make_tiny_vlm(tmp_path / "vlm")))


def test_missing_weights_and_processor(tiny_clip: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_clip, tmp_path / "copy")
    (copy / "model.safetensors").unlink()
    with pytest.raises(InputError, match="cannot be loaded"):
        open_encoder(str(copy), device="cpu")
    copy = shutil.copytree(tiny_clip, tmp_path / "cut")
    whole = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="cannot be loaded"):
        open_encoder(str(copy), device="cpu")
    copy = shutil.copytree(tiny_clip, tmp_path / "unprepared")
    for path in [*copy.glob("*processor*.json"), *copy.glob("tokenizer*")]:
        path.unlink()
    with pytest.raises(InputError, match=r"cannot be loaded|its processor has no"):
        open_encoder(str(copy), device="cpu")


def _with_weights(model: Path, copy: Path, change: Callable[[str, Any], Any]) -> Path:
    """Copy a model folder with some of its weights left out (None) or replaced."""
    from safetensors.torch import load_file, save_file

    shutil.copytree(model, copy)
    weights = {name: change(name, tensor) for name, tensor in load_file(copy / "model.safetensors").items()}
    kept = {name: tensor for name, tensor in weights.items() if tensor is not None}
    save_file(kept, copy / "model.safetensors", metadata={"format": "pt"})
    return copy


@pytest.mark.parametrize("left_out", ["text_projection.weight", "vision_model.encoder.layers.1."])
def test_weights_that_would_be_random_are_refused(left_out: str, tiny_clip: Path, tmp_path: Path) -> None:
    copy = _with_weights(tiny_clip, tmp_path / "copy", lambda name, t: None if name.startswith(left_out) else t)
    with pytest.raises(InputError, match=rf"copy: its files lack \d+ weights, which would be random: {left_out}"):
        open_encoder(str(copy), device="cpu")


def test_weights_of_another_shape_are_refused(tiny_clip: Path, tmp_path: Path) -> None:
    name = "visual_projection.weight"
    copy = _with_weights(tiny_clip, tmp_path / "copy", lambda other, t: t[:20].clone() if other == name else t)
    with pytest.raises(InputError, match=rf"1 weights in its files do not have the shape .* asks: {name}\. "):
        open_encoder(str(copy), device="cpu")


def test_what_embeddings_do_not_depend_on_may_be_missing(tiny_clip: Path, tmp_path: Path) -> None:
    copy = _with_weights(tiny_clip, tmp_path / "copy", lambda name, t: None if name == "logit_scale" else t)
    found, whole = (open_encoder(str(folder), device="cpu").embed_texts(CAPTIONS) for folder in (copy, tiny_clip))
    np.testing.assert_array_equal(found, whole)


@pytest.mark.parametrize("kind", ["tiny_clip", "tiny_siglip"])
def test_a_tokenizer_without_its_words_is_refused(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    copy = shutil.copytree(request.getfixturevalue(kind), tmp_path / "copy")
    (copy / "tokenizer.json").unlink()
    with pytest.raises(InputError, match=r"copy: (its tokenizer knows \d+ words, where its text tower has \d+|cannot)"):
        open_encoder(str(copy), device="cpu")
    for path in copy.glob("tokenizer*"):
        path.unlink()
    with pytest.raises(InputError, match=r"copy: (its tokenizer knows \d+ words, where its text tower has \d+|cannot)"):
        open_encoder(str(copy), device="cpu")


def test_a_device_that_is_not_here(tiny_clip: Path) -> None:
    with pytest.raises(InputError, match="--device cuda:77: cannot be used"):
        open_encoder(str(tiny_clip), device="cuda:77")


def test_open_clip_is_asked_for_by_name() -> None:
    with pytest.raises(UnknownNameError, match="names no weights"):
        open_encoder("open_clip:ViT-B-32")
    try:
        import open_clip  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtraError, match="open_clip: is not installed"):
            open_encoder("open_clip:ViT-B-32:openai")


@pytest.mark.slow
def test_open_clip_checkpoints(tmp_path: Path) -> None:
    open_clip = pytest.importorskip("open_clip", reason="needs open_clip_torch")
    import torch

    torch.manual_seed(0)
    path = tmp_path / "weights.pt"
    torch.save(open_clip.create_model("ViT-B-32", pretrained=None).state_dict(), path)
    encoder = open_encoder(f"open_clip:ViT-B-32:{path}", device="cpu")
    assert encoder.embed_texts(CAPTIONS).shape == encoder.embed_images(_images()).shape == (3, 512)
    assert encoder.tokens(["a ship", "ship " * 500])[0] == 4
    lacking = {name: value for name, value in torch.load(path).items() if name != "text_projection"}
    torch.save(lacking, tmp_path / "lacking.pt")
    with pytest.raises(InputError, match="cannot be loaded"):
        open_encoder(f"open_clip:ViT-B-32:{tmp_path / 'lacking.pt'}", device="cpu")
    with pytest.raises(InputError, match="cannot be loaded"):
        open_encoder(f"open_clip:ViT-B-16:{path}", device="cpu")
    with pytest.raises(UnknownNameError, match="are neither a file nor a tag"):
        open_encoder("open_clip:ViT-B-32:nothing", device="cpu")
    with pytest.raises(UnknownNameError, match="Did you mean ViT-B-32"):
        open_encoder("open_clip:ViT-B-3:openai", device="cpu")


@pytest.mark.slow
def test_an_open_clip_tokenizer_of_transformers(
    tiny_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_clip = pytest.importorskip("open_clip", reason="needs open_clip_torch")
    import torch

    path = tmp_path / "weights.pt"
    torch.save(open_clip.create_model("ViT-B-32", pretrained=None).state_dict(), path)
    made = open_clip.tokenizer.HFTokenizer(str(tiny_clip), context_length=77)
    monkeypatch.setattr(open_clip, "get_tokenizer", lambda architecture: made)
    assert open_encoder(f"open_clip:ViT-B-32:{path}", device="cpu").tokens(["a ship"])[0] > 2
    monkeypatch.setattr(open_clip, "get_tokenizer", lambda architecture: lambda texts: torch.zeros((len(texts), 77)))
    with pytest.raises(InputError, match="its tokenizer knows no words"):
        open_encoder(f"open_clip:ViT-B-32:{path}", device="cpu")
