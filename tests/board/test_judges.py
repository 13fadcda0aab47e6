import pytest

import sarbench
from sarbench.board.judges import interval_method, judge, judged, judged_beside, remark
from sarbench.runs.record import Score


def score(metric, value=0.5, *, protocol="strict", slice_="all", method="m", note=None):
    return Score(
        task="t", metric=metric, protocol=protocol, slice=slice_, value=value, n=9, clusters=3, method=method, note=note
    )


def test_a_number_with_undecided_answers_is_a_lower_bound_under_its_own_protocol_alone():
    scores = [score("accuracy"), score("undecided", 0.12), score("accuracy", protocol="paper"), score("mae")]
    assert remark(scores, scores[0]).text == "rules only, undecided counts as wrong (12.0 % undecided)"
    assert [remark(scores, each) for each in scores[1:]] == [None] * 3


@pytest.mark.parametrize("share", [0.0, None, float("nan")])
def test_where_nothing_is_undecided_nothing_is_said(share):
    assert remark([score("accuracy"), score("undecided", share)], score("accuracy")) is None


def test_a_judge_is_named_and_ends_the_lower_bound():
    by_judge = score("accuracy_judged", 0.6, method="clustered-wilson; judge m; 1 of 40 without a verdict")
    scores = [score("accuracy"), score("undecided", 0.1), by_judge]
    assert remark(scores, scores[0]) is None
    assert judged(scores, scores[0]) is by_judge
    assert remark(scores, by_judge).text == "judge m; 1 of 40 without a verdict"


def test_a_judge_that_left_too_much_open_gives_no_number_and_says_so():
    silent = score("accuracy_judged", None, method="judge m", note="9 of 40 undecided answers have no verdict")
    scores = [score("accuracy"), score("undecided", 0.1), silent]
    assert judged(scores, scores[0]) is None
    assert remark(scores, scores[0]).kind == "bound"
    assert remark(scores, silent).text == "judge m: 9 of 40 undecided answers have no verdict"


@pytest.mark.parametrize(
    ("made", "who", "how"),
    [
        (score("accuracy", method="clustered-t"), "", "clustered-t"),
        (score("accuracy_judged", method="clustered-t; judge m; 1 left"), "judge m; 1 left", "clustered-t"),
        (score("accuracy_judged", None, method="judge m"), "judge m", ""),
    ],
)
def test_the_method_of_an_interval_is_told_from_the_judge(made, who, how):
    assert (judge(made), interval_method(made)) == (who, how)


def test_it_reads_what_scoring_writes():
    row = {
        "id": "a",
        "task": "vqa",
        "question": "What is beside the river?",
        "answers": ["meadow"],
        "dataset": "sarlang-1m",
    }
    rows = [{**row, "id": name} for name in "abc"]
    asked = {"task": "vqa", "references": rows, "predictions": ["meadow", "grass field", "green land"]}
    plain = sarbench.score(**asked).details.scores
    assert {(each.metric, each.protocol) for each in plain if remark(plain, each)} == {
        ("accuracy", "strict"),
        ("accuracy", "paper"),
    }
    after = sarbench.score(**asked, verdicts={"b": True, "c": False}).details.scores
    told = {(each.metric, each.protocol): remark(after, each) for each in after}
    assert told["accuracy", "strict"] is told["accuracy", "paper"] is None
    assert told["accuracy_judged", "strict"].text == told["accuracy_judged", "paper"].text == "verdicts given"
    silent = sarbench.score(**asked, verdicts={"b": True}).details.scores
    told = {(each.metric, each.protocol): remark(silent, each) for each in silent}
    assert told["accuracy", "strict"].kind == "bound"
    assert told["accuracy_judged", "strict"].text.startswith("verdicts given: 1 of 2 undecided answers have no verdict")


def test_judged_numbers_stand_behind_those_of_the_rules():
    names = ["accuracy", "macro_f1", "undecided", "accuracy_judged", "macro_f1_judged", "lonely_judged"]
    scores = [*map(score, names), score("accuracy", slice_="few"), score("accuracy_judged", slice_="few")]
    placed = [(each.metric, each.slice) for each in judged_beside(scores)]
    assert placed == [
        ("accuracy", "all"),
        ("accuracy_judged", "all"),
        ("macro_f1", "all"),
        ("macro_f1_judged", "all"),
        ("undecided", "all"),
        ("lonely_judged", "all"),
        ("accuracy", "few"),
        ("accuracy_judged", "few"),
    ]
