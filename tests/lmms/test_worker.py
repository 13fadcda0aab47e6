"""What a worker says when it breaks."""

import errno
import io
import sys
from pathlib import Path

import msgspec
import pytest

from sarbench.errors import InputError
from sarbench.lmms import loading, worker
from sarbench.lmms.job import Broken, Job, Noted, decode
from sarbench.lmms.loading import load_backend
from tests.lmms.small_run import JOB as ANY

JOB = msgspec.structs.replace(ANY, model="llava_hf", model_args="pretrained=org/m,token=SEKRET8")


class Kept(io.BytesIO):
    def close(self) -> None:
        pass


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception) -> Broken:
    def fails(job: Job, tell: object) -> None:
        raise error

    events = Kept()
    monkeypatch.setattr(worker, "_end_with_the_launcher", lambda: None)
    monkeypatch.setattr(worker, "_events", lambda: events)
    monkeypatch.setattr(worker, "_evaluate", fails)
    (tmp_path / "job.json").write_bytes(msgspec.json.encode(JOB))
    assert worker.main([str(tmp_path / "job.json")]) == 1
    return decode(events.getvalue())


def test_neither_log_nor_message_tell_a_secret(monkeypatch, tmp_path, capsys) -> None:
    said = broken(monkeypatch, tmp_path, AssertionError("Unexpected kwargs: {'token': 'SEKRET8'}"))
    assert said == Broken("AssertionError: Unexpected kwargs: {'token': '***'}")
    log = capsys.readouterr().err
    assert "Traceback" in log
    assert "SEKRET8" not in log


def test_a_full_disk_has_no_room_for_a_traceback_either(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(sys, "stderr", FullDisk())
    assert broken(monkeypatch, tmp_path, OSError(errno.ENOSPC, "No space left on device")).disk_full


class Backend:
    @classmethod
    def create_from_arg_string(cls, args: str, defaults: dict) -> "Backend":
        import transformers

        transformers.PreTrainedModel.from_pretrained("m")
        return cls()


@pytest.mark.parametrize(
    ("model", "args", "refused"),
    [("llava_hf", "pretrained=a/b", True), ("sarbench_hf", "pretrained=a/b", False), ("x", "lora_path=c", False)],
)
def test_random_weights_are_refused(monkeypatch, model: str, args: str, refused: bool) -> None:
    models = pytest.importorskip("lmms_eval.models", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    transformers = pytest.importorskip("transformers")

    def lacking(cls: type, *arguments: object, **options: object) -> tuple[object, dict]:
        return object(), {"missing_keys": ["lm_head.weight"]}

    monkeypatch.setattr(transformers.PreTrainedModel, "from_pretrained", classmethod(lacking))
    monkeypatch.setattr(models, "get_model", lambda name: Backend)
    job, told = msgspec.structs.replace(JOB, model=model, model_args=args), list[Noted]()
    if refused:
        with pytest.raises(InputError, match=r"a/b: lacks 1 weights, which would be random: lm_head\.weight"):
            load_backend(job, told.append)
    else:
        assert isinstance(load_backend(job, told.append), Backend)
        assert bool(told) == ("lora_path" in args)
    assert loading._OWN == "sarbench_hf"
