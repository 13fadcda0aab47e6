"""Yes-or-no scores against scikit-learn and against theory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from sarbench import stats
from sarbench.errors import InputError
from sarbench.metrics import presence

answers = st.lists(
    st.tuples(st.sampled_from(["yes", "no"]), st.sampled_from(["yes", "no", None])), min_size=1, max_size=60
)


def _counts(said: list[str | None], true: list[str]) -> np.ndarray:
    return presence.presence_counts(said, true).sum(axis=0)


@pytest.mark.filterwarnings("ignore:y_pred contains classes")
@pytest.mark.filterwarnings("ignore:A single label")
@settings(max_examples=80, deadline=None)
@given(answers)
def test_scores_agree_with_scikit_learn(pairs: list[tuple[str, str | None]]) -> None:
    true, said = [t for t, _ in pairs], [p for _, p in pairs]
    words = [p or "unread" for p in said]
    counts = _counts(said, true)
    table = oracle.confusion_matrix(true, words, labels=["yes", "no", "unread"])
    np.testing.assert_array_equal(counts.reshape(2, 3), table[:2])
    assert presence.accuracy(counts) == pytest.approx(oracle.accuracy_score(true, words))
    recalls = oracle.recall_score(true, words, labels=sorted(set(true)), average="macro", zero_division=0)
    assert presence.balanced_accuracy(counts) == pytest.approx(recalls)
    assert presence.balanced_accuracy(counts) == pytest.approx(oracle.balanced_accuracy_score(true, words))
    read = [p for p in said if p]
    assert presence.yes_share(counts) == pytest.approx(np.mean([p == "yes" for p in read]) if read else 0)
    assert presence.yes_share_of_truth(counts) == pytest.approx(true.count("yes") / len(true))


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_always_yes_is_worth_one_half_whatever_the_balance(share: float) -> None:
    true = ["yes"] * int(1000 * share) + ["no"] * (1000 - int(1000 * share))
    counts = _counts(["yes"] * 1000, true)
    assert presence.accuracy(counts) == pytest.approx(share)
    assert presence.balanced_accuracy(counts) == 0.5
    assert presence.yes_share(counts) == 1


def test_nothing_answered_is_worth_nothing() -> None:
    counts = _counts([None] * 4, ["yes", "no", "no", "yes"])
    assert presence.accuracy(counts) == presence.balanced_accuracy(counts) == presence.yes_share(counts) == 0


def test_guessing_is_worth_one_half() -> None:
    generator = np.random.default_rng(0)
    true, said = (generator.choice(["yes", "no"], 20_000, p=p).tolist() for p in ([0.9, 0.1], [0.3, 0.7]))
    assert presence.balanced_accuracy(_counts(said, true)) == pytest.approx(0.5, abs=0.02)
    assert presence.yes_share(_counts(said, true)) == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("score", [presence.accuracy, presence.balanced_accuracy, presence.yes_share])
def test_resamples_are_scored_each_and_can_be_bootstrapped(score: presence.Score) -> None:
    table = np.random.default_rng(1).integers(0, 5, size=(7, 3, 6))
    table[0] = 0
    assert score(table).tolist() == [[float(score(line)) for line in lines] for lines in table]
    clusters = presence.presence_counts(["yes", None, "no", None], ["no", "yes", "no", "no"])
    found = stats.cluster_bootstrap(score, clusters, resamples=200)
    assert found.value == pytest.approx(float(score(clusters.sum(axis=0))))


def test_mistakes_of_the_caller_are_named() -> None:
    with pytest.raises(InputError, match="1 for 2"):
        presence.presence_counts(["yes"], ["yes", "no"])
    with pytest.raises(InputError, match="'Yes' at 1"):
        presence.presence_counts(["yes", "Yes"], ["yes", "no"])
    with pytest.raises(InputError, match="None at 0"):
        presence.presence_counts(["yes"], [None])  # type: ignore[list-item]
    with pytest.raises(InputError, match="shape"):
        presence.accuracy([1, 2, 3])
    assert presence.presence_counts([], []).shape == (0, 6)
