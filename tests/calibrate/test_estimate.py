"""Perfect answers in a convention are known by it; what cannot be told apart is not called clear."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.calibrate import CANDIDATES, Item, calibrate
from sarbench.calibrate.candidates import alike
from sarbench.coords import format_box
from sarbench.errors import InputError, UnknownNameError

SIZE = (640, 384)


def items_in(convention: str, *, number: int = 30, size: tuple[int, int] = SIZE, seed: int = 0) -> list[Item]:
    """Answers that say the true boxes in a convention; two an image."""
    generator = np.random.default_rng(seed)
    found = []
    for place in range(number):
        near = generator.uniform(0.05, 0.5, 2)
        far = near + generator.uniform(0.1, 0.4, 2)
        box = tuple(float(edge) for edge in np.round(np.concatenate((near, far)) * (size * 2)))
        found.append(Item(f"i{place // 2}", size, format_box(np.array(box), convention, size), (box,)))
    return found


@pytest.mark.parametrize("convention", CANDIDATES)
def test_perfect_answers_are_known(convention: str) -> None:
    found = calibrate(items_in(convention))
    assert found.clear, found.why
    assert alike(found.convention, convention, [SIZE])
    chosen = found.candidates[0]
    assert chosen.convention == found.convention
    assert chosen.mean_iou > 0.95
    assert chosen.f1 == 1.0
    assert all(each.p is not None for each in found.candidates if not each.alike)


def test_numbers_that_mean_the_same_are_no_rivals() -> None:
    found = calibrate(items_in("pixel", size=(1000, 1000)))
    assert found.convention == "pixel"
    assert found.clear
    assert {each.convention for each in found.candidates if each.alike} >= {"pixel", "norm999", "norm1000"}


def test_noise_is_not_clear() -> None:
    right = items_in("pixel", seed=1)
    wrong = items_in("pixel", seed=2)
    found = calibrate([Item(a.image, a.size, b.prediction, a.boxes) for a, b in zip(right, wrong, strict=True)])
    assert not found.clear


def test_few_answers_are_not_clear() -> None:
    found = calibrate(items_in("norm1000", number=8))
    assert found.convention in ("norm1000", "norm999")
    assert not found.clear
    assert "only 8 answers" in found.why


def test_words_without_boxes_are_not_clear() -> None:
    items = [Item(item.image, item.size, "I see nothing.", item.boxes) for item in items_in("pixel")]
    found = calibrate(items)
    assert (found.clear, found.with_boxes) == (False, 0)


def test_one_image_is_not_clear() -> None:
    """However many questions it is asked: images are what chance is counted in."""
    items = [Item("one", item.size, item.prediction, item.boxes) for item in items_in("norm1000")]
    assert not calibrate(items).clear


def test_nothing_to_calibrate_on_is_an_error() -> None:
    with pytest.raises(InputError, match="nothing to calibrate on"):
        calibrate([])
    with pytest.raises(InputError, match="no convention"):
        calibrate(items_in("pixel"), candidates=[])
    with pytest.raises(UnknownNameError):
        calibrate(items_in("pixel"), candidates=["norm7"])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_is_an_answer(texts: list[str]) -> None:
    items = [Item(f"i{place}", SIZE, text, ((1.0, 1.0, 9.0, 9.0),)) for place, text in enumerate(texts)]
    assert calibrate(items, candidates=["pixel", "norm1000"]).items == len(texts)
