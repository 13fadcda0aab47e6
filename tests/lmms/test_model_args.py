from pathlib import Path

import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.lmms.model_args import model_id, parse_model_args, redacted, require_files, without_secrets


def test_values_may_hold_equals_signs() -> None:
    assert parse_model_args("base_url=http://127.0.0.1/v1?a=b, model=m,") == {
        "base_url": "http://127.0.0.1/v1?a=b",
        "model": "m",
    }


def test_a_bare_word_is_wrong_usage() -> None:
    with pytest.raises(UnknownNameError, match="not key=value") as caught:
        parse_model_args("pretrained")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("key", ["api_key", "HF_TOKEN", "password", "client_secret"])
def test_secrets_do_not_reach_the_manifest(key: str) -> None:
    assert without_secrets({key: "hidden"}) == {key: "***"}


@pytest.mark.parametrize(
    ("args", "name"),
    [
        ({"pretrained": "org/model"}, "org/model"),
        ({"pretrained": "/a/b/c"}, "b/c"),
        ({"model": "gpt"}, "gpt"),
        ({}, "dummy"),
    ],
)
def test_model_id(args: dict[str, str], name: str) -> None:
    assert model_id("dummy", args) == name


def test_a_missing_folder_is_found_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        require_files({"pretrained": str(tmp_path / "absent")})
    with pytest.raises(InputError, match=r"config\.json"):
        require_files({"pretrained": str(tmp_path)})
    require_files({"pretrained": "org/on-the-hub"})


@pytest.mark.parametrize("key", ["tokenizer", "max_new_tokens", "keyframes", "monkey"])
def test_harmless_names_are_kept(key: str) -> None:
    assert without_secrets({key: "shown"}) == {key: "shown"}
    assert redacted([f"{key}=shown"]) == (f"{key}=shown",)


def test_no_secret_survives_in_a_command_line() -> None:
    words = ["--model_args", "model=m,api_key=sk-1==,base_url=http://me:pw@host/v1,x=1", "--model_args=hf_token=t"]
    assert redacted(words) == (
        "--model_args",
        "model=m,api_key=***,base_url=http://***@host/v1,x=1",
        "--model_args=hf_token=***",
    )
