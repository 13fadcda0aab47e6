import numpy as np
import pytest
from scipy.fft import dctn

from sarbench.leakage import DESCRIPTOR, describe, thumbnail, turn
from sarbench.leakage.descriptor import BITS, WINDOWS, distance
from sarbench.leakage.dihedral import ORIENTATIONS
from sarbench.leakage.reduction import Thumbnail
from tests.leakage.chips import chip, cropped, respeckled


def test_the_hash_of_the_whole_is_the_signs_of_its_dct() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (64, 64), dtype=np.uint8)
    record = describe(Thumbnail(picture, 64, 64, "", blank=False, plain=False))
    truth = dctn(picture.astype(float), norm="ortho")
    frequencies = [(total - v, v) for total in range(1, 19) for v in range(total + 1)]
    assert len(frequencies) == BITS
    words = [int(word) for word in record["queries"][0]]
    for bit, (u, v) in enumerate(frequencies):
        assert (words[bit // 64] >> (bit % 64)) & 1 == (truth[u, v] > 0)


def test_windows_are_all_95_and_90_per_cent_of_the_area() -> None:
    area = (WINDOWS[:, 1] - WINDOWS[:, 0]) * (WINDOWS[:, 3] - WINDOWS[:, 2])
    assert WINDOWS[0].tolist() == [0, 1, 0, 1]
    assert set(area.round(2)) == {1.0, 0.95, 0.9}
    assert WINDOWS.min() >= 0
    assert WINDOWS.max() <= 1 + 1e-9


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_an_orientation_changes_no_canonical_hash(orientation: int) -> None:
    picture = chip(1)
    one, other = describe(thumbnail(picture)), describe(thumbnail(turn(picture, orientation)))
    assert distance(one["windows"][0], other["windows"][0]) <= 2  # averaging to the square rounds
    asked = [k for k in ORIENTATIONS if other["asked"] >> k & 1]
    assert min(distance(one["windows"][0], other["queries"][k]) for k in asked) <= 2


@pytest.mark.parametrize(("rows", "top", "left"), [(0.9, 0.3, 0), (0.94, 1, 0.2), (0.97, 0.5, 0.5), (1, 0, 0.7)])
def test_a_crop_is_like_a_window(rows: float, top: float, left: float) -> None:
    picture = chip(2)
    one, part = describe(thumbnail(picture)), describe(thumbnail(cropped(picture, rows=rows, top=top, left=left)))
    asked = [k for k in ORIENTATIONS if part["asked"] >> k & 1]
    nearest = min(int(distance(one["windows"], part["queries"][k]).min()) for k in asked)
    assert nearest <= 36


def test_new_speckle_changes_few_bits_and_another_chip_half_of_them() -> None:
    one, copy, other = (describe(thumbnail(image)) for image in (chip(1), respeckled(chip(1)), chip(2)))
    assert distance(one["queries"][0], copy["queries"][0]) < 20
    assert 60 < distance(one["queries"][0], other["queries"][0]) < 130


def test_distance_counts_bits() -> None:
    one = np.array([[0, 1, 2], [3, 0, 1 << 63]], dtype=np.uint64)
    assert distance(one, np.zeros(3, dtype=np.uint64)).tolist() == [2, 3]


def test_records_stack() -> None:
    records = np.array([describe(thumbnail(chip(n))) for n in (1, 2)], dtype=DESCRIPTOR)
    assert records.shape == (2,)
    assert DESCRIPTOR.itemsize == 1343
