import json
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from sarbench.catalogue import read_catalogue
from sarbench.cli.judge import judge
from sarbench.errors import InputError, RunError, UnknownNameError
from sarbench.files import locked
from sarbench.runs.record import Score
from sarbench.runs.scoring import rescore_run, score_run
from sarbench.runs.store import load_samples
from sarbench.runs.verdicts import VERDICTS, load_file, load_lines
from tests.judge.run_folder import ANSWERS, TASK, line_of, write_run
from tests.judge.stub_server import Handler, sensible, serving

APP = typer.Typer()
APP.command()(judge)


def call(run: Path, url: str, *more: str) -> Any:
    cache = run.parent / "cache.sqlite"
    command = [str(run), "--base-url", url, "--judge-model", "judge-7b", "--cache", str(cache), *more]
    found = CliRunner().invoke(APP, command)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


def whole(run: Path) -> dict[tuple[str, str], Score]:
    scores = rescore_run(run).tasks[0].scores
    return {(score.metric, score.protocol): score for score in scores if score.slice == "all"}


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Path:
    return write_run(tmp_path / "run")


def test_a_judge_adds_numbers_and_changes_none(run: Path) -> None:
    before = whole(run)
    with serving(sensible) as stub:
        said = call(run, stub.url)
        assert said.exit_code == 0, said.output
        assert len(stub.seen) == 4  # meadow, lake, Meadow field, asphalt
    after = whole(run)
    assert {key: after[key] for key in before} == before
    assert before["accuracy", "strict"].value == 1 / 8
    assert before["accuracy_at_most", "strict"].value == 6 / 8
    assert after["accuracy_judged", "strict"].value == 4 / 8
    assert after["accuracy_at_most_judged", "strict"].value == 4 / 8
    assert set(after) - set(before) == {("accuracy_judged", "strict"), ("accuracy_at_most_judged", "strict")}
    assert not after["accuracy_judged", "strict"].headline
    assert "judge judge-7b@abc, prompt sarbench 1.0" in after["accuracy_judged", "strict"].method
    assert [score.metric for score in after.values() if score.headline] == ["accuracy"]
    assert {score.slice for score in score_run(run).tasks[0].scores} == {"all", "attribute"}
    samples = load_samples(run, TASK).to_pylist()
    assert [dict(line["scores"])["exact"] for line in samples] == [line_of(0, t)["scores"]["exact"] for t in ANSWERS]


def test_a_judge_may_think_aloud_first(run: Path) -> None:
    def aloud(handler: Handler, body: dict[str, Any], number: int) -> None:
        handler.reply("<think>Yes or no? They are not alike.</think>\n\nno")

    with serving(aloud) as stub:
        said = call(run, stub.url, "--extra-body", '{"max_tokens": 4096}')
    assert said.exit_code == 0, said.output
    assert "no verdict" not in said.output
    assert whole(run)["accuracy_judged", "strict"].value == 1 / 8


def test_the_record_says_who_judged_what_and_how(run: Path) -> None:
    with serving(sensible) as stub:
        call(run, stub.url)
        assert stub.seen[0]["body"]["temperature"] == 0
    (found,) = load_file(run).tasks
    assert (found.answers, found.right_by_rule, found.undecided) == (8, 1, 5)
    assert (found.right, found.wrong, found.unparsable, found.unjudged) == (3, 2, 0, 0)
    assert (found.accuracy_low, found.accuracy_high) == (0.5, 0.5)
    assert (found.judge.model, found.judge.requested, found.questions) == ("judge-7b@abc", "judge-7b", "prompts")
    assert pq.read_schema(run / "verdicts" / f"{TASK}.parquet").equals(VERDICTS)
    lines = load_lines(run, TASK)
    assert [line["verdict"] for line in lines] == [True, True, False, True, False]
    assert {line["prompt_sha256"] for line in lines} == {found.judge.prompt_sha256}
    assert [line["reply"] for line in lines] == ["yes", "yes", "No.", "yes", "No."]


