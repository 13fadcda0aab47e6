import csv
import io
import json

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from sarbench.judge.agreement import choose_decided, compare
from sarbench.judge.answers import Answered
from sarbench.judge.prompt import Question
from sarbench.runs.verdicts import JudgeInfo

JUDGE = JudgeInfo(
    model="m",
    requested="j",
    base_url="http://h/v1",
    prompt_id="sarbench",
    prompt_version="1.0",
    prompt_sha256="0" * 64,
    sampling="{}",
)


def answered(number: int, rule: bool | None, text: str = "a, b\nc") -> Answered:
    return Answered(f"s{number}", f"i{number // 2}", "", "", Question("q", ("t",), text), rule)


def test_kappa_and_confusion_equal_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    rules = rng.random(80) < 0.6
    said = np.where(rng.random(80) < 0.8, rules, ~rules)
    answers = [answered(n, bool(rule)) for n, rule in enumerate(rules)]
    found = compare(answers, [bool(v) for v in said], ["r"] * 80, judge=JUDGE)
    assert found.kappa.kappa == pytest.approx(cohen_kappa_score(rules, said))
    assert found.interval is not None
    assert found.interval[0] < found.kappa.kappa < found.interval[1]
    assert sum(found.confusion.values()) == 80
    assert found.confusion["rule_right_judge_wrong"] == int((rules & ~said).sum())
    assert len(found.disagreements) == int((rules != said).sum())


def test_both_lists_of_disagreements_say_the_same() -> None:
    answers = [answered(0, True), answered(1, False), answered(2, True)]
    found = compare(answers, [False, False, None], ["no", "no", "maybe"], judge=JUDGE)
    content = json.loads(found.to_json())
    (row,) = csv.DictReader(io.StringIO(found.to_csv()))
    assert content["unread"] == 1
    assert content["compared"] == 2
    assert content["disagreements"] == [{**row, "rule": True, "judge": False, "truths": json.loads(row["truths"])}]
    assert row["answer"] == "a, b\nc"


def test_the_choice_is_the_same_every_time_and_of_decided_answers() -> None:
    answers = [answered(n, [True, False, None][n % 3], "" if n == 4 else "x") for n in range(60)]
    chosen = choose_decided(answers, 10)
    assert chosen == choose_decided(answers[::-1], 10)
    assert len(chosen) == 10
    assert all(answer.rule is not None and answer.question.answer for answer in chosen)
    assert set(chosen) <= set(choose_decided(answers, 1000))
    assert choose_decided(answers, 0) == ()
