import numpy as np
import pytest

from sarbench.leakage.dihedral import AFTER, INVERSE, ORIENTATIONS, turn

CORNERS = np.arange(6).reshape(2, 3)


def test_the_eight_are_all_flips_and_quarter_turns() -> None:
    ours = {turn(CORNERS, k).tobytes() + bytes(turn(CORNERS, k).shape) for k in ORIENTATIONS}
    turned = [np.rot90(flipped, quarter) for flipped in (CORNERS, np.fliplr(CORNERS)) for quarter in range(4)]
    assert ours == {np.ascontiguousarray(each).tobytes() + bytes(each.shape) for each in turned}
    assert len(ours) == 8


@pytest.mark.parametrize("first", ORIENTATIONS)
def test_tables(first: int) -> None:
    for second in ORIENTATIONS:
        assert np.array_equal(turn(turn(CORNERS, first), second), turn(CORNERS, AFTER[first, second]))
    assert np.array_equal(turn(turn(CORNERS, first), INVERSE[first]), CORNERS)
