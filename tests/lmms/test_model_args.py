from pathlib import Path

import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.lmms.model_args import hiding, model_id, parse_model_args, redacted, require_files, without_secrets


def test_values_may_hold_equals_signs() -> None:
    assert parse_model_args("base_url=http://127.0.0.1/v1?a=b, model=m,") == {
        "base_url": "http://127.0.0.1/v1?a=b",
        "model": "m",
    }


def test_a_bare_word_is_wrong_usage() -> None:
    with pytest.raises(UnknownNameError, match="not key=value") as caught:
        parse_model_args("pretrained")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "key",
    ["api_key", "HF_TOKEN", "password", "client_secret", "auth", "basic_auth", "Authorization", "header", "headers"],
)
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
    with pytest.raises(InputError, match=r"does not exist\. Check pretrained="):
        require_files({"pretrained": str(tmp_path / "absent")})
    with pytest.raises(InputError, match="does not exist"):
        require_files({"pretrained": "models/of/mine"})
    with pytest.raises(InputError, match=r"is no model: it holds no config\.json"):
        require_files({"pretrained": str(tmp_path)})
    for content in ("<html>", "[]", ""):
        (tmp_path / "config.json").write_text(content)
        with pytest.raises(InputError, match="is not the JSON object"):
            require_files({"pretrained": str(tmp_path)})
    (tmp_path / "config.json").write_text("{}")
    require_files({"pretrained": str(tmp_path)})
    require_files({"pretrained": "org/on-the-hub"})


def test_a_server_calls_its_model_what_it_likes() -> None:
    require_files({"model": "/weights/on/the/server", "base_url": "http://127.0.0.1/v1"})
    require_files({"model": "accounts/somebody/models/llava"})


@pytest.mark.parametrize("key", ["tokenizer", "max_new_tokens", "keyframes", "monkey", "author", "header_size"])
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


def test_headers_and_addresses_hold_secrets_too() -> None:
    words = [
        "model=m,header=Authorization: Bearer abc def,x=1",
        "auth=me:pw",
        "http://h/v1?api_key=k&v=2",
        "Bearer abc",
    ]
    assert redacted(words) == ("model=m,header=***,x=1", "auth=***", "http://h/v1?api_key=***&v=2", "Bearer ***")
    assert without_secrets({"base_url": "http://h/v1?token=k&v=2"}) == {"base_url": "http://h/v1?token=***&v=2"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("base_url=http://u:p@ss@host/v1", "base_url=http://***@host/v1"),
        ("http://h/v1?sig=s/1%2B&v=2", "http://h/v1?sig=***&v=2"),
        ("http://h/v1?X-Amz-Signature=ab&x=1", "http://h/v1?X-Amz-Signature=***&x=1"),
        ("http://h/v1?key=k", "http://h/v1?key=***"),
        ("model=m,api_key=a,b,temperature=1", "model=m,api_key=***,temperature=1"),
        ("api_key=a,b", "api_key=***"),
    ],
)
def test_no_part_of_a_secret_is_left(written: str, shown: str) -> None:
    assert redacted([written]) == (shown,)


def test_the_rest_of_a_secret_is_not_told_as_a_mistake() -> None:
    with pytest.raises(UnknownNameError, match="not key=value") as caught:
        parse_model_args("api_key=a,SEKRET8")
    assert "SEKRET8" not in str(caught.value)


def test_texts_of_others_lose_what_the_arguments_hide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-0123456789")
    monkeypatch.setenv("OTHER_API_KEY", "none")
    hide = hiding("model=m,token=SEKRET8,base_url=http://h/v1?sig=q1w2", "password=pw")
    said = "Unexpected kwargs: {'token': 'SEKRET8'}; none of q1w2, pw, sk-0123456789 at http://u:p@ss@h; pwned m"
    assert hide(said) == "Unexpected kwargs: {'token': '***'}; none of ***, ***, *** at http://***@h; pwned m"
    assert hiding(None, "")("plain") == "plain"
