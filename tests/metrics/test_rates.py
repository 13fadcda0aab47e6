"""Rates against scikit-learn and hand calculation."""

import numpy as np
import pytest
from sklearn import metrics as oracle

from sarbench.errors import InputError
from sarbench.metrics import rates


def test_rates_agree_with_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    for _ in range(50):
        true, said = generator.integers(0, 2, 30), generator.integers(0, 2, 30)
        tn, fp, fn, tp = oracle.confusion_matrix(true, said, labels=[0, 1]).ravel().tolist()
        assert tn + fp + fn + tp == 30
        assert rates.f1_from_counts(tp, fp, fn) == pytest.approx(oracle.f1_score(true, said, zero_division=0))
        assert rates.precision_from_counts(tp, fp) == pytest.approx(oracle.precision_score(true, said, zero_division=0))
        assert rates.recall_from_counts(tp, fn) == pytest.approx(oracle.recall_score(true, said, zero_division=0))
        assert rates.jaccard_from_counts(tp, fp, fn) == pytest.approx(oracle.jaccard_score(true, said, zero_division=0))


def test_nothing_over_nothing_is_zero() -> None:
    assert rates.f1_from_counts(0, 0, 0) == 0
    assert rates.precision_from_counts(0, 0) == rates.recall_from_counts(0, 0) == 0


def test_rates_keep_the_shape_of_their_counts() -> None:
    counts = np.arange(24).reshape(2, 4, 3)
    values = rates.f1_from_counts(counts[..., 0], counts[..., 1], counts[..., 2])
    assert values.shape == (2, 4)
    assert values[1, 2] == rates.f1_from_counts(*counts[1, 2])


def test_the_printed_jaccard_of_a_hit_rate() -> None:
    hits = 0.856
    assert rates.jaccard_from_counts(hits, 1 - hits, 1 - hits) == pytest.approx(0.7486, abs=1e-3)


def test_rates_of_sums() -> None:
    assert rates.mean_iou_over_true_from_sums([1.5, 0.0], [2, 0], [1, 4]).tolist() == [0.5, 0]


@pytest.mark.parametrize("bad", [-1, float("nan")])
def test_counts_that_are_none_are_refused(bad: float) -> None:
    for rate in (rates.f1_from_counts, rates.jaccard_from_counts, rates.mean_iou_over_true_from_sums):
        for place in range(3):
            counts = [2.0, 2.0, 2.0]
            counts[place] = bad
            with pytest.raises(InputError, match="negative or NaN"):
                rate(*counts)
    for rate in (rates.precision_from_counts, rates.recall_from_counts):
        with pytest.raises(InputError, match="negative or NaN"):
            rate([1, bad], [2, 2])
        with pytest.raises(InputError, match="negative or NaN"):
            rate([1, 1], [2, bad])
