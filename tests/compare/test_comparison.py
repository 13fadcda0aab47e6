"""Every kind of question, compared on its own numbers; chance counted as sarbench.stats counts it."""

import numpy as np
import pytest

from sarbench import stats
from sarbench.compare.comparison import TaskComparison, compare_task, with_holm
from sarbench.compare.pairing import Pairs, answered, facts_of, paired
from sarbench.compare.quantities import MEANS, Sums, quantities
from sarbench.questions.kinds import KINDS
from sarbench.runs.tally import score_task
from tests.questions.rows import ROWS
from tests.runs.lines import lines_of

KNOWN = [kind for kind in KINDS if kind in ROWS]
GOOD = [ROWS[kind]["answers"][0] if ROWS[kind].get("answers") else "" for kind in KNOWN]


def sides(kind: str, good: str) -> tuple[list, list]:
    """Two runs on nine samples in three images: A is right on more of them."""
    found = []
    for answers in ([good] * 6 + ["nonsense"] * 3, [good, "nonsense", ""] * 3):
        lines = lines_of(kind, answers)
        for number, line in enumerate(lines):
            line |= {"sample_sha256": str(number)}
            if kind not in ("caption", "field"):  # whose rows of one image and question are one group
                line |= {"image_id": f"i{number // 3}"}
        found.append(lines)
    return found[0], found[1]


def pairs_of(kind: str, good: str) -> Pairs:
    a, b = sides(kind, good)
    return paired((answered(line, KINDS[kind]) for line in a), (answered(line, KINDS[kind]) for line in b), task=kind)


@pytest.mark.parametrize(("kind", "good"), zip(KNOWN, GOOD, strict=True), ids=KNOWN)
def test_both_sides_are_the_scores_of_the_tally(kind: str, good: str) -> None:
    differences, _ = compare_task(KINDS[kind], pairs_of(kind, good), every=True)
    assert differences[0].headline
    for side, lines in zip(("a", "b"), sides(kind, good), strict=True):
        scores = {
            score.metric: score.value
            for score in score_task("", kind, lines, protocols=("strict",)).scores
            if score.slice == "all"
        }
        assert scores[differences[0].metric] is not None
        for number in differences:
            if number.metric != "mean_absolute_error":
                assert getattr(number, side) == pytest.approx(scores[number.metric]), number.metric


@pytest.mark.parametrize("kind", KINDS)
def test_means_are_metrics_of_their_kind(kind: str) -> None:
    names = {metric.name for metric in KINDS[kind].metrics if metric.protocol == "strict"}
    assert set(MEANS.get(kind, {})) <= names


def test_a_mean_is_tested_as_statistics_do() -> None:
    pairs = pairs_of("counting", ROWS["counting"]["answers"][0])
    (found,), differing = compare_task(KINDS["counting"], pairs)
    exact = np.array([[pair[side].scores["exact"] for pair in pairs.pairs] for side in (0, 1)])
    images = [pair[0].image for pair in pairs.pairs]
    test = stats.paired_test(*exact, images)
    assert (found.difference, found.low, found.high, found.p) == (test.difference, test.low, test.high, test.p)
    assert found.images == 3
    assert found.design_effect == stats.clustered_interval(exact[0] - exact[1], images).design_effect
    assert found.detectable == stats.minimum_detectable_difference(test.se, clusters=3)
    assert [sample.id for sample in differing] == [
        pair[0].id for pair, a, b in zip(pairs.pairs, *exact, strict=True) if a != b
    ]


def test_a_design_effect_of_sums_of_a_mean_is_that_of_the_mean() -> None:
    """The delta method is exact for a share whose denominator does not vary."""
    from sarbench.compare.difference import difference

    kind = KINDS["counting"]
    a, b = facts_of(pairs_of("counting", ROWS["counting"]["answers"][0]), kind)
    (mean,) = quantities(kind, a, b)
    ones = np.ones(len(a))
    share = Sums(
        mean.metric,
        mean.used,
        np.stack([mean.a, ones], axis=1),
        np.stack([mean.b, ones], axis=1),
        lambda sums: sums[..., 0] / sums[..., 1],
    )
    one, two = (difference(each, a.images, headline=True) for each in (mean, share))
    assert two.difference == pytest.approx(one.difference)
    assert two.design_effect == pytest.approx(one.design_effect, rel=1e-6)


def test_nothing_in_common_is_no_number() -> None:
    (found, *_), differing = compare_task(KINDS["counting"], Pairs(()))
    assert (found.difference, found.p, found.n, differing) == (None, None, 0, [])
    (found, *_), differing = compare_task(KINDS["grounding"], Pairs(()))
    assert (found.difference, found.p, found.n, differing) == (None, None, 0, [])


def test_holm_counts_headlines_alone() -> None:
    differences, _ = compare_task(KINDS["counting"], pairs_of("counting", ROWS["counting"]["answers"][0]), every=True)
    task = TaskComparison("t", "1.0", "d", False, 9, 0, 0, 0, differences, ())
    one, two = with_holm([task, task])
    assert one.headline.p_holm == two.headline.p_holm == min(1.0, 2 * one.headline.p)
    assert all(number.p_holm is None for number in one.differences[1:])
