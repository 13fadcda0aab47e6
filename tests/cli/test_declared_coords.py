"""What `sarbench eval` says of the convention where nobody gives --coords."""

from pathlib import Path

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.cli.evaluation import _declared
from sarbench.errors import InputError

BOXES = read_catalogue().select(["sarbench_sarchat_rebuilt_referring", "sarbench_sarchat_rebuilt_counting"])
WORDS = read_catalogue().select(["sarbench_sarchat_rebuilt_counting"])
QWEN = "model=Qwen2.5-VL-7B-Instruct"


def test_an_unknown_family_is_told_from_an_unknown_resize(capsys: pytest.CaptureFixture[str]) -> None:
    assert _declared(None, "openai", "model=gpt-9", BOXES) == "pixel"
    assert "the family of the model is not known" in capsys.readouterr().err
    assert _declared(None, "openai", "model=gpt-9", WORDS) == "pixel"
    assert capsys.readouterr().err == ""  # no box is asked for
    said = r"Qwen2\.5-VL answers in pixels of the image after a resize that is not known here, and \S+_referring asks"
    with pytest.raises(InputError, match=said) as caught:
        _declared(None, "openai", QWEN, BOXES)
    assert "pixel_resized(28,MIN,MAX)" in caught.value.fix
    assert _declared(None, "openai", QWEN, WORDS) == "pixel"
    said = capsys.readouterr().err
    assert "family of the model is not known" not in said
    assert "Qwen2.5-VL answers in pixels of the image after a resize" in said
    assert _declared("pixel_resized(28,784,50176)", "openai", QWEN, BOXES) == "pixel_resized(28,784,50176)"


def test_a_folder_tells_its_resize(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "qwen2_5_vl"}')
    (tmp_path / "preprocessor_config.json").write_text('{"min_pixels": 784, "max_pixels": 50176}')
    assert _declared(None, "sarbench_hf", f"pretrained={tmp_path}", BOXES) == "pixel_resized(28,784,50176)"
