import math

import numpy as np
import pytest

from sarbench.schema import Row
from tests.build.quality_case import boxed, findings, numbers, row

BOX_RULES = {
    "box-outside",
    "box-degenerate",
    "box-whole-image",
    "box-repeated",
    "box-frame",
    "label-unknown",
}


def scattered(scale: float, *, side: int = 512, boxes: int = 200) -> list[Row]:
    """Rows whose boxes lie anywhere in an image of `side` pixels, written in another unit."""
    rng = np.random.default_rng(0)
    starts, sizes = rng.uniform(0, 0.9, (boxes, 2)), rng.uniform(0.02, 0.1, (boxes, 2))
    edges = np.concatenate([starts, starts + sizes], axis=1) * scale
    return [boxed(tuple(each), number=at, width=side, height=side) for at, each in enumerate(edges.tolist())]


def test_good_boxes_pass() -> None:
    rows = [boxed((0, 0, 512, 100), (0, 100, 512, 200)), *scattered(512)]
    assert not BOX_RULES & set(findings(rows, name="sardet-100k"))


@pytest.mark.parametrize("edges", [(-1, 0, 5, 5), (0, -1, 5, 5), (0, 0, 513, 5), (0, 0, 5, 513)])
def test_a_box_over_the_edge(edges: tuple[float, ...]) -> None:
    found = findings([boxed((1, 2, 3, 4), edges, number=7), boxed((1, 2, 3, 4), number=8)])["box-outside"]
    assert (found.count, found.of, numbers(found)) == (1, 2, [7])
    assert found.examples[0].what == f"ship [{', '.join(map(str, edges))}] in 512 × 512"


def test_regions_are_boxes_too() -> None:
    assert findings([row(region=(0.0, 0.0, 600.0, 5.0)), row(1)])["box-outside"].count == 1


def test_an_image_of_unknown_size_has_only_the_edges_at_zero() -> None:
    assert not BOX_RULES & set(findings([boxed((0, 0, 9999, 5), width=None, height=None)]))
    found = findings([boxed((-5, 0, 9, 5), width=None, height=None)])["box-outside"]
    assert found.examples[0].what == "ship [-5, 0, 9, 5]"


@pytest.mark.parametrize("edges", [(5, 5, 5, 9), (5, 5, 9, 4), (math.nan, 0, 1, 1), (0, 0, math.inf, 1)])
def test_a_box_that_is_none(edges: tuple[float, ...]) -> None:
    found = findings([boxed(edges), boxed((1, 2, 3, 4), number=1)])["box-degenerate"]
    assert (found.severity, found.count) == ("error", 1)


def test_a_box_around_the_whole_image() -> None:
    assert findings([boxed((0, 0, 512, 500)), boxed((0, 0, 512, 400), number=1)])["box-whole-image"].count == 1


def test_the_same_box_twice_in_a_row() -> None:
    twice = boxed((1, 2, 3, 4), (5, 6, 7, 8), (1, 2, 3, 4), number=3)
    found = findings([twice, boxed((1, 2, 3, 4), number=4)])["box-repeated"]
    assert (found.count, numbers(found)) == (1, [3])


def test_labels_outside_a_closed_list() -> None:
    rows = [boxed((1, 2, 3, 4), label="submarine"), boxed((1, 2, 3, 4), number=1), boxed((1, 2, 3, 4), label=None)]
    found = findings(rows, name="fake")
    assert "label-unknown" not in found
    found = findings([boxed((1, 2, 3, 4), label="submarine", dataset="sardet-100k"), rows[1]], name="sardet-100k")
    assert found["label-unknown"].examples[0].what.startswith("submarine")


@pytest.mark.parametrize(("scale", "frame"), [(1, 1), (100, 100), (1000, 1000)])
def test_boxes_in_another_frame(scale: float, frame: int) -> None:
    assert f"as in a frame of {frame}" in findings(scattered(scale), step=30)["box-frame"].detail


def test_a_frame_of_512_on_larger_images() -> None:
    detail = findings(scattered(512, side=800))["box-frame"].detail
    assert detail.startswith("800 × 800: of 200 boxes none reaches beyond")
    assert "as in a frame of 512" in detail


def test_a_few_boxes_tell_no_frame() -> None:
    assert "box-frame" not in findings(scattered(1, boxes=49))
    over = [boxed((0, 0, 520, 10), number=1000 + at) for at in range(10)]
    assert "box-frame" not in findings([*scattered(512), *over])
