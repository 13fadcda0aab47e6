from pathlib import Path

import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.lmms.model_args import model_id, parse_model_args, require_files


def test_values_may_hold_equals_signs() -> None:
    assert parse_model_args("base_url=http://127.0.0.1/v1?a=b, model=m,") == {
        "base_url": "http://127.0.0.1/v1?a=b",
        "model": "m",
    }


@pytest.mark.parametrize(
    "text",
    [
        'model=m,mm_processor_kwargs={"min_pixels": 3136, "max_pixels": 50176},x=1',
        "model=m,limits=[1,2],",
        "prompt='one, two',model=m",
        """names="o'clock, two",model=m""",
        "path=/home/o'brien/model",
        r"said=\"a,model=b",
        "a=b=c, d=",
        "",
    ],
)
def test_arguments_are_split_where_lmms_eval_splits_them(text: str) -> None:
    utils = pytest.importorskip("lmms_eval.utils", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    assert list(parse_model_args(text).items()) == [
        tuple(part.strip() for part in part.split("=", 1)) for part in utils._smart_comma_split(text)
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("=3", "not key=value"),
        ("a b=3", "not key=value"),
        ("a =3", "without blanks before"),
        ("pretrained=a,pretrained=b", "pretrained=: is given twice"),
        ("prompt=don't,model=m", "prompt=: holds a quote or bracket without its other half"),
        ('more={"a": 1,model=m', "more=: holds a quote or bracket"),
        ("a=],b=2", "a=: holds a quote or bracket"),
    ],
)
def test_what_lmms_eval_would_take_for_something_else_is_refused(text: str, said: str) -> None:
    with pytest.raises(UnknownNameError, match=said):
        parse_model_args(text)


def test_a_bare_word_is_wrong_usage() -> None:
    with pytest.raises(UnknownNameError, match="not key=value") as caught:
        parse_model_args("pretrained")
    assert caught.value.exit_code == 2


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


def test_the_rest_of_a_secret_is_not_told_as_a_mistake() -> None:
    with pytest.raises(UnknownNameError, match="not key=value") as caught:
        parse_model_args("api_key=a,SEKRET8")
    assert "SEKRET8" not in str(caught.value)
