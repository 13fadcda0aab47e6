"""Checkpoints that lack weights, or whose weights are no numbers, with transformers itself."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from sarbench.errors import InputError
from sarbench.lmms.whole_weights import require_numbers, require_whole, whole_weights

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'sarbench[eval]'")
transformers = pytest.importorskip("transformers", reason="transformers is not installed: pip install 'sarbench[eval]'")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = transformers.LlamaConfig(
        vocab_size=16, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2
    )
    transformers.LlamaForCausalLM(config).save_pretrained(tmp_path)
    return tmp_path


def change(folder: Path, change) -> None:
    from safetensors.torch import load_file, save_file

    path = folder / "model.safetensors"
    weights = load_file(path)
    change(weights)
    save_file(weights, path, metadata={"format": "pt"})


def lacking(folder: Path) -> list[str]:
    before = transformers.PreTrainedModel.__dict__["from_pretrained"]
    with whole_weights() as found:
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, ignore_mismatched_sizes=True)
        assert isinstance(model, transformers.LlamaForCausalLM)
    assert transformers.PreTrainedModel.__dict__["from_pretrained"] is before
    return found


def test_a_whole_checkpoint_lacks_nothing(folder: Path) -> None:
    assert lacking(folder) == []


def test_weights_that_would_be_random_are_named(folder: Path) -> None:
    change(folder, lambda weights: weights.pop("model.layers.0.mlp.up_proj.weight"))
    found = lacking(folder)
    assert found == ["model.layers.0.mlp.up_proj.weight"]
    with pytest.raises(InputError, match=r"tiny: lacks 1 weights, which would be random: model\.layers\.0"):
        require_whole(found, where="tiny")


def test_weights_of_another_shape_are_random_too(folder: Path) -> None:
    change(folder, lambda weights: weights.update({"lm_head.weight": torch.zeros(3, 8)}))
    assert lacking(folder) == ["lm_head.weight"]


def test_a_tied_head_is_no_loss(folder: Path) -> None:
    change(folder, lambda weights: weights.pop("lm_head.weight"))
    config = folder / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "tie_word_embeddings": True}))
    assert lacking(folder) == []


def test_who_asks_for_the_report_gets_it(folder: Path) -> None:
    with whole_weights():
        _, report = transformers.LlamaForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not report["missing_keys"]


def test_a_whole_model_is_taken() -> None:
    require_whole([], where="m")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_must_be_numbers(value: float) -> None:
    inner = torch.nn.Linear(4, 4)
    require_numbers(SimpleNamespace(model=inner), where="m")
    with torch.no_grad():
        inner.weight[0, 0] = value
    with pytest.raises(InputError, match=r"m: 1 of its weights are not finite numbers: weight"):
        require_numbers(SimpleNamespace(model=inner), where="m")


def test_a_server_has_no_weights_to_look_at() -> None:
    require_numbers(SimpleNamespace(), where="m")
