"""What a session takes up of earlier ones, and what it writes down of itself."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sarbench.errors import RunError
from sarbench.lmms import session, session_log
from sarbench.lmms.parts import Answer, write_part
from sarbench.lmms.session import BEGUN, begin
from sarbench.lmms.session_log import SESSIONS
from sarbench.runs.samples import to_table
from sarbench.runs.store import save_manifest, save_samples
from tests.lmms.small_run import TASK, line, task_run


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


def test_a_session_log_that_is_damaged_stops_nobody(asked, data) -> None:
    begin(asked, (data,))
    write_part(asked.parts(TASK), [Answer(position=0, prompt_sha256="", text="1", seconds=0.1)], key="k")
    for damaged in (b'["no session"]\n', b'{"prompt": "\xff\xfe"}\n', b"\x00\xff"):
        (asked.out / SESSIONS).write_bytes(damaged)
        assert begin(replace(asked, resume=True), (data,)).manifest.notes == ()


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


def test_a_server_may_come_back_at_another_address(asked, data) -> None:
    at = [f"model=m,base_url=http://me:pw@{host}/v1,x=1" for host in ("127.0.0.1:8000", "node7:9000")]
    asked = replace(asked, model="openai", model_args=at[0])
    first = begin(asked, (data,)).manifest
    save_samples(asked.out, TASK, to_table([line(0), line(1)]))
    save_manifest(asked.out, first.model_copy(update={"tasks": (task_run(data, datetime.now(UTC)),)}))
    moved = replace(asked, resume=True, model_args=at[1])
    manifest, again = begin(moved, (data,))
    assert [run.task for run in manifest.tasks] == [TASK]
    assert again == frozenset()
    (note,) = manifest.notes
    assert note.endswith("address http://***@127.0.0.1:8000/v1 → http://***@node7:9000/v1")
    sessions = [json.loads(text) for text in (asked.out / SESSIONS).read_text().splitlines()]
    assert [one["model_args"]["base_url"] for one in sessions] == [
        f"http://***@{host}/v1" for host in ("127.0.0.1:8000", "node7:9000")
    ]
    assert moved.key(data) == asked.key(data)
    with pytest.raises(RunError, match=r"another server \(named by base_url, now the one of the backend\)"):
        begin(replace(moved, model_args="model=m,x=1"), (data,))
    for other in (at[1].replace("=m,", "=n,"), at[1].replace("x=1", "x=2")):
        with pytest.raises(RunError, match="another model"):
            begin(replace(moved, model_args=other), (data,))


def test_the_command_is_that_of_the_last_session_that_asked(asked, data) -> None:
    first = begin(asked, (data,)).manifest
    save_samples(asked.out, TASK, to_table([line(0), line(1)]))
    save_manifest(asked.out, first.model_copy(update={"tasks": (task_run(data, datetime.now(UTC)),)}))
    later = replace(asked, resume=True, command=("sarbench", "eval", "--resume"))
    assert begin(later, (data,)).manifest.command == first.command
    changed = replace(data, digest="another")
    assert begin(later, (changed,)).manifest.command == later.command
