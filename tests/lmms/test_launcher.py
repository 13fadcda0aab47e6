"""The launcher without a worker: what it says when a run is stopped, and what it believes."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sarbench.errors import RunError
from sarbench.lmms import launcher, locks
from sarbench.lmms.job import Finished, Started
from sarbench.lmms.launcher import Evaluation, StoppedError, evaluate, timed
from sarbench.lmms.parts import Answer, write_part
from sarbench.lmms.process import DiskFullError, KilledError
from sarbench.lmms.session import BEGUN, begin
from sarbench.runs.samples import to_table
from sarbench.runs.store import load_run, load_samples, save_manifest, save_samples
from sarbench.task_data import TaskData
from tests.lmms.small_run import TASK, line, task_run


def stopping(monkeypatch: pytest.MonkeyPatch, data: TaskData, error: BaseException) -> None:
    def stop(*arguments, **options):
        raise error

    monkeypatch.setattr(launcher, "preflight", lambda asked: (data,))
    monkeypatch.setattr(launcher, "run_while_killed", stop)


def test_ctrl_c_leaves_a_run_that_can_be_resumed_and_says_so(asked, data, monkeypatch) -> None:
    stopping(monkeypatch, data, KeyboardInterrupt())
    with pytest.raises(StoppedError, match=r"was stopped\. Run the same command with --resume") as caught:
        evaluate(asked)
    assert caught.value.exit_code == 130
    assert (asked.out / BEGUN).exists()
    assert not (asked.out / "manifest.json").exists()


@pytest.mark.parametrize("where", ["scoring", "letting go of the folder"])
def test_a_second_ctrl_c_changes_nothing(asked, data, monkeypatch, where) -> None:
    def again(*arguments) -> None:
        raise KeyboardInterrupt

    @contextmanager
    def writing(folder: Path) -> Iterator[None]:
        with locks.writing(folder):
            try:
                yield
            finally:
                again()

    stopping(monkeypatch, data, KeyboardInterrupt())
    name, interrupted = ("_score", again) if where == "scoring" else ("writing", writing)
    monkeypatch.setattr(launcher, name, interrupted)
    with pytest.raises(StoppedError, match=r"was stopped\. Run the same command with --resume"):
        evaluate(asked)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_sentence(asked, data, monkeypatch, number) -> None:
    stopping(monkeypatch, data, OSError(number, "No space left on device", str(asked.out / "manifest.json")))
    with pytest.raises(DiskFullError, match=r"manifest\.json: the disk is full\. Make room .*--resume.* is kept"):
        evaluate(asked)


def test_a_disk_that_fills_in_the_worker_ends_the_run(asked, data, monkeypatch) -> None:
    stopping(monkeypatch, data, DiskFullError(where=asked.out / "logs", problem="the disk became full during t"))
    with pytest.raises(DiskFullError, match="the disk became full"):
        evaluate(asked)


@pytest.mark.parametrize(("batch_size", "advice"), [(4, "with a smaller --batch_size than 4 or on a"), (1, "on a")])
def test_a_worker_killed_for_memory_says_how_to_go_on(asked, data, monkeypatch, batch_size, advice) -> None:
    error = KilledError(where=asked.out / "logs" / "t.log", task=TASK, batch_size=batch_size, loaded=True)
    stopping(monkeypatch, data, error)
    said = (
        rf"1 of 1 tasks broke: .*for want of memory \(see .*t\.log\)\. Go on with --resume, {advice} machine with more"
    )
    with pytest.raises(RunError, match=said):
        evaluate(asked)


def test_other_errors_of_files_keep_their_words(asked, data, monkeypatch) -> None:
    stopping(monkeypatch, data, PermissionError(errno.EACCES, "Permission denied"))
    with pytest.raises(PermissionError):
        evaluate(asked)


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


@pytest.mark.parametrize("broken", [RunError(where=None, problem="broke", fix=""), KeyboardInterrupt()])
def test_a_task_that_is_asked_again_stays_on_record_until_it_is_whole(asked, data, monkeypatch, broken) -> None:
    first = begin(asked, (data,)).manifest
    write_part(asked.parts(TASK), [Answer(position=0, prompt_sha256="", text="1", seconds=0.1)], key="k")
    before = task_run(data, datetime.now(UTC), failed=1)
    home = f"{before.dataset}/{before.config}/{before.split}"
    lines = [{**line(number), "id": f"{home}/{number}", "target": '{"count": 1}'} for number in range(2)]
    save_samples(asked.out, TASK, to_table(lines))
    save_manifest(asked.out, first.model_copy(update={"tasks": (before,)}))
    stopping(monkeypatch, data, broken)
    with pytest.raises(RunError, match="1 of 1 tasks broke" if isinstance(broken, RunError) else "was stopped"):
        evaluate(replace(asked, resume=True))
    run = load_run(asked.out)
    assert run.manifest.tasks == (before,)
    assert [scores.task for scores in run.scores.tasks] == [TASK]
    assert begin(replace(asked, resume=True), (data,)).again == {TASK}


def test_answers_that_are_not_believed_replace_nothing(asked, data, monkeypatch) -> None:
    save_samples(asked.out, TASK, to_table([line(0), line(1)]))
    stopping(monkeypatch, data, KeyboardInterrupt())

    def other_answers(job, settings, *, log, listen):
        Path(job.out).parent.mkdir(exist_ok=True)
        pq.write_table(to_table([line(7)]), job.out)
        return Started(1, None, None, None), Finished(None, {})

    monkeypatch.setattr(launcher, "run_while_killed", other_answers)
    monkeypatch.setattr(Evaluation, "questions", lambda asked, data: ["sample_sha256-0", "sample_sha256-1"])
    with pytest.raises(RunError, match="gave 1 answers to 2 questions"):
        evaluate(asked)
    assert load_samples(asked.out, TASK).column("id").to_pylist() == ["id-0", "id-1"]


def test_what_killed_processes_were_writing_goes_when_the_run_does_on(asked, data, monkeypatch) -> None:
    left = [".manifest.json.7.tmp", f"samples/.{TASK}.parquet.7.tmp", f"parts/{TASK}/.0-1.parquet.7.tmp"]
    for name in left:
        (asked.out / name).parent.mkdir(parents=True, exist_ok=True)
        (asked.out / name).write_bytes(b"half")
    stopping(monkeypatch, data, KeyboardInterrupt())
    with locks.writing(asked.out), pytest.raises(RunError, match="another evaluation"):
        evaluate(asked)
    assert all((asked.out / name).exists() for name in left)  # another process may be writing them
    with pytest.raises(StoppedError):
        evaluate(asked)
    assert not list(asked.out.rglob("*.tmp"))
