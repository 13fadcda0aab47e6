"""Averaging gains the looks that are asked for, moves nothing, and coarser pixels are means of finer ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.perturb.resolution import block_averaged, kernel, multilooked
from sarbench.perturb.speckle import equivalent_looks, speckled

ONE_LOOK = speckled(np.ones((1, 512, 512)), looks=1, seed=b"one look")


@pytest.mark.parametrize("looks", [1, 2, 4, 6.5, 9, 16, 25])
def test_looks_gained_by_averaging_neighbours(looks: float) -> None:
    averaged = multilooked(ONE_LOOK, looks=looks)
    assert averaged.mean() == pytest.approx(1.0, rel=0.02)
    assert equivalent_looks(averaged) == pytest.approx(looks, rel=0.05)


@given(st.floats(1, 1000))
def test_windows_gain_what_is_asked_and_have_a_middle(looks: float) -> None:
    window = kernel(looks)
    assert len(window) % 2 == 1
    assert (window == window[::-1]).all()
    assert (window.sum() ** 2 / (window**2).sum()) ** 2 == pytest.approx(looks, rel=0.01)


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 5), (1, 40, 3)])
def test_flat_stays_flat_whatever_its_size(shape: tuple[int, int, int]) -> None:
    flat = np.full(shape, 90.0**2)
    assert (multilooked(flat, looks=100) == flat).all()
    assert (multilooked(flat, looks=1) == flat).all()


def test_a_point_spreads_without_moving() -> None:
    point = np.zeros((1, 21, 21))
    point[0, 10, 10] = 1.0
    spread = multilooked(point, looks=4)[0]
    assert spread.sum() == pytest.approx(1.0)
    for axis in (0, 1):
        assert (spread.sum(axis=axis) * np.arange(21)).sum() == pytest.approx(10.0)


@given(st.integers(1, 9), st.integers(1, 20), st.integers(1, 20))
def test_blocks_are_means_of_their_pixels(factor: int, height: int, width: int) -> None:
    fine = np.random.default_rng(0).random((2, height, width))
    coarse = block_averaged(fine, factor=factor)
    assert coarse.shape == (2, -(-height // factor), -(-width // factor))
    for row in range(coarse.shape[1]):
        for column in range(coarse.shape[2]):
            block = fine[:, row * factor : (row + 1) * factor, column * factor : (column + 1) * factor]
            assert coarse[:, row, column] == pytest.approx(block.mean(axis=(1, 2)))


def test_coarser_pixels_have_more_looks() -> None:
    assert equivalent_looks(block_averaged(ONE_LOOK, factor=3)) == pytest.approx(9, rel=0.05)
