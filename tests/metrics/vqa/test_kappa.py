"""Cohen's kappa against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from sarbench.errors import InputError
from sarbench.metrics.vqa import cohens_kappa
from sarbench.metrics.vqa.kappa import kappa_from_counts, verdict_counts

verdict = st.sampled_from([True, False, None])


@given(st.lists(st.tuples(verdict, verdict), min_size=1, max_size=60))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[bool | None, bool | None]]) -> None:
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    found = cohens_kappa([a for a, _ in pairs], [b for _, b in pairs])
    assert (found.n, found.left_out) == (len(both), len(pairs) - len(both))
    if len({verdict for pair in both for verdict in pair}) < 2:
        assert found.kappa is None
        return
    assert found.kappa == pytest.approx(cohen_kappa_score([a for a, _ in both], [b for _, b in both]), abs=1e-12)
    assert found.agreement == pytest.approx(np.mean([a == b for a, b in both]))


def test_judges_that_guess_agree_by_chance_only() -> None:
    generator = np.random.default_rng(0)
    first, second = (generator.random(40_000) < share for share in (0.9, 0.8))
    found = cohens_kappa(first.astype(np.int8), second.astype(np.int8))
    assert abs(found.kappa or 1) < 0.02
    assert found.agreement == pytest.approx(0.9 * 0.8 + 0.1 * 0.2, abs=0.01)


def test_resamples_are_scored_each_and_stay_finite() -> None:
    tables = np.array([[4, 1, 2, 3], [5, 0, 0, 0], [0, 0, 0, 0], [0, 3, 3, 0]])
    assert kappa_from_counts(tables).tolist() == [float(kappa_from_counts(table)) for table in tables]
    assert kappa_from_counts(tables)[1:].tolist() == [0, 0, -1]
    assert verdict_counts([True, None, False], [False, True, False]).tolist() == [[0, 1, 0, 0], [0] * 4, [0, 0, 0, 1]]


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="1 for 2"):
        cohens_kappa([True], [True, False])
