"""Conversions against hand calculation, against Qwen's own resize, and against their own inverse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench import coords
from sarbench.errors import InputError, UnknownNameError

QWEN = "pixel_resized(28,200704,1605632)"
NAMES = [QWEN if name.startswith("pixel_resized") else name for name in coords.CONVENTIONS]

sizes = st.tuples(st.integers(1, 20_000), st.integers(1, 20_000))
boxes = st.lists(st.tuples(*[st.floats(-1e5, 1e5, allow_subnormal=False)] * 4), max_size=8)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None)
@given(values=boxes, size=sizes)
def test_round_trip(name: str, values: list[tuple[float, ...]], size: tuple[int, int]) -> None:
    native = np.array(values, dtype=np.float64).reshape(-1, 4)
    there = coords.from_pixels(native, name, size)
    back = coords.to_pixels(there, name, size)
    np.testing.assert_allclose(back, native, rtol=1e-14, atol=1e-300)
    assert back.shape == there.shape == native.shape
    assert back.dtype == np.float64


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None)
@given(size=sizes, edges=st.tuples(*[st.integers(0, 20_000)] * 4))
def test_whole_pixels_come_back_as_the_same_whole_pixels(
    name: str, size: tuple[int, int], edges: tuple[int, ...]
) -> None:
    back = coords.to_pixels(coords.from_pixels([edges], name, size), name, size)
    assert np.rint(back).astype(int).tolist() == [list(edges)]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("pixel", [128, 64, 512, 128]),
        ("pixel_yx", [64, 128, 128, 512]),
        ("norm1", [0.25, 0.25, 1, 0.5]),
        ("norm1_yx", [0.25, 0.25, 0.5, 1]),
        ("norm100", [25, 25, 100, 50]),
        ("norm999", [249.75, 249.75, 999, 499.5]),
        ("norm1000", [250, 250, 1000, 500]),
        ("norm1000_yx", [250, 250, 500, 1000]),
        ("pixel_resized(32,1,1000000)", [128, 64, 512, 128]),
        ("pixel_resized(64,32768,32768)", [64, 32, 256, 64]),
    ],
)
def test_one_box_in_every_convention(name: str, numbers: list[float]) -> None:
    native = [[128.0, 64.0, 512.0, 128.0]]
    assert coords.to_pixels([numbers], name, (512, 256)).tolist() == native
    assert coords.from_pixels(native, name, (512, 256)).tolist() == [numbers]


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((96, 96), (448, 448)),
        ((256, 256), (448, 448)),
        ((512, 512), (504, 504)),
        ((800, 800), (812, 812)),
        ((1024, 1024), (1036, 1036)),
        ((2048, 2048), (1260, 1260)),
        ((4000, 3000), (1456, 1092)),
    ],
)
def test_resize_with_the_limits_of_lmms_eval(size: tuple[int, int], seen: tuple[int, int]) -> None:
    assert coords.resized(size, 28, 200704, 1605632) == seen


@settings(deadline=None)
@given(size=sizes)
def test_resized_sides_are_multiples_and_the_area_keeps_its_limits(size: tuple[int, int]) -> None:
    width, height = coords.resized(size, 28, 200704, 1605632)
    assert width % 28 == height % 28 == 0
    assert min(width, height) >= 28
    if max(size) <= 100 * min(size):
        assert 200704 <= width * height <= 1605632


@pytest.mark.slow
def test_resize_agrees_with_transformers() -> None:
    module = pytest.importorskip("transformers.models.qwen2_vl.image_processing_qwen2_vl")
    generator = np.random.default_rng(0)
    for width, height in generator.integers(28, 5000, size=(500, 2)).tolist():
        if max(width, height) < 200 * min(width, height):
            expected = module.smart_resize(height, width, 28, 200704, 1605632)
            assert coords.resized((width, height), 28, 200704, 1605632) == expected[::-1]


@pytest.mark.parametrize("name", ["", "px", "norm", "norm1001", "norm1_xy", "pixel_resized", "pixel_resized(28)"])
def test_unknown_names_are_answered_with_the_list(name: str) -> None:
    with pytest.raises(UnknownNameError, match="norm1000_yx"):
        coords.parse_convention(name)


@pytest.mark.parametrize("name", ["pixel_resized(0,1,2)", "pixel_resized(28,9,8)", "pixel_resized(28,1,100)"])
def test_impossible_resizes(name: str) -> None:
    with pytest.raises(UnknownNameError, match="factor"):
        coords.parse_convention(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_convention_is_found_again_by_its_name(name: str) -> None:
    convention = coords.parse_convention(name)
    assert coords.parse_convention(convention.name) == convention
    assert coords.to_pixels([[1, 2, 3, 4]], convention, (50, 60)).tolist() == (
        coords.to_pixels([[1, 2, 3, 4]], name, (50, 60)).tolist()
    )


def test_blanks_between_resize_parameters_are_one_convention() -> None:
    assert coords.parse_convention("pixel_resized(28, 200704, 1605632)").name == QWEN


def test_pixels_need_no_size_and_everything_else_does() -> None:
    assert coords.to_pixels([[1, 2, 3, 4]], "pixel").tolist() == [[1, 2, 3, 4]]
    assert coords.to_pixels([[1, 2, 3, 4]], "pixel_yx").tolist() == [[2, 1, 4, 3]]
    with pytest.raises(InputError, match="size"):
        coords.to_pixels([[1, 2, 3, 4]], "norm1000")
    with pytest.raises(InputError, match="0 × 5"):
        coords.to_pixels([[1, 2, 3, 4]], "norm1000", (0, 5))


def test_no_boxes_and_wrong_shapes() -> None:
    assert coords.to_pixels([], "norm1", (5, 5)).shape == (0, 4)
    with pytest.raises(InputError, match=r"\(1, 3\)"):
        coords.to_pixels([[1, 2, 3]], "pixel")


def test_the_input_is_left_alone() -> None:
    given_boxes = np.array([[1.0, 2.0, 3.0, 4.0]])
    result = coords.to_pixels(given_boxes, "pixel")
    result[0, 0] = 99
    assert given_boxes[0, 0] == 1.0


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("pixel", "[128, 64, 256, 129]"),
        ("pixel_yx", "[64, 128, 129, 256]"),
        ("norm1", "[0.250, 0.250, 0.500, 0.502]"),
        ("norm100", "[25, 25, 50, 50]"),
        ("norm999", "[250, 250, 500, 501]"),
        ("norm1000", "[250, 250, 500, 502]"),
    ],
)
def test_written_boxes(name: str, written: str) -> None:
    assert coords.format_box((128, 64, 256, 128.5), name, (512, 256)) == written


@pytest.mark.parametrize("name", NAMES)
def test_every_convention_can_be_described(name: str) -> None:
    assert coords.describe(name)
    assert coords.box_template(name) == ("[y1, x1, y2, x2]" if name.endswith("_yx") else "[x1, y1, x2, y2]")
