"""Conversions against hand calculation, against Qwen's own resize, and against their own inverse."""

from collections.abc import Callable
from typing import Any

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
@settings(max_examples=15, deadline=None)
@given(values=boxes, size=sizes)
def test_round_trip(name: str, values: list[tuple[float, ...]], size: tuple[int, int]) -> None:
    native = np.array(values, dtype=np.float64).reshape(-1, 4)
    there = coords.from_pixels(native, name, size)
    back = coords.to_pixels(there, name, size)
    # A shift and a width are sums: their error is relative to the largest number of the sum.
    sums = "_padded" in name or "_xywh" in name
    reach = np.abs(native).max(axis=1, keepdims=True, initial=0.0) + ("_padded" in name) * max(size)
    assert (np.abs(back - native) <= (1e-14 * reach if sums else 1e-14 * np.abs(native)) + 1e-300).all()
    assert back.shape == there.shape == native.shape
    assert back.dtype == np.float64


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("pixel") and "resized" not in name])
@settings(max_examples=15, deadline=None)
@given(edges=st.tuples(*[st.integers(-20_000, 20_000)] * 4))
def test_round_trip_is_exact_where_the_arithmetic_is(name: str, edges: tuple[int, ...]) -> None:
    assert coords.to_pixels(coords.from_pixels([edges], name), name).tolist() == [list(edges)]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
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
        ("pixel_xywh", [128, 64, 384, 64]),
        ("pixel_yx_xywh", [64, 128, 64, 384]),
        ("norm1_xywh", [0.25, 0.25, 0.75, 0.25]),
        ("norm1000_yx_xywh", [250, 250, 250, 750]),
        # Padded to 512 × 512: 128 rows above the image.
        ("norm1_padded", [0.25, 0.375, 1, 0.5]),
        ("norm1000_padded_yx", [375, 250, 500, 1000]),
        ("norm100_padded_xywh", [25, 37.5, 75, 12.5]),
        ("norm1_padded_yx_xywh", [0.375, 0.25, 0.125, 0.75]),
        ("pixel_resized(64,32768,32768)_yx", [32, 64, 64, 256]),
        ("pixel_resized(64,32768,32768)_xywh", [64, 32, 192, 32]),
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


@pytest.mark.parametrize(
    ("size", "corner"), [((100, 51), (0, 24)), ((51, 100), (24, 0)), ((7, 7), (0, 0)), ((10, 9), (0, 0))]
)
def test_padding_as_llava_pads(size: tuple[int, int], corner: tuple[int, int]) -> None:
    side = max(size)
    centred = coords.from_pixels([[0, 0, *size]], "norm1_padded", size)[0] * side
    np.testing.assert_allclose(centred, [*corner, corner[0] + size[0], corner[1] + size[1]], rtol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_one_size_for_each_box(name: str) -> None:
    values = np.array([[1, 2, 30, 40], [5, 6, 7, 8], [0, 0, 1, 1]], dtype=np.float64)
    many = np.array([[512, 256], [100, 100], [33, 77]])
    for convert in (coords.to_pixels, coords.from_pixels):
        together = convert(values, name, many)
        alone = [convert(values[[row]], name, (int(many[row, 0]), int(many[row, 1])))[0] for row in range(3)]
        assert together.tobytes() == np.array(alone).tobytes()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("norm1_xywh_yx", "norm1_yx_xywh"),
        ("norm1000_yx_padded", "norm1000_padded_yx"),
        ("norm_1000", "norm1000"),
        ("NORM1", "norm1"),
        ("norm1_yz", "norm1_yx"),
        ("pixels", "pixel"),
        ("norm1-yx", "norm1_yx"),
    ],
)
def test_the_nearest_name_is_suggested(name: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match=f"Did you mean {nearest}\\?"):
        coords.parse_convention(name)


@pytest.mark.parametrize("name", ["pixel_padded", "pixel_resized(28,200704,1605632)_padded", "norm1_yx_yx", "_yx"])
def test_parts_that_do_not_go_together(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"\[_padded\]\[_yx\]\[_xywh\]"):
        coords.parse_convention(name)


