"""The launcher without a worker: what it says when a run is stopped, and what it takes up of an earlier one."""

import errno
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.errors import RunError
from sarbench.lmms import launcher, session
from sarbench.lmms.launcher import Evaluation, StoppedError, evaluate, timed
from sarbench.lmms.parts import Answer, write_part
from sarbench.lmms.process import DiskFullError
from sarbench.lmms.session import BEGUN, SESSIONS, begin
from sarbench.runs.record import TaskRun
from sarbench.runs.samples import to_table
from sarbench.runs.store import save_manifest, save_samples
from sarbench.task_data import TaskData

TASK = "sarbench_sarchat_rebuilt_counting"


@pytest.fixture
def asked(tmp_path: Path) -> Evaluation:
    (tmp_path / "run").mkdir()
    return Evaluation(
        model="dummy",
        model_args="response=1,api_key=sk-1",
        tasks=read_catalogue().select([TASK]),
        out=tmp_path / "run",
        command=("sarbench", "eval", "--model_args", "response=1,api_key=sk-1"),
    )


@pytest.fixture
def data(asked: Evaluation, tmp_path: Path) -> TaskData:
    return TaskData(asked.tasks[0], tmp_path, 3, "digest", True, ("test",))


def stopping(monkeypatch: pytest.MonkeyPatch, data: TaskData, error: BaseException) -> None:
    def stop(*arguments, **options):
        raise error

    monkeypatch.setattr(launcher, "preflight", lambda asked: (data,))
    monkeypatch.setattr(launcher, "run_worker", stop)


def test_ctrl_c_leaves_a_run_that_can_be_resumed_and_says_so(asked, data, monkeypatch) -> None:
    stopping(monkeypatch, data, KeyboardInterrupt())
    with pytest.raises(StoppedError, match=r"was stopped\. Run the same command with --resume") as caught:
        evaluate(asked)
    assert caught.value.exit_code == 130
    assert (asked.out / BEGUN).exists()
    assert not (asked.out / "manifest.json").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_sentence(asked, data, monkeypatch, number) -> None:
    stopping(monkeypatch, data, OSError(number, "No space left on device", str(asked.out / "manifest.json")))
    with pytest.raises(DiskFullError, match=r"manifest\.json: the disk is full\. Make room .*--resume.* is kept"):
        evaluate(asked)


def test_a_disk_that_fills_in_the_worker_ends_the_run(asked, data, monkeypatch) -> None:
    stopping(monkeypatch, data, DiskFullError(where=asked.out / "logs", problem="the disk became full during t"))
    with pytest.raises(DiskFullError, match="the disk became full"):
        evaluate(asked)


def test_other_errors_of_files_keep_their_words(asked, data, monkeypatch) -> None:
    stopping(monkeypatch, data, PermissionError(errno.EACCES, "Permission denied"))
    with pytest.raises(PermissionError):
        evaluate(asked)


def task_run(data: TaskData, began: datetime, **changes) -> TaskRun:
    run = data.run(prompt="sarbench", done=2, failed=0, started=began)
    return run.model_copy(update=changes)


def test_a_clock_that_is_set_back_costs_no_second(data) -> None:
    began = datetime.now(UTC)
    back = (began - timedelta(hours=1)).isoformat(timespec="seconds")
    run, notes = timed(task_run(data, began, ended=back), began=began, seconds=100.0, earlier=20.5)
    assert run.seconds == 120.5
    assert datetime.fromisoformat(run.ended) >= datetime.fromisoformat(run.started)
    assert notes[0].startswith(f"{TASK}: the clock was set by -370")


def test_a_clock_that_is_right_needs_no_note(data) -> None:
    began = datetime.now(UTC) - timedelta(seconds=10)
    run, notes = timed(task_run(data, began), began=began, seconds=10.0, earlier=0)
    assert (run.seconds, notes) == (10.0, [])


def line(number: int) -> dict:
    names = ("id", "sample_sha256", "image_id", "prompt_id", "prompt_sha256", "prompt", "coords", "target")
    return {
        **{name: f"{name}-{number}" for name in names},
        **{"width": 1, "height": 1, "perturbation": None, "prediction": "1", "parsed": "null", "outcome": "ok"},
        **{"rule": None, "scores": {}, "seconds": None, "tokens": None},
    }


def test_a_finished_task_is_kept_and_every_session_is_written_down(asked, data, monkeypatch) -> None:
    first = begin(asked, (data,))
    save_samples(asked.out, TASK, to_table([line(0), line(1)]))
    save_manifest(asked.out, first.model_copy(update={"tasks": (task_run(data, datetime.now(UTC)),)}))
    with pytest.raises(RunError, match=r"holds a run already\. Give --resume"):
        begin(asked, (data,))

    monkeypatch.setattr(session, "package_versions", lambda: {**first.packages, "torch": "9.9"})
    again = begin(replace(asked, resume=True, batch_size=4), (data,))
    assert [run.task for run in again.tasks] == [TASK]
    (note,) = again.notes
    assert "batch size 1 → 4" in note
    assert "→ 9.9" in note
    sessions = [json.loads(text) for text in (asked.out / SESSIONS).read_text().splitlines()]
    assert [one["batch_size"] for one in sessions] == [1, 4]
    assert sessions[1]["packages"]["torch"] == "9.9"
    assert sessions[1]["kept"] == [TASK]
    assert "sk-1" not in (asked.out / SESSIONS).read_text() + (asked.out / BEGUN).read_text()


def test_a_truncated_samples_file_is_made_again_with_a_note(asked, data) -> None:
    first = begin(asked, (data,))
    save_samples(asked.out, TASK, to_table([line(0), line(1)]))
    save_manifest(asked.out, first.model_copy(update={"tasks": (task_run(data, datetime.now(UTC)),)}))
    path = asked.out / "samples" / f"{TASK}.parquet"
    path.write_bytes(path.read_bytes()[:-30])
    again = begin(replace(asked, resume=True), (data,))
    assert again.tasks == ()
    assert again.notes[0].startswith(f"{TASK} was asked again: cannot be read")


def test_a_run_without_a_whole_task_is_a_run(asked, data) -> None:
    begin(asked, (data,))
    begin(asked, (data,))  # nothing was answered: nothing to protect
    answer = Answer(position=0, prompt_sha256="", text="1", seconds=0.1)
    write_part(asked.parts(TASK), [answer], key="k")
    with pytest.raises(RunError, match="holds a run already"):
        begin(asked, (data,))
    with pytest.raises(RunError, match="another seed"):
        begin(replace(asked, resume=True, seed=1), (data,))
    assert begin(replace(asked, resume=True), (data,)).tasks == ()


def test_the_key_tells_one_question_from_another(asked, data) -> None:
    others = [
        replace(asked, model="llava_hf"),
        replace(asked, model_args="response=2"),
        replace(asked, gen_kwargs="max_new_tokens=3"),
        replace(asked, seed=1),
        replace(asked, settings=replace(asked.settings, coords="norm1000")),
    ]
    keys = {one.key(data) for one in (asked, *others)} | {asked.key(replace(data, digest="other"))}
    assert len(keys) == 7
    same = "response=1,api_key=sk-2,timeout=60,num_concurrent=2"
    assert replace(asked, model_args=same, batch_size=8, limit=2, device="cpu", chunk=3).key(data) == asked.key(data)
