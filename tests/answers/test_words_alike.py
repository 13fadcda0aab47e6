"""The truth readers of `sources` and the readers of answers take the same words alike: neither may import the other."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sarbench.answers import parse
from sarbench.answers.synonyms import CLASSES, SYNONYMS
from sarbench.sources import _classes
from sarbench.sources._numbers import number_in
from sarbench.sources._question_kinds import kind_of

NUMBERS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty"),
    *("fifty", "sixty", "seventy", "eighty", "ninety", "twenty-two", "forty one", "Ninety-Nine"),
    *("0", "1", "2", "12", "99", "100", "4096", "no", "none"),
]
FRAMES = [
    "{}",
    "{}.",
    "{} ships",
    "{} ships.",
    "There are {} ships",
    "There are {} ships in the image.",
    "I see {} cars",
]
GRID = [f"{row} {column}" for row in ("top", "middle", "bottom") for column in ("left", "center", "right")]


def test_the_classes_are_the_same() -> None:
    assert _classes.CLASSES == CLASSES


@pytest.mark.parametrize("word", [*CLASSES, *_classes._ALIASES])
def test_every_class_word_of_the_truths_is_one_of_the_answers(word: str) -> None:
    for form in (word, word.title(), f"{word}s"):
        assert parse(form, kind="label").value == _classes.class_named(form) != None  # noqa: E711 - chained on purpose


@pytest.mark.parametrize("word", [word for words in SYNONYMS.values() for word in words])
def test_no_class_word_of_the_answers_is_another_class_of_the_truths(word: str) -> None:
    assert _classes.class_named(word) in (None, parse(word, kind="label").value)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "ship", "ships", "near", "the", "Harbour", "tanks", "cars", "bright", ","]), max_size=9
    )
)
def test_sentences_name_the_same_classes(words: list[str]) -> None:
    text = " ".join(words)
    named = {name for name, _ in _classes.mentions(text)}
    read = parse(text, kind="labels")
    assert (set(read.value) if read.value else set()) == named


@settings(deadline=None)
@given(st.sampled_from(NUMBERS), st.sampled_from(FRAMES))
def test_a_number_of_a_truth_is_the_number_of_the_same_answer(word: str, frame: str) -> None:
    text = frame.format(word).capitalize()
    assume(number_in(text) is not None)
    assert parse(text, kind="count").value == number_in(text)


@pytest.mark.parametrize(
    "text",
    ["2 or 3", "between 3 and 5", "at least 5", "more than 5", "several", "many", "1.5 km", "about a dozen or two"],
)
def test_neither_side_takes_a_range_or_a_bound_for_a_number(text: str) -> None:
    assert number_in(text) is None
    assert parse(text, kind="count").value is None


def test_an_estimate_is_an_answer_and_no_truth() -> None:
    assert number_in("about 10") is None
    assert parse("about 10", kind="count").value == 10


@pytest.mark.parametrize(
    "word", [*GRID, "top", "center", "bottom", "left", "right", "upper left", "lower right", "middle"]
)
@pytest.mark.parametrize("frame", ["{}", "{}.", "In the {}.", "At the {} of the image."])
def test_a_place_of_a_truth_is_a_cell_of_the_answer(word: str, frame: str) -> None:
    text = frame.format(word).capitalize()
    assert kind_of("Where is the ship?", text) == ("position", "rule")
    assert parse(text, kind="position").outcome == "ok"


@pytest.mark.parametrize("text", ["Yes", "No", "yes.", "NO.", '"Yes"', "Yes, two.", "No, none."])
def test_yes_and_no_are_the_same_words(text: str) -> None:
    assert kind_of("Is there a ship?", text) == ("presence", "rule")
    assert parse(text, kind="yes_no").outcome == "ok"


@pytest.mark.parametrize("text", ["Yesterday", "Nobody", "Norway", "maybe", "unknown"])
def test_neither_side_takes_other_words_for_yes_or_no(text: str) -> None:
    assert kind_of("Is there a ship?", text) == ("vqa", "unknown")
    assert parse(text, kind="yes_no").value is None
