import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.metrics.caption import corpus_scores, group_by_image

_IMAGES = [f"image-{i}" for i in range(8)]
_FIRST = [
    f"a {size} ship lies in the {place}" for size in ("large", "small") for place in ("port", "bay", "sea", "river")
]
_SECOND = [
    f"one {size} vessel near the {place}" for size in ("big", "little") for place in ("harbor", "coast", "sea", "bank")
]


def test_references_of_an_image_are_united_in_order_and_without_repeats() -> None:
    grouped = group_by_image(
        ["b", "a", "b", "b"], ["said", "other", "said", "said"], [["two", "one"], ["x"], ["one", "three"], ["two"]]
    )
    assert grouped.image_ids == ("b", "a")
    assert grouped.references == (("two", "one", "three"), ("x",))
    assert grouped.predictions == ("said", "other")
    assert grouped.image_of_row == (0, 1, 0, 0)
    assert grouped.conflicts == 0


def test_images_whose_rows_differ_are_counted_once_and_the_first_row_speaks() -> None:
    grouped = group_by_image(["a", "a", "a", "b"], ["first", "second", "third", "same"], [["r"]] * 4)
    assert grouped.predictions == ("first", "same")
    assert grouped.conflicts == 1


def test_grouped_images_and_rows_are_different_scores() -> None:
    rows, said = _FIRST + _SECOND, _FIRST * 2
    as_rows = corpus_scores(said, [[text] for text in rows], protocol="paper")
    grouped = group_by_image(_IMAGES * 2, said, [[text] for text in rows])
    as_images = corpus_scores(grouped.predictions, grouped.references, protocol="strict")
    assert len(grouped.image_ids) == 8
    assert as_images["bleu4"] == pytest.approx(1.0, abs=1e-6)  # every answer is one of its image's references
    assert as_rows["bleu4"] < 0.7
    assert as_images["cider"] != pytest.approx(as_rows["cider"], abs=0.01)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from("pq"), st.lists(st.sampled_from("xyz"), min_size=1)), min_size=1
    )
)
def test_every_reference_stays_with_its_image_and_nothing_is_added(rows: list[tuple[int, str, list[str]]]) -> None:
    ids, said, accepted = zip(*rows, strict=True)
    grouped = group_by_image(ids, said, accepted)
    for position, image in enumerate(grouped.image_ids):
        own = [row for row in rows if row[0] == image]
        assert set(grouped.references[position]) == {text for row in own for text in row[2]}
        assert len(set(grouped.references[position])) == len(grouped.references[position])
        assert grouped.predictions[position] == own[0][1]
    assert [grouped.image_ids[i] for i in grouped.image_of_row] == list(ids)


def test_a_row_without_an_image_is_refused() -> None:
    with pytest.raises(InputError, match=r"image_ids\[1\]: is None"):
        group_by_image(["a", None], ["x", "y"], [["x"], ["y"]])


def test_ids_and_rows_must_have_the_same_length() -> None:
    with pytest.raises(InputError, match="1 image ids stand beside 2 predictions"):
        group_by_image(["a"], ["x", "y"], [["x"], ["y"]])
