"""What guessed boxes are worth, end to end: simulated scenes, answers in words, `sarbench.score`, the paired tests.

A guess is drawn like the targets of the other images, size and place; the same generator gives one an image, and then a
hundred. Where a guess hits with probability p, and a question has M targets, the F1 of one guess is about 2p / (1 + M)
and that of a hundred 2·100p / (100 + M) until the targets are all found: never more than 2p, nor than 2M / (100 + M).
So a hundred lose clearly where one is worth something, and no score that weighs recall can make them lose where one
hardly ever hits: there both are next to nothing, and the hundred at most 1 + M times as much. What a score is above
chance (`f1_above_chance@0.5`) is free of that: it is nothing for one guess and for a hundred alike.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest

import sarbench
from sarbench import stats
from sarbench.metrics import boxes
from sarbench.questions import numbers
from sarbench.questions.score import score_answer, target_of
from sarbench.simulate import Scene, scene
from tests.questions.rows import row

ABOVE = "f1_above_chance@0.5"
MANY = 100
SEED = 3


class Guessed(NamedTuple):
    """The answers of one guesser to all questions, and what they scored."""

    strict: dict[str, float | None]
    paper: dict[str, float | None]
    counts: np.ndarray
    """[questions, 3]: true positives, false positives and misses at an overlap of 0.5."""
    hits: np.ndarray
    """[questions]: the first box's hit, NaN where a question has several targets."""
    alone: float
    """Share of the boxes that would have hit, had each been given alone."""
    above: tuple[float, float]
    """The interval of the F1 above chance."""
    above_counts: np.ndarray
    """[questions, 2]: what it is summed up from."""


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    draw = np.random.default_rng(7)
    return [scene(draw, size=(128, 128)) for _ in range(240)]


def questions(scenes: list[Scene], task: str) -> list[dict[str, Any]]:
    rows = []
    for number, one in enumerate(scenes):
        labels = [None] if task == "grounding" else sorted({label for label, _ in one.targets})
        for label in labels:
            true = [(name, np.array(xywh)) for name, xywh in one.targets if label in (None, name)]
            corners = [
                {"label": name, "xyxy": [*map(float, (*b[:2], *(b[:2] + b[2:])))], "position": None} for name, b in true
            ]
            asked = f"[refer] Locate {len(true)} {label}." if label else "[grounding] What objects are where?"
            subtask = "grounding_multi" if not label else "refer_single" if len(true) == 1 else "refer_multi"
            changes = {"task": task, "subtask": subtask, "question": asked, "boxes": corners, "count": None}
            rows.append(row(id=f"q{len(rows)}", image_id=f"i{number}", width=128, height=128, **changes))
    return rows


def guessed(rows: list[dict[str, Any]], number: int) -> Guessed:
    draw = np.random.default_rng([SEED, number])
    pool = [(one["image_id"], box["label"], box["xyxy"]) for one in rows for box in one["boxes"]]
    texts, right = [], 0
    for one in rows:
        others = [(label, box) for image, label, box in pool if image != one["image_id"]]
        said = [others[place] for place in draw.integers(len(others), size=number)]
        texts.append("\n".join(f"{label} [{', '.join(f'{edge:.1f}' for edge in box)}]" for label, box in said))
        near = boxes.iou([box for _, box in said], [box["xyxy"] for box in one["boxes"]]) >= 0.5
        if one["task"] == "grounding":
            near &= np.array([[label == box["label"] for box in one["boxes"]] for label, _ in said])
        right += int(near.any(axis=1).sum())
    table = sarbench.score(task=rows[0]["task"], predictions=texts, references=rows)
    facts = [
        score_answer(one["task"], target_of(one), text, coords="pixel", size=(128, 128)).scores
        for one, text in zip(rows, texts, strict=True)
    ]
    counts = np.array([[fact[f"{part}@0.5"] for part in ("tp", "fp", "fn")] for fact in facts])
    hits = np.array([fact.get("hit@0.5", np.nan) for fact in facts])
    above = next(s for s in table.details.scores if (s.metric, s.slice) == (ABOVE, "all"))
    chance = np.array([fact["mirrored_tp"] for fact in facts])
    above_counts = np.stack([2 * (counts[:, 0] - chance), counts @ (2, 1, 1)], axis=1)
    alone = right / (number * len(rows))
    return Guessed(table["strict"], table["paper"], counts, hits, alone, (above.low, above.high), above_counts)


