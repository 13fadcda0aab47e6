import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.sources._boxes import corners, placement


@pytest.mark.parametrize(
    ("bbox", "problem"),
    [
        ([], "not four numbers"),
        ([1, 2, 3], "not four numbers"),
        ([1, 2, 3, None], "not four numbers"),
        ([1, 2, 3, "4"], "not four numbers"),
        ([1, 2, 3, True], "not four numbers"),
        ([1, 2, math.nan, 4], "not four numbers"),
        ([1, 2, math.inf, 4], "not four numbers"),
        ([1, 2, 1e300, 4], "not four numbers"),
        ([1, 2, 0, 4], "no area"),
        ([1, 2, 3, -4], "no area"),
        ([1e8, 2, 0.001, 4], "no area"),
    ],
)
def test_bad_boxes_say_what_is_wrong(bbox: list[object], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        corners(bbox)


@given(st.tuples(*[st.floats(0, 4000)] * 2, *[st.floats(0.1, 4000)] * 2))
def test_corners_are_float32_and_near_the_sum(bbox: tuple[float, ...]) -> None:
    xyxy = corners(bbox)
    assert struct.unpack("<4f", struct.pack("<4f", *xyxy)) == xyxy
    assert xyxy == pytest.approx((bbox[0], bbox[1], bbox[0] + bbox[2], bbox[1] + bbox[3]), rel=1e-6)


@pytest.mark.parametrize(
    ("xyxy", "place"),
    [
        ((0, 0, 64, 48), "inside"),
        ((-0.5, 0, 64, 48), "partly"),
        ((0, 0, 64, 48.5), "partly"),
        ((-5, -5, 100, 100), "partly"),
        ((-9, 0, 0, 10), "outside"),
        ((0, 48, 10, 50), "outside"),
    ],
)
def test_placement(xyxy: tuple[float, float, float, float], place: str) -> None:
    assert placement(xyxy, 64, 48) == place
