import json

import numpy as np
import pytest
from sklearn.metrics import f1_score

from sarbench.answers.outcome import OUTCOMES
from sarbench.questions.labels import label_facts
from sarbench.runs.tally import score_task


def line(number: int, image: int, *, outcome: str = "ok", target=None, parsed=None, scores=None) -> dict:
    return {
        "id": str(number),
        "image_id": str(image),
        "outcome": outcome,
        "target": json.dumps(target),
        "parsed": json.dumps(parsed),
        "scores": scores or {},
    }


def values(kind: str, lines: list[dict]) -> dict:
    return {score.metric: score for score in score_task("t", kind, lines).scores}


def test_outcomes_are_all_counted_and_sum_to_the_samples() -> None:
    lines = [line(n, n, outcome=o, scores={"exact": 0.0, "within_1": 0.0}) for n, o in enumerate(OUTCOMES)]
    scored = score_task("t", "counting", lines)
    assert scored.samples == len(OUTCOMES) == sum(scored.outcomes.values())
    assert next(s for s in scored.scores if s.headline).n == len(OUTCOMES) - 1


def test_macro_f1_equals_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    names = ["ship", "tank", "car", "bridge"]
    true = rng.choice(names[:3], 80)
    said = rng.choice([*names, "?"], 80)  # one class that never occurs, and answers that could not be read
    lines = [
        line(
            n,
            n // 3,
            outcome="unparsable" if s == "?" else "ok",
            target={"labels": [t]},
            parsed=None if s == "?" else {"labels": [s]},
            scores={"exact": float(t == s), **label_facts([] if s == "?" else [s], [t])},
        )
        for n, (t, s) in enumerate(zip(true, said, strict=True))
    ]
    expected = f1_score(true, said, labels=names, average="macro")
    assert values("classification", lines)["macro_f1"].value == pytest.approx(expected, abs=1e-12)
    assert values("classification", lines)["accuracy"].value == pytest.approx(np.mean(true == said))


def test_intervals_hold_their_value_and_stay_in_range() -> None:
    rng = np.random.default_rng(0)
    lines = []
    for n in range(60):
        tp, fp, fn = rng.integers(0, 4, 3)
        facts = {f"{k}@{t}": float(v) for t in (0.25, 0.5, 0.75) for k, v in (("tp", tp), ("fp", fp), ("fn", fn))}
        lines.append(
            line(
                n,
                n // 2,
                target={"boxes": []},
                scores={**facts, "iou_sum@0.5": 0.7 * tp, "iou_sum@0.25": 0.7 * tp, "mirrored_tp": min(1.0, tp)},
            )
        )
    for score in values("grounding", lines).values():
        assert score.value is not None
        assert score.low is not None
        assert score.high is not None
        least = -1.0 if score.metric == "f1_above_chance@0.5" else 0.0
        assert least <= score.low <= score.value <= score.high <= 1.0
        if score.metric != "matched_iou":  # it looks at what was matched
            assert (score.clusters, score.n) == (30, 60)


def test_without_sizes_of_images_chance_is_not_known_and_that_is_said() -> None:
    facts = {f"{part}@{t}": 1.0 for t in (0.25, 0.5, 0.75) for part in ("tp", "fp", "fn")}
    lines = [line(n, n, target={"boxes": []}, scores=facts) for n in range(4)]
    made = values("grounding", lines)
    assert made["f1@0.5"].value == 0.5
    for name in ("f1_above_chance@0.5", "f1_by_chance@0.5"):
        assert (made[name].value, made[name].note) == (None, "the sizes of the images are not known")


def test_chance_says_which_answers_it_is_about() -> None:
    facts = {f"{part}@{t}": 1.0 for t in (0.25, 0.5, 0.75) for part in ("tp", "fp", "fn")}
    lines = [line(n, n, target={"boxes": []}, scores=facts | ({"mirrored_tp": 0.0} if n else {})) for n in range(4)]
    made = values("grounding", lines)["f1_above_chance@0.5"]
    assert (made.value, made.n) == (0.5, 3)
    assert made.note == "of 3 of 4 answers: the sizes of the other images are not known"


def test_the_same_answers_give_the_same_bits() -> None:
    lines = [line(n, n // 4, scores={"exact": float(n % 3 == 0), "within_1": 1.0}) for n in range(40)]
    assert score_task("t", "counting", lines) == score_task("t", "counting", list(lines))


def test_one_image_has_no_interval() -> None:
    lines = [line(n, 0, scores={"exact": float(n > 2), "within_1": 1.0}) for n in range(5)]
    exact = values("counting", lines)["exact"]
    assert (exact.value, exact.low, exact.high) == (0.4, None, None)


def test_a_rate_of_nothing_or_everything_is_not_certain() -> None:
    lines = [line(n, n // 2, scores={"exact": 0.0, "within_1": 1.0}) for n in range(24)]
    scored = values("counting", lines)
    assert (scored["exact"].low, scored["exact"].high) == (0.0, pytest.approx(0.2876, abs=1e-4))
    assert (scored["within_1"].low, scored["within_1"].high) == (pytest.approx(0.7124, abs=1e-4), 1.0)


def test_one_hit_is_no_surer_than_none() -> None:
    def high(hits: int) -> float | None:
        lines = [line(n, n, scores={"exact": float(n < hits), "within_1": 1.0}) for n in range(40)]
        return values("counting", lines)["exact"].high

    assert [high(hits) for hits in range(6)] == sorted(high(hits) for hits in range(6))


def test_naming_every_class_is_not_perfect_on_a_split_of_one_class() -> None:
    lines = [line(n, n, scores={"exact": 0.0, **label_facts(["ship", "car"], ["ship"])}) for n in range(4)]
    assert values("classification", lines)["macro_f1"].value == 0.5


def test_a_class_on_one_image_does_not_blow_up_the_interval() -> None:
    labels = ["ship"] * 30 + ["tank", "car", "bridge"]
    lines = [line(n, n, scores={"exact": 1.0, **label_facts([name], [name])}) for n, name in enumerate(labels)]
    macro = values("classification", lines)["macro_f1"]
    assert macro.value == 1.0
    assert macro.low == pytest.approx(0.8883, abs=1e-4)


def test_iou_of_nothing_matched_is_nothing() -> None:
    facts = {f"{k}@{t}": 0.0 for t in (0.25, 0.5, 0.75) for k in ("tp", "fp", "fn")}
    facts |= {"iou_sum@0.5": 0.0, "iou_sum@0.25": 0.0}
    lines = [line(n, n, target={"boxes": []}, scores=facts) for n in range(5)]
    assert values("grounding", lines)["matched_iou"].value is None


def test_nothing_scored_says_so() -> None:
    scored = score_task("t", "grounding", [line(0, 0, outcome="failed")])
    assert [(s.value, s.n, s.headline) for s in scored.scores] == [(None, 0, True)]
