"""Speckle has the looks it is asked for, in linear intensity, before anything is rounded to 8 bits."""

import numpy as np
import pytest
from scipy import stats

from sarbench.perturb.speckle import equivalent_looks, factors, speckled

SIDE = 512


@pytest.mark.parametrize("looks", [0.5, 1, 2, 2.7, 4, 8, 100, 1000])
def test_equivalent_number_of_looks_on_a_flat_target(looks: float) -> None:
    flat = np.full((1, SIDE, SIDE), 100.0**2)
    seen = speckled(flat, looks=looks, seed=b"flat")
    assert seen.mean() == pytest.approx(100.0**2, rel=0.02)
    assert seen.mean() ** 2 / seen.var() == pytest.approx(looks, rel=0.05)
    assert equivalent_looks(seen) == pytest.approx(looks, rel=0.05)


@pytest.mark.parametrize("looks", [1, 4])
def test_speckle_follows_the_gamma_distribution(looks: int) -> None:
    seen = speckled(np.ones((1, SIDE, SIDE)), looks=looks, seed=b"gamma").ravel()
    assert stats.kstest(seen[:20_000], stats.gamma(looks, scale=1 / looks).cdf).pvalue > 0.001


def test_looks_of_a_chip_that_has_speckle_already() -> None:
    once = speckled(np.ones((1, SIDE, SIDE)), looks=4, seed=b"first")
    twice = speckled(once, looks=2, seed=b"second")
    assert 1 + 1 / equivalent_looks(twice) == pytest.approx((1 + 1 / 4) * (1 + 1 / 2), rel=0.02)


def test_pixels_are_independent_and_bands_share_them() -> None:
    seen = speckled(np.ones((3, SIDE, SIDE)), looks=1, seed=b"x")
    assert (seen == seen[:1]).all()
    for shifted in (seen[0, :, 1:], seen[0, 1:, :]):
        near = np.corrcoef(seen[0, : shifted.shape[0], : shifted.shape[1]].ravel(), shifted.ravel())[0, 1]
        assert abs(near) < 0.01


def test_black_stays_black_and_seeds_differ() -> None:
    assert not speckled(np.zeros((1, 8, 8)), looks=1, seed=b"x").any()
    ones = np.ones((1, 8, 8))
    assert (speckled(ones, looks=1, seed=b"a") != speckled(ones, looks=1, seed=b"b")).any()


def test_same_bits_on_every_machine() -> None:
    """Written down once: a change of these numbers changes every perturbed run."""
    assert speckled(np.full((1, 1, 4), 65536.0), looks=1, seed=b"sarbench").ravel().tolist() == KNOWN
    assert not factors(1.0).flags.writeable


KNOWN = [143319.0, 89563.0, 114132.0, 60574.0]
