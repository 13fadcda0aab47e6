"""What only the user knows of a model, and what its card says."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.model_info import Told, card_licence, model_info, read_told, taken_up
from sarbench.lmms.parts import Answer, write_part
from sarbench.lmms.session import begin
from sarbench.runs.record import ModelInfo
from sarbench.task_data import TaskData

TASK = "sarbench_sarchat_rebuilt_counting"
WHOLE = {
    "id": "me/radar",
    "parameters": 7,
    "licence": "mit",
    "open_weights": True,
    "training_sets": ["SARDet-100K", "DOTA"],
}


def written(folder: Path, content: object) -> Path:
    path = folder / "info.json"
    path.write_text(json.dumps(content))
    return path


def test_everything_that_is_told_reaches_the_manifest(tmp_path: Path) -> None:
    told = read_told(written(tmp_path, WHOLE))
    found = model_info("openai", {"model": "m"}, told)
    assert found.model_dump() == {**WHOLE, "training_sets": ("SARDet-100K", "DOTA"), "revision": None}
    assert model_info("openai", {"model": "m"}, read_told(written(tmp_path, {}))).id == "m"
    assert ModelInfo.model_validate(found.model_dump()) == found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"license": "mit"}, "unknown field `license`"),
        ({"revision": "main"}, "unknown field `revision`"),
        ({"open_weights": "yes"}, r"Expected `bool | null`, got `str` - at `\$.open_weights`"),
        ({"training_sets": "DOTA"}, "training_sets"),
        ({"parameters": 0}, ">= 1|> 0"),
        ({"id": ""}, "length >= 1"),
        ([], "Expected `object`, got `array`"),
    ],
)
def test_what_is_not_understood_is_named(tmp_path: Path, content: object, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_told(written(tmp_path, content))
    assert "training_sets" in caught.value.fix


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_told(tmp_path / "absent.json")
    (tmp_path / "half.json").write_bytes(b'{"id": "\xff')
    with pytest.raises(InputError, match="says nothing of a model"):
        read_told(tmp_path / "half.json")


@given(st.binary(max_size=40))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.json"
    path.write_bytes(content)
    try:
        read_told(path)
    except InputError:
        return
    assert isinstance(json.loads(content), dict)


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: apache-2.0\ntags: [sar]\n---\n# Model\n", "apache-2.0"),
        ("---\nlicense: other\nlicense_name: qwen-research\n---\n", "qwen-research"),
        ("---\nlicense: [a, b]\n---\n", None),
        ("---\nlicense: 'unclosed\n---\n", None),
        ("# No head\n\n---\nlicense: mit\n---\n", None),
        ("---\n- mit\n---\n", None),
        ("", None),
    ],
)
def test_the_licence_of_the_card(tmp_path: Path, card: str, licence: str | None) -> None:
    (tmp_path / "README.md").write_text(card)
    assert card_licence(tmp_path) == licence
    (tmp_path / "config.json").write_text("{}")
    assert model_info("llava_hf", {"pretrained": str(tmp_path)}, Told()).licence == licence
    assert model_info("llava_hf", {"pretrained": str(tmp_path)}, Told(licence="mit")).licence == "mit"


def test_a_resume_keeps_what_was_told_and_notes_what_is_taken_back() -> None:
    old = ModelInfo(id="m", licence="mit", open_weights=True)
    fresh = ModelInfo(id="m", licence="of the card")
    assert taken_up(old, fresh, Told()) == (old, [])
    new, notes = taken_up(old, fresh, Told(licence="gpl", training_sets=("DOTA",)))
    assert (new.licence, new.open_weights, new.training_sets) == ("gpl", True, ("DOTA",))
    assert notes == ["model info: licence mit → gpl"]
    assert taken_up(ModelInfo(id="m"), fresh, Told())[0].licence == "of the card"


def test_it_is_in_the_manifest_of_every_session(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    asked = Evaluation(
        model="dummy",
        model_args="",
        tasks=read_catalogue().select([TASK]),
        out=tmp_path / "run",
        told=Told(licence="a"),
    )
    data = TaskData(asked.tasks[0], tmp_path, 3, "digest", True, ("test",))
    begin(asked, (data,))
    write_part(asked.parts(TASK), [Answer(position=0, prompt_sha256="", text="1", seconds=0.1)], key="k")
    again = begin(replace(asked, resume=True, told=Told(licence="b")), (data,)).manifest
    assert again.model.licence == "b"
    assert again.notes == ("model info: licence a → b",)
    assert begin(replace(asked, resume=True, told=Told()), (data,)).manifest.model.licence == "b"
