"""The launcher without a worker: what it says when a run is stopped, and what it takes up of an earlier one."""

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sarbench.catalogue import read_catalogue
from sarbench.errors import RunError
from sarbench.lmms import launcher, locks, session, session_log
from sarbench.lmms.job import Finished, Started
from sarbench.lmms.launcher import Evaluation, StoppedError, evaluate, timed
from sarbench.lmms.parts import Answer, write_part
from sarbench.lmms.process import DiskFullError, KilledError
from sarbench.lmms.session import BEGUN, begin
from sarbench.lmms.session_log import SESSIONS
from sarbench.runs.record import TaskRun
from sarbench.runs.samples import to_table
from sarbench.runs.store import load_run, load_samples, save_manifest, save_samples
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
    names = ("id", "sample_sha256", "image_id", "prompt_sha256", "prompt", "target")
    return {
        **{name: f"{name}-{number}" for name in names},
        **{"width": 1, "height": 1, "perturbation": None, "prediction": "1", "parsed": "null", "outcome": "ok"},
        **{"rule": None, "scores": {}, "seconds": None, "tokens": None, "prompt_id": "sarbench", "coords": "pixel"},
    }


def test_a_finished_task_is_kept_and_every_session_is_written_down(asked, data, monkeypatch) -> None:
    first = begin(asked, (data,)).manifest
    save_samples(asked.out, TASK, to_table([line(0), line(1)]))
    save_manifest(asked.out, first.model_copy(update={"tasks": (task_run(data, datetime.now(UTC)),)}))
    with pytest.raises(RunError, match=r"holds a run already\. Give --resume"):
        begin(asked, (data,))

    for module in (session, session_log):
        monkeypatch.setattr(module, "package_versions", lambda: {**first.packages, "torch": "9.9"})
    again = begin(replace(asked, resume=True, batch_size=4), (data,)).manifest
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
    first = begin(asked, (data,)).manifest
    save_samples(asked.out, TASK, to_table([line(0), line(1)]))
    save_manifest(asked.out, first.model_copy(update={"tasks": (task_run(data, datetime.now(UTC)),)}))
    path = asked.out / "samples" / f"{TASK}.parquet"
    path.write_bytes(path.read_bytes()[:-30])
    again, _ = begin(replace(asked, resume=True), (data,))
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
    assert begin(replace(asked, resume=True), (data,)).manifest.tasks == ()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("history", "gold", r"another history \(none, now gold\)"),
        ("prompt", "authors", r"another prompt \(sarbench, now authors\)"),
        ("perturbation", "blank", r"another perturb \(None, now blank\)"),
    ],
)
def test_answers_that_are_no_whole_task_are_kept_from_other_settings(asked, data, setting, value, said) -> None:
    begin(asked, (data,))
    path = write_part(asked.parts(TASK), [Answer(position=0, prompt_sha256="", text="1", seconds=0.1)], key="k")
    with pytest.raises(RunError, match=said):
        begin(replace(asked, resume=True, settings=replace(asked.settings, **{setting: value})), (data,))
    assert path.exists()


@pytest.mark.parametrize("whole", [True, False])
def test_what_makes_answers_useless_is_named(asked, data, monkeypatch, whole) -> None:
    first = begin(asked, (data,)).manifest
    write_part(asked.parts(TASK), [Answer(position=0, prompt_sha256="", text="1", seconds=0.1)], key="k")
    if whole:
        save_samples(asked.out, TASK, to_table([line(0), line(1)]))
        save_manifest(asked.out, first.model_copy(update={"tasks": (task_run(data, datetime.now(UTC)),)}))
    monkeypatch.setattr(session_log, "PROMPT_VERSION", "9.1")
    heard = []
    again, names = begin(
        replace(asked, resume=True),
        (replace(data, digest="anew" * 16),),
        listen=lambda spec, event: heard.append(f"{spec.name}: {event.text}"),
    )
    differs = "data digest digest, now anewanewanew; prompt version 1.0, now 9.1"
    assert names == {run.task for run in again.tasks} == ({TASK} if whole else set())
    assert again.notes == (f"{TASK} was asked again: {differs}",)
    assert heard == [f"{TASK}: asked again: {differs}"]


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


def test_a_session_log_that_is_damaged_stops_nobody(asked, data) -> None:
    begin(asked, (data,))
    write_part(asked.parts(TASK), [Answer(position=0, prompt_sha256="", text="1", seconds=0.1)], key="k")
    for damaged in (b'["no session"]\n', b'{"prompt": "\xff\xfe"}\n', b"\x00\xff"):
        (asked.out / SESSIONS).write_bytes(damaged)
        assert begin(replace(asked, resume=True), (data,)).manifest.notes == ()


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


def test_a_run_to_calibrate_on_is_not_gone_on_with(asked, data) -> None:
    begin(replace(asked, elsewhere=True), (data,))
    write_part(asked.parts(TASK), [Answer(position=0, prompt_sha256="", text="1", seconds=0.1)], key="k")
    with pytest.raises(RunError, match=r"another split \(one to calibrate on, now the tasks' own\)"):
        begin(replace(asked, resume=True), (data,))
    begin(replace(asked, resume=True, elsewhere=True), (data,))


def test_a_task_of_another_split_is_another_run(asked, data) -> None:
    manifest = begin(asked, (data,)).manifest
    run = task_run(data, datetime.now(UTC), split="train")
    save_manifest(asked.out, manifest.model_copy(update={"tasks": (run,)}))
    (asked.out / SESSIONS).unlink()  # a version that did not write it down
    with pytest.raises(RunError, match=r"another split \(train, now test\)"):
        begin(replace(asked, resume=True), (data,))


def test_secrets_among_the_generation_settings_are_not_written(asked, data) -> None:
    begin(replace(asked, gen_kwargs="max_new_tokens=4,api_key=SEKRET8"), (data,))
    written = [path.read_text() for path in (asked.out / SESSIONS, asked.out / BEGUN)]
    assert '"api_key":"***"' in written[1].replace(" ", "")
    assert not any("SEKRET8" in text for text in written)


def test_hidden_files_of_others_stay(asked) -> None:
    (asked.out / ".notes.tmp").write_text("mine")
    (asked.out / ".run.json.7.tmp").write_text("half")
    locks.remove_temporaries(asked.out)
    assert [path.name for path in asked.out.iterdir()] == [".notes.tmp"]


def test_the_key_tells_one_question_from_another(asked, data) -> None:
    others = [
        replace(asked, model="llava_hf"),
        replace(asked, model_args="response=2"),
        replace(asked, gen_kwargs="max_new_tokens=3"),
        replace(asked, seed=1),
        replace(asked, settings=replace(asked.settings, coords="norm1000")),
        replace(asked, settings=replace(asked.settings, history="gold")),
    ]
    keys = {one.key(data) for one in (asked, *others)} | {asked.key(replace(data, digest="other"))}
    assert len(keys) == 8
    same = "response=1,api_key=sk-2,timeout=60,num_concurrent=2"
    assert replace(asked, model_args=same, batch_size=8, limit=2, device="cpu", chunk=3).key(data) == asked.key(data)