@pytest.mark.parametrize("name", ["", "px", "norm", "norm1001", "norm1_xy", "pixel_resized", "pixel_resized(28)"])
def test_unknown_names_are_answered_with_the_list(name: str) -> None:
    with pytest.raises(UnknownNameError, match="norm1000"):
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
    with pytest.raises(InputError, match="5 × 0 at index 1"):
        coords.to_pixels([[1, 2, 3, 4]] * 2, "norm1", np.array([[5, 5], [5, 0]]))
    with pytest.raises(InputError, match="shape"):
        coords.to_pixels([[1, 2, 3, 4]] * 2, "norm1", (5, 5, 5))  # type: ignore[arg-type]


def test_no_boxes_and_wrong_shapes() -> None:
    assert coords.to_pixels([], "norm1", (5, 5)).shape == (0, 4)
    with pytest.raises(InputError, match=r"\(1, 3\)"):
        coords.to_pixels([[1, 2, 3]], "pixel")


NO_NAMES: tuple[Any, ...] = (None, 5, b"pixel", ["a"], {}, np.array(["pixel"]), np.zeros((2, 4)))


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_is_no_convention(name: Any) -> None:
    asked: tuple[Callable[..., object], ...] = (
        *(coords.parse_convention, coords.describe, coords.box_template, coords.edge_names),
        *(lambda name: coords.to_pixels([], name), lambda name: coords.from_pixels([[1, 2, 3, 4]], name)),
        lambda name: coords.format_box((1, 2, 3, 4), name),
    )
    for ask in asked:
        with pytest.raises(UnknownNameError, match="is no name of a coordinate convention"):
            ask(name)


@pytest.mark.parametrize("limits", [(0, 1, 9), (-1, 1, 9), (28, 0, 9000), (28, 9, 4), (2.5, 1, 9), (None, 1, 9)])
def test_limits_that_no_image_meets_are_refused(limits: tuple[Any, Any, Any]) -> None:
    with pytest.raises(UnknownNameError, match="is no resize"):
        coords.resized((8, 8), *limits)


@pytest.mark.parametrize("box", [None, 5, (), (1, 2, 3), "abcd", ["a"] * 4, {1, 2}, [[1, 2], [3]], (10**400, 0, 1, 1)])
def test_what_is_no_box_is_not_written(box: Any) -> None:
    with pytest.raises(InputError, match=r"^box"):
        coords.format_box(box, "pixel")


@pytest.mark.parametrize("size", [(10**400, 5), (2**40, 2**40), (float("inf"), 5.0), None, "ab", ()])
def test_what_is_no_size_is_refused(size: Any) -> None:
    for ask in (coords.clip, lambda boxes, size: coords.to_pixels(boxes, QWEN, size)):
        with pytest.raises(InputError, match="size"):
            ask([[1, 2, 3, 4]], size)


@pytest.mark.parametrize("tolerance", [None, "x", [0.5], float("nan")])
def test_what_is_no_tolerance_is_refused(tolerance: Any) -> None:
    with pytest.raises(InputError, match=r"tolerance .*: is no number"):
        coords.faults([[1, 2, 3, 4]], (9, 9), tolerance=tolerance)


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
        ("pixel_xywh", "[128, 64, 128, 65]"),
        ("norm1_padded_yx", "[0.375, 0.250, 0.501, 0.500]"),
        ("norm1000_padded_xywh", "[250, 375, 250, 126]"),
    ],
)
def test_written_boxes(name: str, written: str) -> None:
    assert coords.format_box((128, 64, 256, 128.5), name, (512, 256)) == written


@pytest.mark.parametrize("name", NAMES)
def test_every_convention_can_be_described(name: str) -> None:
    y_first, xywh = "_yx" in name, name.endswith("_xywh")
    near = "y, x" if y_first else "x, y"
    expected = {
        (False, False): "[x1, y1, x2, y2]",
        (True, False): "[y1, x1, y2, x2]",
        (False, True): f"[{near}, width, height]",
        (True, True): f"[{near}, height, width]",
    }
    assert coords.box_template(name) == expected[y_first, xywh]
    assert coords.edge_names(name).startswith("top, left, " if y_first else "left, top, ")
    assert ("width" in coords.edge_names(name)) == xywh
    assert ("square" in coords.describe(name)) == ("_padded" in name)


def test_wordings_that_prompts_depend_on() -> None:
    assert coords.describe("pixel") == coords.describe(QWEN) == "pixels of the image"
    assert coords.describe("norm1_yx") == "fractions from 0 to 1 of the image width and height"
    assert coords.describe("norm999") == "integers from 0 to 999 relative to the image width and height"