def paired(rows: list[dict[str, Any]], many: Guessed, one: Guessed, statistic: Any) -> stats.PairedBootstrap:
    images = [question["image_id"] for question in rows]
    return stats.paired_bootstrap(
        statistic,
        stats.sum_by_cluster(many.counts, images),
        stats.sum_by_cluster(one.counts, images),
        permutations=2000,
    )


def test_where_one_guess_is_worth_something_a_hundred_are_worth_less(scenes: list[Scene]) -> None:
    """One harbour, large and near the middle: another image's harbour is there in one of five."""
    harbours = [one for one in questions(scenes, "referring") if "harbor" in one["question"]]
    one, many = guessed(harbours, 1), guessed(harbours, MANY)
    found = paired(harbours, many, one, numbers.f1_of)
    assert many.strict["f1@0.5"] <= 2 / 101 < 0.05 < one.strict["f1@0.5"]
    assert found.high < 0
    assert found.p < 0.05
    for name in ("mean_iou", "precision@0.5"):
        assert many.strict[name] < one.strict[name]
    assert many.paper["jaccard@0.5"] < one.paper["jaccard@0.5"]


@pytest.mark.parametrize("task", ["grounding", "referring"])
def test_what_a_hundred_guesses_are_worth_anywhere(task: str, scenes: list[Scene]) -> None:
    rows = questions(scenes, task)
    one, many = guessed(rows, 1), guessed(rows, MANY)
    targets = sum(len(question["boxes"]) for question in rows)
    expected_of_one = 2 * many.alone * len(rows) / (len(rows) + targets)
    headline = many.strict["f1@0.5"]
    assert headline == pytest.approx(float(numbers.f1_of(many.counts.sum(axis=0))), abs=1e-12)
    # No luck in these three: they hold for any boxes whatever.
    assert many.strict["precision@0.5"] <= many.alone
    assert headline <= 2 * targets / (MANY * len(rows) + targets)
    assert headline <= (1 + targets / len(rows)) * expected_of_one
    # By the paired tests a hundred are no more precise than one, and their first box hits no more often.
    precise = paired(rows, many, one, numbers.precision_of)
    assert precise.difference <= 0 or precise.p > 0.05
    single = ~np.isnan(one.hits)
    if task == "referring":
        images = [question["image_id"] for question, alone in zip(rows, single, strict=True) if alone]
        hit = stats.paired_test(many.hits[single], one.hits[single], images)
        assert hit.difference <= 0 or hit.p > 0.05
    # In F1 they may gain what one guess cannot: recall. It is less than a point of a hundred.
    assert paired(rows, many, one, numbers.f1_of).difference < 0.01


@pytest.mark.parametrize("task", ["grounding", "referring"])
def test_a_hundred_guesses_are_above_chance_no_more_than_one(task: str, scenes: list[Scene]) -> None:
    rows = questions(scenes, task)
    images = [question["image_id"] for question in rows]
    one, many = guessed(rows, 1), guessed(rows, MANY)
    for guesser in (one, many):
        assert guesser.above[0] <= 0 <= guesser.above[1]
        assert guesser.strict[ABOVE] == pytest.approx(float(numbers.share_of(guesser.above_counts.sum(axis=0))))
    sums = (stats.sum_by_cluster(guesser.above_counts, images) for guesser in (many, one))
    found = stats.paired_bootstrap(numbers.share_of, *sums, permutations=2000)
    assert found.difference <= 0 or found.p > 0.05


@pytest.mark.parametrize("task", ["grounding", "referring"])
def test_right_boxes_are_far_above_chance(task: str, scenes: list[Scene]) -> None:
    rows = questions(scenes, task)
    right = ["\n".join(f"{box['label']} {box['xyxy']}" for box in one["boxes"]) for one in rows]
    strict = sarbench.score(task=task, predictions=right, references=rows)["strict"]
    assert strict["f1@0.5"] == 1.0
    assert strict[ABOVE] == pytest.approx(1.0 - strict["f1_by_chance@0.5"])
    assert strict["f1_by_chance@0.5"] < 0.2
