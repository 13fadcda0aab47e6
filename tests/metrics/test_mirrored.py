"""Chance, by mirrored pictures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.metrics import boxes

SIZE = (24, 18)


@st.composite
def boxes_in_picture(draw: st.DrawFn) -> list[list[int]]:
    found = []
    for _ in range(draw(st.integers(0, 7))):
        x1, y1 = draw(st.integers(0, SIZE[0] - 1)), draw(st.integers(0, SIZE[1] - 1))
        found.append([x1, y1, draw(st.integers(x1 + 1, SIZE[0])), draw(st.integers(y1 + 1, SIZE[1]))])
    return found


def test_mirrored_twice_is_where_it_was() -> None:
    true = np.random.default_rng(0).uniform(0, 9, size=(5, 2))
    given_boxes = np.hstack([true, true + 3])
    for picture, boxes_there in enumerate(boxes.mirrored(given_boxes, SIZE)):
        np.testing.assert_allclose(boxes.mirrored(boxes_there, SIZE)[picture], given_boxes, atol=1e-12)


def test_mirrored_as_the_pixels_are() -> None:
    picture = np.zeros((SIZE[1], SIZE[0]))
    picture[2:5, 1:9] = 1
    for flipped, found in zip(
        (picture[:, ::-1], picture[::-1], picture[::-1, ::-1]), boxes.mirrored([[1, 2, 9, 5]], SIZE), strict=True
    ):
        rows, columns = np.nonzero(flipped)
        assert found.tolist() == [[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]]


@settings(max_examples=300, deadline=None)
@given(boxes_in_picture(), boxes_in_picture(), st.sampled_from([0.25, 0.5, 0.75]), st.booleans())
def test_boxes_that_do_not_follow_the_picture_are_worth_nothing_however_many(
    guesses: list[list[int]], true: list[list[int]], iou: float, labelled: bool
) -> None:
    """Guesses that are as likely in any mirrored form: their hits less those by chance are 0 on average, exactly.

    So a hundred of them are worth no more than one, whatever the number of targets.
    """
    said, meant = (["ab"[k % 2] for k in range(len(them))] if labelled else None for them in (guesses, true))
    labels = {"predicted_labels": said, "true_labels": meant}
    forms = [guesses, *boxes.mirrored(guesses, SIZE)]
    hits = sum(boxes.match(form, true, iou=iou, **labels).tp for form in forms)
    by_chance = sum(boxes.mirrored_hits(form, true, SIZE, iou=iou, **labels) for form in forms)
    assert by_chance == boxes.MIRRORED_PICTURES * hits


@settings(max_examples=100, deadline=None)
@given(boxes_in_picture(), boxes_in_picture())
def test_every_picture_is_matched_by_itself(guesses: list[list[int]], true: list[list[int]]) -> None:
    pictures = boxes.mirrored(true, SIZE)
    assert boxes.mirrored_hits(guesses, true, SIZE) == sum(boxes.match(guesses, picture).tp for picture in pictures)


def test_a_target_that_mirrors_itself_is_hit_by_chance() -> None:
    assert boxes.mirrored_hits([[0, 0, *SIZE]], [[0, 0, *SIZE]], SIZE) == boxes.MIRRORED_PICTURES


BOX = [[0, 0, 1, 1]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: boxes.mirrored_hits(BOX, [[0, 0, float("nan"), 1]], SIZE), "is no box"),
        (lambda: boxes.mirrored_hits(BOX, BOX, SIZE, iou=2), "no overlap threshold"),
        (lambda: boxes.mirrored_hits(BOX, BOX, SIZE, predicted_labels=["a", "b"], true_labels=["a"]), "one label"),
        *(
            (lambda size=size: boxes.mirrored_hits(BOX, BOX, size), "size")
            for size in ((0, 0), (5, float("nan")), None)
        ),
    ],
)
def test_bad_input_is_refused(call, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=words):
        call()
