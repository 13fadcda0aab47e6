"""Contrast of every text colour on every ground that it may stand on, in both themes."""

import re
from pathlib import Path

import pytest

import sarbench.board

CSS = (Path(sarbench.board.__file__).parent / "assets" / "board.css").read_text()
PAIRS = dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", CSS))


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "raised", "wash", "warn-ground"])
@pytest.mark.parametrize("text", ["ink", "soft", "accent"])
def test_text_meets_aa(text, ground, theme):
    one, other = (PAIRS[name].split(", ")[theme] for name in (text, ground))
    assert contrast(one, other) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("mark", ["accent", "notch", "ok", "unparsable", "refused"])
def test_marks_stand_out_from_the_paper(mark, theme):
    one, other = (PAIRS[name].split(", ")[theme] for name in (mark, "paper"))
    assert contrast(one, other) >= 3


def test_browsers_without_light_dark_get_every_light_colour():
    fallback = CSS.split("@supports not", 1)[1].split("}", 1)[0]
    light = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", fallback))
    assert light == {name: pair.split(", ")[0] for name, pair in PAIRS.items()}


def test_nothing_is_fetched():
    assert not re.search(r"url\(|@import|https?:", CSS)