def test_the_papers_protocol_is_judged_by_itself(run: Path) -> None:
    with serving(sensible) as stub:
        call(run, stub.url, "--prompt", "sarlang-paper")
        assert "Reply 1" in stub.seen[0]["body"]["messages"][0]["content"]
        after = whole(run)
        assert ("accuracy_judged", "strict") not in after
        # "bare land" lacks the truth's full stop, so that the paper asks about it, and about an empty answer too.
        assert after["accuracy", "paper"].value == 0
        assert after["accuracy_judged", "paper"].value == 3 / 8
        assert "sarlang-paper" in after["accuracy_judged", "paper"].method
        call(run, stub.url)
    both = whole(run)
    assert both["accuracy_judged", "paper"] == after["accuracy_judged", "paper"]
    assert both["accuracy_judged", "strict"].value == 4 / 8
    assert {line["protocol"] for line in load_lines(run, TASK)} == {"strict", "paper"}


def test_a_second_pass_is_free_and_writes_the_same(run: Path) -> None:
    with serving(sensible) as stub:
        call(run, stub.url)
        lines = load_lines(run, TASK)
        assert "0 of them put to the server" in call(run, stub.url).output
        assert len(stub.seen) == 4
    assert load_lines(run, TASK) == lines


def test_replies_that_cannot_be_read_are_no_verdicts(run: Path) -> None:
    with serving(lambda h, b, n: h.reply("Yes, I think so")) as stub:
        said = call(run, stub.url)
    assert said.exit_code == 3
    assert f"{TASK}: replies that are no verdict: 5, " in said.output
    assert "take another --judge-model" in said.output
    assert "have no verdict; column" not in said.output
    (found,) = load_file(run).tasks
    assert (found.unparsable, found.accuracy_low, found.accuracy_high) == (5, 1 / 8, 6 / 8)
    judged = whole(run)["accuracy_judged", "strict"]
    assert judged.value is None
    assert judged.note is not None
    assert "5 of 5 undecided answers have no verdict; replies that are no verdict: 5, " in judged.note
    assert "take another --judge-model" in judged.note
    assert "run `sarbench judge` again" not in judged.note


