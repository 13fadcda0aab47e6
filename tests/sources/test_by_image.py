"""Grouping records by image, against a plain dictionary."""

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from sarbench.sources.reading.by_image import ByImage, stem_of

NAMES = st.sampled_from(["a.png", "x/a.png", "a.tif", "b.png", "0000007.jpg", "x/0000007.jpg", "SV_Rome_41.9_12.5.png"])


@given(st.lists(st.tuples(NAMES, st.integers(0, 2), st.integers(0, 50)), unique_by=lambda entry: entry[1:]))
def test_groups_hold_every_record_once_in_order(entries: list[tuple[str, int, int]]) -> None:
    by_image = ByImage()
    for entry in entries:
        by_image.add(*entry)
    groups = by_image.groups()
    expected: dict[str, list[tuple[str, int, int]]] = {}
    for name, file, number in sorted(entries, key=lambda entry: (PurePosixPath(entry[0]).stem, *entry)):
        expected.setdefault(PurePosixPath(name).stem, []).append((name, file, number))
    assert len(by_image) == len(entries)
    assert [(group.stem, list(group.records)) for group in groups] == list(expected.items())
    assert groups[1:] == list(groups)[1:]


def test_stem_of_names_without_suffix() -> None:
    assert [stem_of(name) for name in ("", "a", ".png", "dir/", " a.b.png ")] == ["", "a", ".png", "dir", "a.b"]
