"""Nobody gets its own image, and who gets which depends on nothing but the images."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.perturb.shuffle import donors

KEYS = st.lists(st.sampled_from("abcdefgh") | st.none(), max_size=30).filter(lambda keys: len({*keys} - {None}) > 1)


@given(KEYS, st.randoms(use_true_random=False))
def test_a_derangement_of_images_in_any_order(keys: list[str | None], chance: random.Random) -> None:
    given_to = {key: keys[at] for key, at in zip(keys, donors(keys), strict=True) if at is not None}
    assert all(own != other for own, other in given_to.items())
    assert sorted(filter(None, given_to.values())) == sorted({*keys} - {None})
    mixed = chance.sample(keys, len(keys))
    assert {key: mixed[at] for key, at in zip(mixed, donors(mixed), strict=True) if at is not None} == given_to


def test_rows_without_images_get_none() -> None:
    assert donors([]) == []
    assert donors([None, None]) == [None, None]
    assert donors(["a", None, "b"]) == [2, None, 0]


def test_one_image_cannot_be_shuffled() -> None:
    with pytest.raises(InputError, match="one image only"):
        donors(["a", "a", None])
