import json
from collections import Counter

import pytest

from sarbench.answers import KINDS as READINGS
from sarbench.questions.family import FAMILIES, family, may_be_scored_as
from sarbench.questions.kinds import KINDS, all_metrics
from sarbench.questions.score import target_of
from sarbench.runs.tally import PROTOCOLS, score_task
from tests.questions.rows import PERFECT, ROWS
from tests.runs.lines import lines_of


def test_every_kind_has_its_rules() -> None:
    assert set(KINDS) - {"retrieval"} == set(FAMILIES) == set(ROWS) == set(PERFECT)


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
    dataset = ROWS[kind]["dataset"]
    expected = {key for key, metric in declared.items() if dataset in metric.datasets or not metric.datasets}
    assert set(found) <= expected
    # These appear only where a truth left something undecided, and where a judge has spoken.
    assert {name for name, _ in expected - set(found)} <= {"undecided", "accuracy_judged"}
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


def test_what_a_judge_adds_is_listed_too() -> None:
    names = {metric.name for metric in all_metrics()["vqa"] if metric.protocol == "strict"}
    assert {"accuracy", "accuracy_judged", "accuracy_at_most_judged"} <= names


def test_the_library_names_functions_that_exist() -> None:
    from importlib import import_module

    for metric in all_metrics()["library"]:
        module, _, name = metric.name.partition(".")
        assert callable(getattr(import_module(f"sarbench.metrics.{module}"), name))


@pytest.mark.parametrize("kind", FAMILIES)
def test_hooks_and_lines_and_score_agree_for_every_kind(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import sarbench
    from sarbench.lmms import hooks

    for name in ("SARBENCH_PROMPT", "SARBENCH_COORDS", "SARBENCH_PERTURB"):
        monkeypatch.delenv(name, raising=False)
    texts = [PERFECT[kind], "", "something else entirely", PERFECT[kind], "I cannot tell."]
    rows = [{**ROWS[kind], "id": f"s{number}", "image_id": f"i{number}"} for number in range(len(texts))]
    listed = sarbench.score(task=kind, predictions=texts, references=rows).details
    items = [next(iter(hooks.process_results(row, [text]).values())) for row, text in zip(rows, texts, strict=True)]
    assert score_task(kind, kind, items) == listed.model_copy(update={"task": kind})
    assert hooks.aggregate(items) == next(s.value for s in listed.scores if s.headline)
    assert score_task(kind, kind, lines_of(kind, texts)) == listed.model_copy(update={"task": kind})


def theory(kind: str, texts: list[str], rows: list[dict]) -> dict[str, float | None]:
    import sarbench

    numbered = [{**row, "id": str(number), "image_id": str(number)} for number, row in enumerate(rows)]
    return sarbench.score(task=kind, predictions=texts, references=numbered)["strict"]


def test_models_that_look_at_nothing_get_what_theory_says() -> None:
    yes, no = ROWS["presence"], {**ROWS["presence"], "answers": ["No."]}
    always_yes = theory("presence", ["yes"] * 10, [yes] * 8 + [no] * 2)
    assert (always_yes["accuracy"], always_yes["balanced_accuracy"], always_yes["yes_share"]) == (0.8, 0.5, 1.0)
    ship = {**ROWS["classification"], "answers": ["It is ship"]}
    tank = {**ROWS["classification"], "answers": ["It is tank"]}
    majority = theory("classification", ["ship"] * 10, [ship] * 6 + [tank] * 4)
    assert majority["accuracy"] == 0.6
    assert majority["macro_f1"] == pytest.approx((2 * 6 / (2 * 6 + 4)) / 2)
    for kind in FAMILIES:
        nothing = theory(kind, [""] * 4, [ROWS[kind]] * 4)
        ranked = [
            metric.name for metric in KINDS[kind].metrics if metric.higher_is_better and metric.protocol == "strict"
        ]
        for name in ranked:
            assert not nothing.get(name), (kind, name)


def test_a_truth_outside_the_closed_kind_is_held_against_its_words() -> None:
    row = {**ROWS["position"], "answers": ["In the harbour basin."]}
    assert family(row) == "position"
    assert KINDS["position"].reads(target_of(row)) == "text"
    lines = lines_of("position", ["in the harbour basin", "top left"], row=row)
    exact = next(score for score in score_task("t", "position", lines).scores if score.headline)
    assert exact.value == 0.5


PARTS = {
    "average_precision": {"resampled_ap", "tie_aware_ap_from_counts"},
    "boxes": {"first_box_ious", "iou", "match", "match_at", "mirrored", "mirrored_hits", "paired_iou"},
    "choice": {"correct", "exact_sets", "f1_per_label", "label_counts", "vqa_correct"},
    "count": {"absolute_errors", "count_band", "rmse_from_sums", "within", "within_share"},
    "fields": {"agreement", "mention_overlap"},
    "fusar": {"cell_facts", "closed_answer", "read_detections", "to_504"},
    "presence": {"presence_counts", "yes_share_of_truth"},
    "sarchat": {"printed_versus_formula", "task_score"},
    "vqa": {"judge_many", "with_verdicts"},
}
"""Functions that are steps towards a score: of one answer, of one image, or of a resample."""

NUMBERS_OF_KINDS = {
    "choice": {"accuracy", "macro_f1"},
    "count": {"score"},
    "fields": {"agreement_rates"},
    "presence": {"accuracy", "balanced_accuracy", "yes_share"},
    "sarchat": {"count_accuracy"},
    "vqa": {"at_best", "at_worst", "bounds"},
}
"""Functions whose numbers a kind of question has under its own names."""


def test_every_score_that_can_be_called_is_listed() -> None:
    from importlib import import_module
    from inspect import isfunction

    listed = {metric.name for metric in all_metrics()["library"]}
    for name in (*PARTS, "robustness"):
        module = import_module(f"sarbench.metrics.{name}")
        exported = getattr(module, "__all__", None) or [
            key for key, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__
        ]
        functions = {key for key in exported if key[0] != "_" and isfunction(getattr(module, key))}
        functions -= {key for key in functions if key.endswith("_from_counts") and name == "boxes"}
        known = PARTS.get(name, set()) | NUMBERS_OF_KINDS.get(name, set())
        assert {f"{name}.{key}" for key in functions - known} == {key for key in listed if key.startswith(f"{name}.")}
        assert known <= functions
