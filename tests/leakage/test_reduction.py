import numpy as np
import pytest

from sarbench.leakage import thumbnail
from tests.leakage.chips import chip


def test_gray_and_three_equal_bands_are_one_image() -> None:
    gray = chip(0)
    one, three = thumbnail(gray), thumbnail(np.stack([gray] * 3))
    assert one.pixel_sha256 == three.pixel_sha256 == thumbnail(gray[np.newaxis]).pixel_sha256
    assert np.array_equal(one.pixels, three.pixels)


def test_one_changed_pixel_changes_the_hash() -> None:
    other = chip(0).copy()
    other[100, 100] ^= 1
    assert thumbnail(other).pixel_sha256 != thumbnail(chip(0)).pixel_sha256


def test_colours_are_averaged() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (3, 64, 64), dtype=np.uint8)
    assert np.array_equal(thumbnail(colours).pixels, thumbnail(colours.mean(axis=0)).pixels)


@pytest.mark.parametrize(("shape", "expected"), [((256, 256), (128, 128)), ((800, 400), (192, 96)), ((3, 9), (8, 8))])
def test_size(shape: tuple[int, int], expected: tuple[int, int]) -> None:
    small = thumbnail(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
    assert small.pixels.shape == expected
    assert (small.height, small.width) == shape


def test_a_large_scene() -> None:
    small = thumbnail(np.random.default_rng(0).integers(0, 256, (5120, 300), dtype=np.uint8))
    assert small.pixels.shape == (192, 11)


def test_gain_leaves_the_thumbnail_alone() -> None:
    values = np.random.default_rng(0).gamma(2, 20, (1, 256, 256)).astype(np.float32)
    difference = thumbnail(values).pixels.astype(int) - thumbnail(7 * values).pixels
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("value", [0, 17, 255])
def test_blank(value: int) -> None:
    blank = np.full((256, 256), value, dtype=np.uint8)
    assert thumbnail(blank).blank
    blank[10, 10] = 99
    assert thumbnail(blank).blank
    assert not thumbnail(chip(0)).blank


def test_a_small_ship_on_black_is_plain_and_not_blank() -> None:
    black = np.zeros((256, 256), dtype=np.uint8)
    black[100:108, 50:80] = 200
    small = thumbnail(black)
    assert small.plain
    assert not small.blank
    assert not thumbnail(chip(0)).plain


def test_values_that_are_not_numbers_count_as_black() -> None:
    values = chip(0).astype(np.float32)
    black = values.copy()
    values[:20], black[:20] = np.nan, 0
    assert np.array_equal(thumbnail(values).pixels, thumbnail(black).pixels)


@pytest.mark.parametrize("pixels", [np.zeros(4), np.zeros((0, 4)), np.zeros((2, 2), dtype=np.complex64)])
def test_arrays_that_are_no_images(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected real \[bands, height, width\]"):
        thumbnail(pixels)
