"""The best of wrong conventions is not clear, and a weak model in its own convention is."""

import numpy as np
import pytest

from sarbench.calibrate import CANDIDATES, Item, calibrate
from sarbench.calibrate.fit import fit
from sarbench.calibrate.reading import parsed, scored
from sarbench.coords import format_box

OWN = ("pixel_resized(28,3136,12544)", "pixel_resized(28,200704,602112)")
"""Limits that a run gave to a Qwen2.5-VL, and no candidate has."""


def answers(
    convention: str, sizes: list[tuple[int, int]], *, number: int = 60, noise: float = 0.0, seed: int = 0
) -> list[Item]:
    """Answers that say the true boxes, or boxes off by `noise` of a side at every edge; two an image."""
    generator = np.random.default_rng(seed)
    found = []
    for place in range(number):
        size = sizes[place // 2 % len(sizes)]
        near = generator.uniform(0.02, 0.7, 2)
        true = np.concatenate((near, near + generator.uniform(0.05, 0.28, 2)))
        off = true + generator.normal(0, noise, 4) if noise else true
        said = np.clip(np.concatenate((np.minimum(off[:2], off[2:]), np.maximum(off[:2], off[2:]))), 0, 1)
        text = format_box(said * (size * 2), convention, size)
        found.append(Item(f"i{place // 2}", size, text, (tuple((true * (size * 2)).tolist()),)))
    return found


@pytest.mark.parametrize(
    ("convention", "sizes"),
    [
        (OWN[0], [(512, 512)]),
        (OWN[0], [(512, 512), (800, 600), (300, 400)]),
        (OWN[1], [(800, 800)]),
        (OWN[1], [(800, 800), (1024, 1024), (640, 1200)]),
    ],
)
def test_perfect_answers_in_a_convention_that_is_not_tried_are_not_clear(
    convention: str, sizes: list[tuple[int, int]]
) -> None:
    items = answers(convention, sizes, number=120)
    found = calibrate(items)
    assert not found.clear, found.convention
    assert "when multiplied by" in found.why
    tried = calibrate(items, candidates=[*CANDIDATES, convention])
    assert (tried.convention, tried.clear) == (convention, True), tried.why
    assert tried.candidates[0].mean_iou > 0.85  # whole pixels of a small image


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("convention", ["norm1000", "pixel", "norm1"])
def test_a_weak_model_in_its_own_convention_is_clear(convention: str, seed: int) -> None:
    found = calibrate(answers(convention, [(640, 384)], number=200, noise=0.1, seed=seed))
    assert found.candidates[0].mean_iou < 0.45
    assert found.clear, found.why
    assert found.convention == convention or any(
        each.alike and each.convention == convention for each in found.candidates
    )


def test_answers_that_do_not_look_at_the_image_are_not_clear() -> None:
    """The middle of the image, always: it overlaps, in one convention alone, and says nothing."""
    items = answers("norm1000", [(640, 384)], number=120)
    found = calibrate([Item(item.image, item.size, "[250, 250, 750, 750]", item.boxes) for item in items])
    assert not found.clear
    assert "given to other images" in found.why


def test_chance_is_the_overlap_with_other_images() -> None:
    items = answers("pixel", [(500, 500)])
    best = scored(items, parsed(items, "pixel"), "pixel")
    found = fit(items, best, "pixel")
    assert best.mean_iou == pytest.approx(1.0, abs=0.03)
    assert found.chance is not None
    assert found.chance < 0.2
    assert found.stretch is None  # nothing to gain


def test_factors_are_learnt_on_other_images() -> None:
    items = answers(OWN[0], [(560, 560)], number=80)
    best = scored(items, parsed(items, "pixel"), "pixel")
    found = fit(items, best, "pixel")
    assert found.stretch == pytest.approx((5.0, 5.0), rel=0.02)
    assert found.stretched is not None
    assert found.stretched > 0.85
