"""Options that are wrong in themselves are refused before anything is started or written."""

from dataclasses import replace
from pathlib import Path

import pytest

from sarbench.errors import InputError, SarbenchError, UnknownNameError
from sarbench.lmms import preflight
from sarbench.lmms.launcher import Evaluation, evaluate
from sarbench.lmms.values import require_generation


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evaluation:
    monkeypatch.setattr(preflight, "require_packages", lambda: None)
    monkeypatch.setattr(preflight, "require_backend", lambda name: None)
    return Evaluation(model="sarbench_hf", model_args="pretrained=org/model", tasks=(), out=tmp_path / "run")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seed": -1}, "--seed -1: is not a whole number from 0 to 4294967295"),
        ({"seed": 2**32}, "--seed 4294967296: is not"),
        ({"batch_size": 0}, "--batch_size 0: is not a whole number of 1 or more"),
        ({"limit": 0}, "--limit 0: is not a whole number of 1 or more"),
        ({"limit": -3}, "--limit -3: .* or leave it out for all"),
        ({"limit": 0.25}, "--limit 0.25: "),
        ({"chunk": 0}, "chunk 0: "),
        ({"check_batches": -1}, "--check-batches -1: "),
        ({"device": "foo"}, "--device 'foo': is no device"),
        ({"model_args": "pretrained=org/model,device=foo"}, "--model_args device= 'foo': is no device"),
        ({"model_args": "pretrained=org/model,batch_size=4"}, "batch_size=: is given, and --batch_size 1 too"),
        ({"model_args": "pretrained=org/model,device=cpu", "device": "cuda"}, "device=: is given, and --device cuda"),
        ({"model_args": "pretrained"}, "--model_args 'pretrained': is not key=value"),
        ({"model_args": "pretrained=org/model,dtype=int3"}, "dtype=int3: does not exist"),
        ({"model": "llava_hf", "model_args": "=3"}, "--model_args '=3': is not key=value"),
        ({"gen_kwargs": "max_new_tokens"}, "--gen_kwargs 'max_new_tokens': is not key=value"),
        ({"gen_kwargs": "max_new_tokens=many"}, "max_new_tokens=many: is not a whole number of 1 or more"),
        ({"gen_kwargs": "max_tokens=4"}, "max_tokens=: is no generation setting"),
        ({"gen_kwargs": "do_sample=true"}, "asks for sampling at temperature 0"),
        ({"gen_kwargs": "temperature=hot", "model": "llava_hf"}, "temperature=hot: is not a number of 0 or more"),
    ],
)
def test_it_is_refused_in_a_sentence_and_nothing_is_written(asked: Evaluation, wrong: dict, said: str) -> None:
    if "foo" in said:
        pytest.importorskip("torch")
    with pytest.raises(SarbenchError, match=said):
        evaluate(replace(asked, **wrong))
    assert not asked.out.exists()


@pytest.mark.parametrize("text", ["0", "1.5", "nan", "inf", "-2", ""])
def test_tokens_are_counted_in_whole_numbers(text: str) -> None:
    for backend in ("sarbench_hf", "openai"):
        with pytest.raises(InputError, match="max_new_tokens="):
            require_generation(backend, {"max_new_tokens": text})


def test_settings_of_other_backends_are_their_own_affair() -> None:
    require_generation("vllm", {"top_k": "-1", "reasoning_effort": "low", "max_new_tokens": "64", "top_p": "0.9"})
    with pytest.raises(InputError, match=r"top_p=2: is not a number from 0 to 1\."):
        require_generation("vllm", {"top_p": "2"})
    with pytest.raises(UnknownNameError, match="reasoning_effort=: is no generation setting"):
        require_generation("sarbench_hf", {"reasoning_effort": "low"})