def test_few_missing_verdicts_count_as_wrong_and_are_told(home: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", [f"meadow {n}" for n in range(40)])

    def mostly(handler: Handler, body: dict[str, Any], number: int) -> None:
        handler.reply("perhaps") if number == 7 else sensible(handler, body, number)

    with serving(mostly) as stub:
        said = call(run, stub.url)
    assert said.exit_code == 0
    assert "replies that are no verdict: 1, " in said.output
    judged = whole(run)["accuracy_judged", "strict"]
    assert judged.value == 39 / 40
    assert "1 of 40 undecided answers without a verdict" in judged.method
    assert whole(run)["accuracy_at_most_judged", "strict"].value == 1.0


def test_a_verdict_is_about_the_answer_that_was_judged(run: Path) -> None:
    with serving(sensible) as stub:
        call(run, stub.url)
    write_run(run, [*ANSWERS[:-1], "concrete"])
    judged = whole(run)["accuracy_judged", "strict"]
    assert judged.value is None
    assert "1 of 5" in (judged.note or "")


def test_a_server_that_breaks_leaves_what_it_said(run: Path) -> None:
    def breaks(handler: Handler, body: dict[str, Any], number: int) -> None:
        sensible(handler, body, number) if number <= 2 else handler.send(403, b"quota")

    with serving(breaks) as stub:
        found = call(run, stub.url, "--workers", "1")
        assert found.exit_code == 3
        assert "quota" in found.output
        (record,) = load_file(run).tasks
        assert record.unjudged == 2
        assert {line["why"] for line in load_lines(run, TASK)} - {"not asked"} == {None, "answered 403: quota"}
        stub.behave, before = sensible, len(stub.seen)
        assert call(run, stub.url).exit_code == 0
        assert len(stub.seen) == before + 2
    assert whole(run)["accuracy_judged", "strict"].value == 4 / 8


def test_a_broken_pass_does_not_replace_another_judge(run: Path) -> None:
    with serving(sensible) as stub:
        call(run, stub.url)
        before = load_lines(run, TASK)
        stub.behave = lambda h, b, n: h.reply("no", model="other") if n <= 5 else h.send(401, b"no")
        found = call(run, stub.url, "--judge-model", "other")
        assert found.exit_code == 3
        assert "keeps the verdicts of another judge" in found.output
    assert load_lines(run, TASK) == before


def test_a_server_that_never_answers_is_an_error(run: Path) -> None:
    with (
        serving(lambda h, b, n: h.send(404, b"no such model")) as stub,
        pytest.raises(RunError, match="gave no verdict: answered 404: no such model"),
    ):
        call(run, stub.url)
    assert not (run / "verdicts.json").exists()


def test_a_server_that_is_not_there_is_an_error_at_once(run: Path) -> None:
    with serving(sensible) as stub:
        pass
    began = time.monotonic()
    with pytest.raises(RunError, match=r"gave no verdict: cannot be reached .*Connection refused"):
        call(run, stub.url)
    assert time.monotonic() - began < 10  # and not 8 questions, each asked five times
    assert not (run / "verdicts.json").exists()


def test_agreement_with_the_rules_is_written_and_told(run: Path) -> None:
    with serving(sensible) as stub:
        found = call(run, stub.url, "--agreement", "9")
    assert "Cohen's kappa" in found.output
    report = json.loads((run / "verdicts" / "agreement-strict.json").read_text())
    # "bare land" and "I cannot tell." are decided by rules; the judge finds neither right.
    assert report["confusion"]["rule_right_judge_wrong"] == 1
    assert report["confusion"]["both_wrong"] == 1
    assert [row["answer"] for row in report["disagreements"]] == ["bare land"]
    assert (run / "verdicts" / "disagreements-strict.csv").read_text().count("bare land") == 1
    assert len(load_lines(run, TASK)) == 5


def test_a_limit_leaves_the_rest_unjudged(run: Path) -> None:
    with serving(sensible) as stub:
        assert call(run, stub.url, "--limit", "1").exit_code == 0
    assert load_file(run).tasks[0].unjudged == 3  # meadow is there twice


def test_a_run_without_undecided_answers(home: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ["bare land"])
    with serving(sensible) as stub:
        found = call(run, stub.url)
        assert (found.exit_code, stub.seen) == (0, [])
    assert "nothing to judge" in found.output


def test_wrong_input_has_a_message(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_KEY", raising=False)
    monkeypatch.setenv("A_KEY", "k-1")
    url = "http://127.0.0.1:9/v1"
    with pytest.raises(InputError, match="NO_KEY: is not set"):
        call(run, url, "--api-key-env", "NO_KEY")
    with pytest.raises(InputError, match="no http URL"):
        call(run, "localhost:8000")
    with pytest.raises(UnknownNameError, match="holds no sarbench_sarlang_vqa2_vqa"):
        call(run, url, "--tasks", "sarbench_sarlang_vqa2_vqa")
    with pytest.raises(UnknownNameError, match="judge's prompt"):
        call(run, url, "--prompt", "gpt")
    with pytest.raises(InputError, match=r"\[bad/v1: is no http URL"):
        call(run, "http://[bad/v1")
    with pytest.raises(InputError, match=r"--timeout 1e\+300"):
        call(run, url, "--timeout", "1e300")
    with pytest.raises(InputError, match=r"--judge-model j\\udcff"):
        call(run, url, "--judge-model", "j\udcff")
    for text in ("{", "[]", '{"model": "x"}', '{"a": NaN}', "[" * 100_000):
        with pytest.raises(InputError, match="--extra-body"):
            call(run, url, "--extra-body", text)
    with serving(sensible) as stub:
        assert call(run, stub.url, "--api-key-env", "A_KEY", "--extra-body", '{"seed": 1}').exit_code == 0
        assert stub.seen[0]["key"] == "Bearer k-1"
        assert stub.seen[0]["body"]["seed"] == 1
    for path in (run / "verdicts.json", run / "verdicts" / f"{TASK}.parquet", run.parent / "cache.sqlite"):
        assert b"k-1" not in path.read_bytes()


def test_two_passes_do_not_write_at_once(run: Path) -> None:
    (run / "verdicts").mkdir()
    with locked(run / "verdicts", problem="p"), pytest.raises(InputError, match="another pass"):
        call(run, "http://127.0.0.1:9/v1")


def test_broken_records_are_named(run: Path) -> None:
    with serving(sensible) as stub:
        call(run, stub.url)
    (run / "verdicts" / f"{TASK}.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match=r"vqa2_attribute\.parquet: cannot be read"):
        rescore_run(run)
    (run / "verdicts.json").write_text("{")
    with pytest.raises(InputError, match=r"verdicts\.json: is no record of a judge"):
        rescore_run(run)


def test_tasks_without_open_answers_are_refused(home: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", [], task="sarbench_sarlang_vqa2_counting")
    assert "sarbench_sarlang_vqa2_counting" in read_catalogue().tasks
    with pytest.raises(InputError, match="no task leaves an answer to a judge under strict"):
        call(run, "http://127.0.0.1:9/v1")
