"""A narrower display cuts what is faint; ambiguities are displaced copies of known strength."""

import numpy as np
import pytest

from sarbench.perturb.display import narrowed
from sarbench.perturb.ghost import ghosted

RAMP = np.arange(256, dtype=np.float64).reshape(1, 1, 256) ** 2
WHITE = 255.0**2


@pytest.mark.parametrize("decibels", [6, 12, 24])
def test_the_floor_lies_where_it_is_said(decibels: float) -> None:
    shown = np.sqrt(narrowed(RAMP, decibels=decibels, white=WHITE)).ravel()
    floor = 255 * 10 ** (-decibels / 20)
    assert (shown[: int(floor)] == 0).all()
    assert shown[int(floor) + 1] > 0
    assert shown[255] == pytest.approx(255)
    assert np.diff(shown[int(floor) + 2 :]) == pytest.approx(255 / (255 - floor))


def test_all_of_8_bits_changes_nothing_worth_a_gray_level() -> None:
    shown = np.sqrt(narrowed(RAMP, decibels=100, white=WHITE)).ravel()
    assert np.rint(shown).tolist() == list(range(256))


def test_dark_and_black_images_are_stretched_from_their_own_brightest() -> None:
    assert not narrowed(np.zeros((1, 2, 2)), decibels=6, white=WHITE).any()
    assert narrowed(RAMP / 4, decibels=6, white=WHITE).max() == pytest.approx(WHITE / 4)
    assert narrowed(RAMP * 4, decibels=6, white=WHITE).max() == pytest.approx(WHITE)


@pytest.mark.parametrize(("decibels", "copy"), [(0, 1.0), (10, 0.1), (20, 0.01)])
def test_a_point_gets_a_ghost_on_both_sides(decibels: float, copy: float) -> None:
    point = np.zeros((1, 100, 5))
    point[0, 50, 2] = 1.0
    seen = ghosted(point, decibels=decibels, shift=0.2)[0]
    assert seen[50, 2] == 1.0
    assert seen[30, 2] == seen[70, 2] == pytest.approx(copy)
    assert np.count_nonzero(seen) == 3


def test_ghosts_of_small_images_and_from_outside() -> None:
    assert ghosted(np.ones((1, 1, 4)), decibels=3, shift=0.5).tolist() == [[[1.0] * 4]]
    column = ghosted(np.ones((1, 4, 1)), decibels=10, shift=0.5).ravel()
    assert column == pytest.approx([1.1] * 4)