def test_faults() -> None:
    rows = [
        [0, 0, 9, 9],
        [5, 5, 5, 9],
        [5, 9, 9, 5],
        [-0.5, 0, 20.5, 10.5],
        [-0.6, 0, 5, 5],
        [0, 0, 20.6, 5],
        [0, 0, 5, 10.6],
        [30, 30, 20, 20],
        [np.nan, 0, -9, 5],
        [0, 0, np.inf, 5],
    ]
    found = coords.faults(rows, (20, 10))
    assert np.flatnonzero(found.degenerate).tolist() == [1, 2, 7]
    assert np.flatnonzero(found.out_of_range).tolist() == [4, 5, 6, 7]
    assert np.flatnonzero(found.not_finite).tolist() == [8, 9]
    assert np.flatnonzero(coords.faults(rows, None).out_of_range).tolist() == [4]
    assert np.flatnonzero(coords.faults(rows, (20, 10), tolerance=0).out_of_range).tolist() == [3, 4, 5, 6, 7]
    assert coords.faults([], (5, 5)).degenerate.shape == (0,)
    each = coords.faults([[0, 0, 9, 9]] * 2, np.array([[5, 9], [9, 9]]))
    assert each.out_of_range.tolist() == [True, False]
    with pytest.raises(InputError):
        coords.faults([[0, 0, 1, 1]], (0, 5))


def test_clip_moves_edges_onto_the_border_and_nothing_else() -> None:
    given_boxes = [[-3, 2, 600, 40], [1, 2, 3, 4], [-9, -9, -1, -1], [np.nan, 0, 5, 5]]
    clipped = coords.clip(given_boxes, (512, 30))
    assert clipped[:3].tolist() == [[0, 2, 512, 30], [1, 2, 3, 4], [0, 0, 0, 0]]
    assert np.isnan(clipped[3, 0])
    assert not coords.faults(clipped[:3], (512, 30), tolerance=0).out_of_range.any()
    assert coords.clip([[0, 0, 9, 9]] * 2, np.array([[5, 9], [9, 4]])).tolist() == [[0, 0, 5, 9], [0, 0, 9, 4]]


@pytest.mark.parametrize("size", [(1, 1), (1, 10_000), (10_000, 1), (3, 7), (511, 513), (99_999, 2)])
@pytest.mark.parametrize("name", NAMES)
def test_round_trips_of_odd_sizes(name: str, size: tuple[int, int]) -> None:
    """To a few units in the last place of the longer side, from float64, float32 and whole numbers."""
    generator = np.random.default_rng(7)
    near, far = np.sort(generator.random((2, 50, 2)), axis=0) * size
    boxes = np.concatenate([np.hstack([near, far]), [[0, 0, *size]], [[-3, -5, size[0] + 4, size[1] + 9]]])
    for kind in (np.float64, np.float32, np.int64):
        given_boxes = boxes.astype(kind)
        back = coords.to_pixels(coords.from_pixels(given_boxes, name, size), name, size)
        np.testing.assert_allclose(back, given_boxes.astype(np.float64), rtol=0, atol=1e-15 * max(size) * 4)


@pytest.mark.parametrize("size", [(5.5, 5), (float("nan"), 5), (5, None), "ab", (5, 6, 7), np.ones((3, 2))])
def test_sizes_that_are_none(size: object) -> None:
    with pytest.raises(InputError, match="size"):
        coords.to_pixels([[0, 0, 1, 1]] * 2, "norm1", size)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="size"):
        coords.faults([[0, 0, 1, 1]] * 2, size)  # type: ignore[arg-type]


@pytest.mark.parametrize("given_boxes", ["x", [["a", 1, 2, 3]], [[1, 2, 3, 4], [1, 2]]])
def test_boxes_that_are_no_numbers(given_boxes: object) -> None:
    with pytest.raises(InputError, match="boxes"):
        coords.to_pixels(given_boxes, "norm1", (5, 5))  # type: ignore[arg-type]


def test_a_box_without_a_finite_edge_is_not_written() -> None:
    with pytest.raises(InputError, match="finite"):
        coords.format_box((0, 0, np.nan, 5), "norm1000", (10, 10))
