import json
from pathlib import Path
from typing import Any

import pytest

from sarbench.errors import InputError
from sarbench.questions.score import score_answer, target_of
from sarbench.runs.tally import Tally
from sarbench.runs.verdicts import (
    Spoken,
    TaskVerdicts,
    VerdictsFile,
    load_file,
    load_spoken,
    save_file,
    save_lines,
    text_sha256,
)
from tests.judge.test_agreement import JUDGE
from tests.questions.rows import ROWS

COAST = {**ROWS["classification"], "answers": ["Coast"], "choices": [], "dataset": "sar-text"}


def summary(protocol: Any, **changes: Any) -> TaskVerdicts:
    base = {"answers": 2, "right_by_rule": 0, "undecided": 2, "right": 1, "wrong": 1, "unparsable": 0, "unjudged": 0}
    told = {"accuracy_low": 0.5, "accuracy_high": 0.5, "written": "2026-01-01T00:00:00+00:00", "questions": "rows"}
    return TaskVerdicts(task="t", protocol=protocol, judge=JUDGE, **{**base, **told, **changes})


def line(sample_id: str, **changes: Any) -> dict[str, Any]:
    base = {"id": sample_id, "protocol": "strict", "sample_sha256": "s", "prediction_sha256": text_sha256("a")}
    by = {"model": "m", "prompt_sha256": "0" * 64, "verdict": True, "reply": "yes", "why": None, "key": "k"}
    return {**base, **by, **changes}


def test_only_verdicts_of_the_judge_in_the_record_speak(tmp_path: Path) -> None:
    # A pass that is killed between its two files leaves lines of one judge and the record of another.
    save_file(tmp_path, VerdictsFile(sarbench_version="1", tasks=(summary("strict"),)))
    others = [line("b", model="m2"), line("c", prompt_sha256="1" * 64), line("d", protocol="paper")]
    save_lines(tmp_path, "t", [line("a"), *others, line("e", verdict=None, reply="maybe")])
    spoken = load_spoken(tmp_path, "t")
    assert set(spoken) == {"strict"}
    assert set(spoken["strict"].verdicts) == {"a"}
    assert spoken["strict"].on("a", "s", "a") is True
    assert spoken["strict"].on("a", "s2", "a") is None
    assert spoken["strict"].on("a", "s", "another answer") is None
    assert load_spoken(tmp_path, "another task") == {}


@pytest.mark.parametrize(
    "changes", [{"verdict": False}, {"verdict": None}, {"reply": "no"}, {"reply": "perhaps"}, {"reply": None}]
)
def test_a_verdict_that_its_reply_does_not_give_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    save_file(tmp_path, VerdictsFile(sarbench_version="1", tasks=(summary("strict"),)))
    save_lines(tmp_path, "t", [line("a"), line("b", **changes)])
    with pytest.raises(InputError, match=r"t\.parquet: has another verdict on 'b' than its reply gives"):
        load_spoken(tmp_path, "t")


def test_a_run_that_nobody_judged_has_an_empty_record(tmp_path: Path) -> None:
    assert load_file(tmp_path).tasks == ()
    assert load_spoken(tmp_path, "t") == {}


def test_an_open_class_is_judged_in_every_number_and_the_rules_keep_theirs() -> None:
    target = target_of(COAST, "classification")
    lines = []
    for number, text in enumerate(["coast", "shoreline"]):
        found = score_answer("classification", target, text, coords="pixel", size=None)
        lines.append(
            {
                "id": f"s{number}",
                "image_id": f"i{number}",
                "sample_sha256": "s",
                "prediction": text,
                "outcome": found.outcome,
                "scores": found.scores,
                "target": json.dumps(target),
                "parsed": json.dumps(found.parsed),
            }
        )
    spoken = {"strict": Spoken(summary("strict"), {"s1": ("s", text_sha256("shoreline"), True)})}
    tally = Tally("t", "classification", spoken=spoken)
    for one in lines:
        tally.add_line(one)
    found = {(score.metric, score.protocol): score.value for score in tally.scores().scores}
    assert found["accuracy", "strict"] == 0.5
    assert found["accuracy_judged", "strict"] == 1.0
    assert found["macro_f1_judged", "strict"] == 1.0
    assert found["macro_f1", "strict"] < 1.0
    assert found["undecided", "strict"] == 0.5
    assert tally.undecided == ["s1"]


def test_verdicts_from_before_reasoning_was_taken_off_still_load(tmp_path: Path) -> None:
    """Such a reply was read as no verdict; that is kept, as its summary says, until the judge is run again."""
    save_file(tmp_path, VerdictsFile(sarbench_version="1", tasks=(summary("strict"),)))
    thought = "<think>The same.</think>yes"
    save_lines(tmp_path, "t", [line("a"), line("b", verdict=None, reply=thought), line("c", reply=thought)])
    assert set(load_spoken(tmp_path, "t")["strict"].verdicts) == {"a", "c"}
    save_lines(tmp_path, "t", [line("a"), line("b", verdict=False, reply=thought)])
    with pytest.raises(InputError, match="has another verdict on 'b'"):
        load_spoken(tmp_path, "t")
