from hypothesis import given
from hypothesis import strategies as st

from sarbench.build.quality.report import page
from sarbench.schema import Row
from tests.build.quality_case import examined, row


def of(split: str, image: str, *, config: str = "a", question: str = "What?", answer: str = "ship") -> Row:
    return row(0, image=image, config=config, split=split, question=question, answers=answer)


def test_splits_that_share_nothing() -> None:
    quality = examined([of("train", "a"), of("test", "b", answer="car")])
    (overlap,) = quality.overlaps
    assert (overlap.first, overlap.second, overlap.images, overlap.texts, overlap.samples) == (
        "a/train",
        "a/test",
        0,
        0,
        0,
    )
    assert not {finding.rule for finding in quality.findings} & {"images-shared", "sample-shared", "texts-shared"}


def test_a_test_image_in_train_is_a_warning_and_a_test_sample_an_error() -> None:
    rows = [of("test", "a"), of("test", "b"), of("test", "c", question="Where?"), of("train", "a"), of("train", "c")]
    quality = examined(rows)
    found = {finding.rule: finding for finding in quality.findings}
    assert found["images-shared"].place == "a/train and a/test"
    assert (found["images-shared"].count, found["images-shared"].of) == (2, 3)
    assert [example.row for example in found["images-shared"].examples] == ["a", "c"]
    assert (found["sample-shared"].severity, found["sample-shared"].count) == ("error", 1)
    assert (found["texts-shared"].count, found["texts-shared"].of) == (1, 2)


def test_configs_are_compared_too() -> None:
    quality = examined([of("train", "x", config="a"), of("test", "x", config="b", answer="car")])
    assert [(finding.rule, finding.place) for finding in quality.findings if "shared" in finding.rule] == [
        ("images-shared", "a/train and b/test")
    ]


def test_equal_splits_share_images_by_design() -> None:
    quality = examined([of("test", "x", config="a"), of("test", "x", config="b")])
    assert [overlap.images for overlap in quality.overlaps] == [1]
    assert not [finding for finding in quality.findings if "shared" in finding.rule]


def test_rows_without_image_share_no_image() -> None:
    rows = [row(split=split, image="a", content=None, question="What?", answers="x") for split in ("train", "test")]
    quality = examined(rows)
    assert [(overlap.images, overlap.texts) for overlap in quality.overlaps] == [(0, 1)]


CELLS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xy"), st.sampled_from("mn")), max_size=8)


@given(CELLS, CELLS)
def test_overlaps_are_intersections(train: list[tuple[str, str, str]], test: list[tuple[str, str, str]]) -> None:
    cells = {"train": train, "test": test}
    quality = examined(
        of(split, image, question=question, answer=answer)
        for split, held in cells.items()
        for image, question, answer in held
    )
    if not train or not test:
        assert quality.overlaps == ()
        return
    (overlap,) = quality.overlaps
    assert overlap.images == len({cell[0] for cell in train} & {cell[0] for cell in test})
    assert overlap.texts == len({cell[1:] for cell in train} & {cell[1:] for cell in test})
    assert overlap.samples == len(set(train) & set(test))
    assert overlap.share == overlap.images / len({cell[0] for cell in test})


def test_the_page_lists_only_splits_that_share_something() -> None:
    rows = [of("train", "a"), of("validation", "b", question="Where?"), of("test", "a", question="Which?")]
    table = page(examined(rows), {}).partition("## What splits share")[2].partition("\n## ")[0]
    assert "| a/train | a/test | 1 |" in table
    assert "a/validation" not in table
    nothing = page(examined([of("train", "a"), of("test", "b", answer="car")]), {})
    assert "What splits share" not in nothing
