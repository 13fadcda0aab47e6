import re
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, MissingExtraError, RunError, UnknownNameError
from sarbench.lmms import preflight
from sarbench.lmms.evaluation import Evaluation
from sarbench.task_data import TaskData

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture
def _lmms_eval() -> None:
    pytest.importorskip("lmms_eval", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")


@pytest.mark.usefixtures("_lmms_eval")
@pytest.mark.parametrize(("wrong", "near"), [("dumy", "dummy"), ("qwen2.5_vl", "qwen2_5_vl"), ("llava-hf", "llava_hf")])
def test_an_unknown_backend_names_the_nearest(wrong: str, near: str) -> None:
    with pytest.raises(UnknownNameError, match=rf"--model {re.escape(wrong)}.*Did you mean .*{near}") as caught:
        preflight.require_backend(wrong)
    assert caught.value.exit_code == 2


@pytest.mark.usefixtures("_lmms_eval")
@pytest.mark.parametrize("name", ["dummy", "llava_hf", "qwen2_vl", "qwen2_5_vl", "openai", "async_openai", "vllm"])
def test_backends_that_there_are(name: str) -> None:
    preflight.require_backend(name)


@pytest.mark.usefixtures("_lmms_eval")
@pytest.mark.slow
def test_names_are_those_that_lmms_eval_itself_lists() -> None:
    from sarbench.lmms import torchvision_shim

    torchvision_shim.install()
    from lmms_eval.models import list_available_models

    listed = set(list_available_models(include_aliases=True))
    assert listed - preflight.own_backends() == preflight.backends() - preflight.own_backends()


def test_pins_are_those_of_the_package() -> None:
    text = PYPROJECT.read_text()
    for name, version in preflight.EXACT.items():
        assert f'"{name}=={version}"' in text
    for name, version in preflight.AT_LEAST.items():
        assert f'"{name}>={version}"' in text


@pytest.mark.parametrize(("name", "found", "wanted"), [("lmms-eval", "0.7.2", "==0.7.3"), ("torch", "2.1.9", ">=2.4")])
def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, found: str, wanted: str) -> None:
    right = preflight.EXACT | preflight.AT_LEAST
    monkeypatch.setattr(preflight.importlib.util, "find_spec", lambda module: object())
    monkeypatch.setattr(preflight, "version", lambda package: found if package == name else right[package])
    with pytest.raises(RunError, match=rf"{name}: is version {found}, and sarbench needs {wanted}"):
        preflight.require_packages()


def test_a_plain_installation_is_told_what_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight.importlib.util, "find_spec", lambda module: None)
    with pytest.raises(MissingExtraError, match=r"sarbench\[eval\]"):
        preflight.require_packages()


def test_a_disk_without_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(0, 0, 70 * 2**20))
    preflight.require_room(tmp_path / "not" / "there", 100)
    with pytest.raises(InputError, match=r"has 70 MiB free, and 1000000 answers may need 7876 MiB\. Make room"):
        preflight.require_room(tmp_path / "not" / "there", 1_000_000)


@pytest.mark.parametrize(
    ("model", "batch_size", "said"),
    [("llava_hf", 4, "is not for --model llava_hf"), ("sarbench_hf", 1, "no batches to compare at --batch_size 1")],
)
def test_batches_that_cannot_be_compared_are_refused(tmp_path: Path, model: str, batch_size: int, said: str) -> None:
    (tmp_path / "config.json").write_text("{}")
    asked = Evaluation(
        model=model,
        model_args=f"pretrained={tmp_path}",
        tasks=(),
        out=tmp_path / "run",
        batch_size=batch_size,
        check_batches=4,
    )
    with pytest.raises(UnknownNameError, match=said):
        preflight.require_batches(asked)


def test_every_build_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(tmp_path))
    with pytest.raises(InputError) as caught:
        preflight.data_of(read_catalogue().select(["sarbench_lite"]))
    said = str(caught.value)
    assert "tasks is not built: " in said
    assert said.count("`sarbench build") == 3  # one for each dataset
    assert all(f"`sarbench build {name} --data-dir DIR" in said for name in ("sarlang-1m", "sarchat-2m", "sar-text"))
    assert len(said) < 1000
    with pytest.raises(InputError, match="the data of sarbench_sarchat_counting is not built"):
        preflight.data_of(read_catalogue().select(["sarbench_sarchat_counting"]))


def test_damaged_data_is_found_before_a_model_is_loaded(tmp_path: Path) -> None:
    class Damaged:
        def questions(self, data: object) -> list[str]:
            raise InputError(where="a.parquet", problem="cannot be read (Corrupt page)", fix="Build it again")

    spec = read_catalogue().select(["sarbench_sarchat_counting_lite"])[0]
    data = TaskData(spec, tmp_path, 1, "d", True, ("test",))
    said = (
        "a.parquet: the built data of sarbench_sarchat_counting_lite cannot be read .* Build it again: `sarbench build"
    )
    with pytest.raises(InputError, match=said):
        preflight.require_readable(Damaged(), data)
