import numpy as np
import pytest

from sarbench.leakage import confirm, thumbnail, turn
from sarbench.leakage.dihedral import INVERSE, ORIENTATIONS
from tests.leakage.chips import Picture, chip, cropped, jpeg, respeckled


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_orientation_is_found(orientation: int) -> None:
    picture = chip(3, size=(256, 320))
    match = confirm(thumbnail(picture), thumbnail(turn(picture, orientation)))
    assert match.confirmed
    assert match.score > 0.97
    assert match.orientation == INVERSE[orientation]
    assert match.shared == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    "copy",
    [
        jpeg(chip(4)),
        respeckled(chip(4)),
        cropped(chip(4), rows=0.9, top=0),
        cropped(chip(4), rows=1, left=1),
        jpeg(respeckled(cropped(chip(4)))),
    ],
    ids=["jpeg", "speckle", "rows cut", "columns cut", "all"],
)
def test_copies_are_confirmed_both_ways(copy: Picture) -> None:
    one, other = thumbnail(chip(4)), thumbnail(copy)
    there, back = confirm(one, other), confirm(other, one)
    assert there.confirmed
    assert back.confirmed
    assert there.score == pytest.approx(back.score, abs=0.05)


def test_a_copy_that_was_scaled_is_confirmed() -> None:
    from PIL import Image

    picture = chip(5, size=(384, 384))
    smaller = np.asarray(Image.fromarray(picture).resize((256, 256), Image.Resampling.BILINEAR))
    assert confirm(thumbnail(picture), thumbnail(smaller)).confirmed


def test_the_shared_area_of_a_crop() -> None:
    match = confirm(thumbnail(chip(6)), thumbnail(cropped(chip(6))))
    assert match.shared == pytest.approx(0.9, abs=0.02)


def test_other_chips_are_not_confirmed() -> None:
    chips = [thumbnail(chip(seed)) for seed in range(4)]
    scores = [confirm(one, other).score for place, one in enumerate(chips) for other in chips[:place]]
    assert max(scores) < 0.35


def test_one_ship_at_one_place_in_two_seas_is_no_copy() -> None:
    seas = []
    for seed in (1, 2):
        intensity = np.full((256, 256), 0.006)
        intensity[120:130, 100:150] = 0.7
        amplitude = np.sqrt(intensity * np.random.default_rng(seed).gamma(4, 0.25, intensity.shape))
        seas.append(thumbnail(np.minimum(255 * amplitude, 255).astype(np.uint8)))
    assert not confirm(*seas).confirmed
    assert confirm(seas[0], seas[0]).score == pytest.approx(1)


def test_a_piece_is_no_copy() -> None:
    assert not confirm(thumbnail(chip(7)), thumbnail(chip(7)[:128, :128])).confirmed


def test_a_blank_image_is_like_nothing() -> None:
    blank = thumbnail(np.zeros((256, 256), dtype=np.uint8))
    assert confirm(blank, blank).score == 0
    assert not confirm(blank, thumbnail(chip(7))).confirmed
