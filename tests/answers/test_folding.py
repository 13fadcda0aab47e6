"""One way to write each character."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers._folding import folded

MARKS = [chr(code) for code in (0x301, 0x316, 0x327, 0x323, 0x345, 0xF71, 0xF81, 0xFF9E, 0x1D165)]


@settings(deadline=None)
@given(st.text(st.characters(codec="ascii")))
def test_ascii_stays_bar_the_grave_accent(text: str) -> None:
    assert folded(text) == text.replace("`", "'")


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "Z", "S"], exclude_characters="`´−﹘"), max_size=40))
def test_ordinary_text_is_nfkc(text: str) -> None:
    assert folded(text) == unicodedata.normalize("NFKC", text)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@settings(deadline=None)
@given(st.text(st.sampled_from(["a", *MARKS]), max_size=30))
def test_runs_of_up_to_thirty_marks_are_left_to_nfkc(text: str) -> None:
    assert folded(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("mark", MARKS)
def test_longer_runs_are_broken_with_the_combining_grapheme_joiner(mark: str) -> None:
    run = folded("a" + mark * 31)
    assert run == unicodedata.normalize("NFKC", f"a{mark * 30}\u034f{mark}")
    assert folded(mark * 95).count("\u034f") == 3


def test_every_non_starter_counts() -> None:
    """The table leaves planes out; here every code point is asked."""
    for code in range(0x110000):
        char = chr(code)
        if 0xD800 <= code < 0xE000 or not unicodedata.is_normalized("NFD", char):
            continue
        if unicodedata.combining(char):
            assert "\u034f" in folded(char * 31), hex(code)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("it’s", "it's"),
        ("“ship”", '"ship"'),
        ("top–left", "top-left"),
        ("upper\u2011left", "upper-left"),
        ("１２ ＳＨＩＰＳ", "12 SHIPS"),
        ("ha\u00adrbor\u200b", "harbor"),
        ("ﬁsh", "fish"),
        ("\ud800", "\ud800"),
    ],
)
def test_typography(text: str, plain: str) -> None:
    assert folded(text) == plain
