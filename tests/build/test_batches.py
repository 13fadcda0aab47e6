from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.build.batches import batches, same_image
from sarbench.schema import EncodedImage, Row
from tests.build.fake import make_row


def rows_of(texts_per_image: list[int], size: int = 100) -> list[Row]:
    images = [EncodedImage(bytes(size), f"{number}.png") for number in range(len(texts_per_image))]
    return [
        make_row(text, image) for image, texts in zip(images, texts_per_image, strict=True) for text in range(texts)
    ]


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), max_size=12), st.integers(1, 700), st.integers(1, 9))
def test_every_row_once_in_order_and_within_bounds(texts: list[int], limit: int, max_rows: int) -> None:
    rows = rows_of(texts)
    cut = list(batches(iter(rows), limit=limit, max_rows=max_rows))
    assert [row for batch in cut for row in batch] == rows
    assert all(batch for batch in cut)
    for batch in cut:
        assert len(batch) <= 4 * max_rows
        assert sum(len(row.image.bytes) for row in batch) < 4 * limit + 100


def test_cut_between_images() -> None:
    cut = list(batches(rows_of([3, 3, 3]), limit=200, max_rows=100))
    assert [len(batch) for batch in cut] == [3, 3, 3]


def test_an_image_with_very_many_rows_is_torn() -> None:
    cut = list(batches(rows_of([20]), limit=10**9, max_rows=2))
    assert [len(batch) for batch in cut] == [8, 8, 4]


def test_rows_without_image_are_cut_by_number() -> None:
    rows = [make_row(number, None) for number in range(5)]
    assert [len(batch) for batch in batches(rows, max_rows=2)] == [2, 2, 1]


def test_raw_bytes_count() -> None:
    rows = [make_row(number, None, raw_image=bytes(60)) for number in range(4)]
    assert [len(batch) for batch in batches(rows, limit=100)] == [2, 2]


def test_rows_without_image_show_no_same_image() -> None:
    assert not same_image(make_row(1, None), make_row(2, None))
