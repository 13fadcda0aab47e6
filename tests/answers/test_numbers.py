"""Numbers found in a sentence."""

from pathlib import Path

from sarbench.answers._numbers import find_numbers, says_none


def test_values_and_places() -> None:
    text = "In 2 rows: twenty-three ships, 1,234 cars, no bridges, 3,4"
    found = find_numbers(text)
    assert [number.value for number in found] == [2, 23, 1234, 0, 3, 4]
    assert text[found[1].start : found[1].end] == "twenty-three"


def test_pronouns() -> None:
    text = "one ship, one of them, each one small, one in the middle, the one"
    assert [number.pronoun for number in find_numbers(text)] == [False, True, True, True, True]


def test_an_image_size_keeps_the_places_of_the_rest() -> None:
    text = "512 x 512 pixels, 4 ships"
    (only,) = find_numbers(text)
    assert text[only.start : only.end] == "4"


def test_none() -> None:
    assert says_none("no ships")
    assert says_none("None.")
    assert says_none("0")
    assert not says_none("no doubt")
    assert not says_none("no ships but 2 cars")
    assert not says_none("ships")


def test_no_pattern_has_an_optional_group_that_never_gives_back() -> None:
    """Python 3.11.2 leaves out what such a group has looked at, and reads "4.Ships" as one name."""
    import sarbench

    for path in Path(sarbench.__file__).parent.rglob("*.py"):
        assert ")?" + "+" not in path.read_text(encoding="utf-8").replace('"(?:…)?+"', ""), path
    assert [number.value for number in find_numbers("There are 4.Ships")] == [4]
