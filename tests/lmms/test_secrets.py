import pytest

from sarbench.lmms.model_args import parse_model_args
from sarbench.lmms.secrets import hiding, redacted, without_secrets


@pytest.mark.parametrize(
    "key",
    ["api_key", "HF_TOKEN", "password", "client_secret", "auth", "basic_auth", "Authorization", "header", "headers"],
)
def test_secrets_do_not_reach_the_manifest(key: str) -> None:
    assert without_secrets({key: "hidden"}) == {key: "***"}


@pytest.mark.parametrize("key", ["tokenizer", "max_new_tokens", "keyframes", "monkey", "author", "header_size"])
def test_harmless_names_are_kept(key: str) -> None:
    assert without_secrets({key: "shown"}) == {key: "shown"}
    assert redacted(f"{key}=shown") == f"{key}=shown"


def test_no_secret_survives_in_a_command_line() -> None:
    words = ["--model_args", "model=m,api_key=sk-1==,base_url=http://me:pw@host/v1,x=1", "--model_args=hf_token=t"]
    assert tuple(map(redacted, words)) == (
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
    assert tuple(map(redacted, words)) == (
        "model=m,header=***,x=1",
        "auth=***",
        "http://h/v1?api_key=***&v=2",
        "Bearer ***",
    )
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
    assert redacted(written) == shown


def test_secrets_inside_json_are_hidden_too() -> None:
    text = 'model=m,extra={"api_key": "SEKRET8", "n": 2, "note": "a"}'
    shown = 'extra={"api_key": "***", "n": 2, "note": "a"}'
    assert redacted(text) == f"model=m,{shown}"
    assert without_secrets(parse_model_args(text))["extra"] == shown.removeprefix("extra=")
    assert hiding(parse_model_args(text))("unexpected SEKRET8") == "unexpected ***"


def test_texts_of_others_lose_what_the_arguments_hide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-0123456789")
    monkeypatch.setenv("OTHER_API_KEY", "none")
    hide = hiding({"model": "m", "token": "SEKRET8", "base_url": "http://h/v1?sig=q1w2"}, {"password": "pw"})
    said = "Unexpected kwargs: {'token': 'SEKRET8'}; none of q1w2, pw, sk-0123456789 at http://u:p@ss@h; pwned m"
    assert hide(said) == "Unexpected kwargs: {'token': '***'}; none of ***, ***, *** at http://***@h; pwned m"
    assert hiding()("plain") == "plain"
