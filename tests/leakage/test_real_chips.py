"""Copies of real HRSID chips are told from the other chips."""

from pathlib import Path

import numpy as np
import pytest

from sarbench import imaging
from sarbench.leakage import DESCRIPTOR, candidates, confirm, describe, thumbnail, turn
from tests.leakage.chips import Picture, cropped, jpeg, respeckled


@pytest.fixture(scope="module")
def chips(real_data: Path) -> list[Picture]:
    paths = sorted((real_data / "hrsid" / "JPEGImages").glob("*.png"))
    assert len(paths) == 3
    return [imaging.decode(path.read_bytes())[0] for path in paths]


def test_copies_of_real_chips(chips: list[Picture]) -> None:
    copies = [
        changed
        for picture in chips
        for changed in (jpeg(picture), turn(picture, 3), respeckled(picture), cropped(picture))
    ]
    small = [thumbnail(picture) for picture in (*chips, *copies)]
    found = candidates(np.array([describe(each) for each in small], dtype=DESCRIPTOR)).pairs
    confirmed = {
        frozenset((int(pair["whole"]), int(pair["part"])))
        for pair in found
        if confirm(
            small[pair["whole"]],
            small[pair["part"]],
            orientations=[int(pair["orientation"])],
            window=int(pair["window"]),
        ).confirmed
    }
    owner = [0, 1, 2, *(number for number in range(3) for _ in range(4))]
    assert {frozenset((number, 3 + 4 * number + kind)) for number in range(3) for kind in range(4)} <= confirmed
    assert all(len({owner[image] for image in pair}) == 1 for pair in confirmed)
