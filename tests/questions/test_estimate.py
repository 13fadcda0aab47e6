import numpy as np
import pytest

from sarbench.questions.estimate import NOTHING, mean, ratio
from sarbench.questions.numbers import share_of


def test_nothing_has_no_value() -> None:
    assert mean(np.zeros(0), np.zeros(0, dtype=int)) == NOTHING
    assert ratio(np.empty((0, 2)), np.zeros(0, dtype=int), lambda sums: sums[..., 0]) == NOTHING


def test_a_rate_stays_in_its_range_and_a_mean_of_errors_above_zero() -> None:
    rate = mean(np.array([1.0, 1, 1, 0]), np.arange(4))
    assert rate.value == 0.75
    assert rate.low is not None
    assert rate.high is not None
    assert 0 < rate.low < 0.75 < rate.high < 1.0
    error = mean(np.array([0.0, 0.0, 9.0]), np.arange(3), top=None)
    assert error.low == 0.0
    assert error.high is not None
    assert error.high > 9


def test_ratio_draws_whole_images() -> None:
    hits, asked = [3.0, 0.0, 3.0, 0.0], [3.0] * 4
    columns = np.column_stack([hits, asked])

    def share(sums):
        return sums[..., 0] / sums[..., 1]

    apart = ratio(columns, np.arange(4), share, rate=False)
    together = ratio(columns, np.array([0, 0, 1, 1]), share, rate=False)
    assert apart.value == together.value == 0.5
    assert (apart.clusters, together.clusters) == (4, 2)
    assert apart.low is not None
    assert apart.low < 0.5
    assert (together.low, together.high) == (0.5, 0.5)  # both images are equal: there is nothing to draw


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_extreme_rate_is_not_certain(value: float) -> None:
    found = mean(np.full(6, value), np.array([0, 0, 1, 1, 2, 2]))
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low > 0.5


def test_a_difference_of_few_images_is_not_certain_at_its_ends() -> None:
    images = np.arange(3)
    for value in (0.0, 1.0):
        columns = np.stack([np.full(3, value), np.ones(3)], axis=1)
        found = ratio(columns, images, share_of, bottom=-1.0)
        assert found.value == value
        assert found.low < 0.6 if value else found.low == 0.0
        assert found.high == 1.0 if value else found.high > 0.4
    mixed = np.array([[-1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [-1.0, 1.0]] * 5)
    found = ratio(mixed, np.arange(20), share_of, bottom=-1.0)
    assert found.value == 0.0
    assert found.low < -0.3 < 0.3 < found.high
