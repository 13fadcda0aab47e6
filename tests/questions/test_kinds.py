import json
from collections import Counter

import pytest

from sarbench.answers import KINDS as READINGS
from sarbench.questions.family import FAMILIES, family, may_be_scored_as
from sarbench.questions.kinds import KINDS, all_metrics
from sarbench.questions.score import target_of
from sarbench.runs.tally import PROTOCOLS
from tests.questions.rows import PERFECT, ROWS
from tests.runs.lines import lines_of

from sarbench.runs.tally import score_task  # isort: skip


def test_every_kind_has_its_rules() -> None:
    assert set(KINDS) == set(FAMILIES) == set(ROWS) == set(PERFECT)


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_metric_is_named_once_and_says_what_it_is(kind: str) -> None:
    rules = KINDS[kind]
    names = Counter((metric.name, metric.protocol) for metric in rules.metrics)
    assert set(names.values()) == {1}
    assert rules.headline.protocol == "strict"
    for metric in rules.metrics:
        assert metric.protocol in PROTOCOLS
        assert metric.summary
        assert metric.source
        assert metric.unit
        assert metric.high is None or metric.low < metric.high


@pytest.mark.parametrize("kind", FAMILIES)
def test_every_number_is_a_declared_metric_and_every_metric_is_a_number(kind: str) -> None:
    answers = [PERFECT[kind], "something else entirely", ""]
    scored = score_task("t", kind, lines_of(kind, answers), protocols=PROTOCOLS)
    found = {(score.metric, score.protocol): score for score in scored.scores if score.slice == "all"}
    declared = {(metric.name, metric.protocol): metric for metric in KINDS[kind].metrics}
    assert set(found) <= set(declared)
    # Shares of undecided answers appear only where a truth left something undecided; SARLANG's rules only on its rows.
    asked_of_sarlang = ROWS[kind]["dataset"] == "sarlang-1m"
    optional = {
        (n, p) for n, p in declared if n == "undecided" or (p == "paper" and n == "accuracy" and not asked_of_sarlang)
    }
    assert set(declared) - set(found) <= optional
    for key, score in found.items():
        assert (score.unit, score.higher_is_better) == (declared[key].unit, declared[key].higher_is_better)
        if score.value is not None:
            top = declared[key].high
            assert declared[key].low <= score.value <= (float("inf") if top is None else top)
        else:
            assert score.note or score.n == 0


@pytest.mark.parametrize("kind", FAMILIES)
def test_targets_are_json_and_say_how_answers_are_read(kind: str) -> None:
    target = target_of(ROWS[kind])
    assert json.loads(json.dumps(target)) == target
    assert KINDS[kind].reads(target) in READINGS


def test_vqa_scores_every_short_answer_and_nothing_else() -> None:
    short = {kind for kind in FAMILIES if may_be_scored_as("vqa", ROWS[kind])}
    assert short == {"vqa", "presence", "classification", "counting", "position", "region"}
    assert not may_be_scored_as("presence", ROWS["vqa"])


def test_retrieval_is_listed_though_no_answer_is_read() -> None:
    assert {metric.protocol for metric in all_metrics()["retrieval"]} == {"strict", "paper"}


def test_a_truth_outside_the_closed_kind_is_held_against_its_words() -> None:
    row = {**ROWS["position"], "answers": ["In the harbour basin."]}
    assert family(row) == "position"
    assert KINDS["position"].reads(target_of(row)) == "text"
    lines = lines_of("position", ["in the harbour basin", "top left"], row=row)
    exact = next(score for score in score_task("t", "position", lines).scores if score.headline)
    assert exact.value == 0.5
