"""Yes and no."""

import pytest

from sarbench.answers import parse


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("Yes", "yes", "first_word"),
        ("no.", "no", "first_word"),
        ("**Yes**", "yes", "first_word"),
        ("Yes, there is no doubt.", "yes", "first_word"),
        ("No, there is a harbor but yes is wrong.", "no", "first_word"),
        ("The answer is yes", "yes", "only_polarity"),
        ("Is there a ship? No.", "no", "only_polarity"),
        ("There are no ships.", "no", "only_polarity"),
        ("There aren't any", "no", "only_polarity"),
        ("Definitely not.", "no", "only_polarity"),
        ("Of course not", "no", "only_polarity"),
        ("Not that I can see", "no", "only_polarity"),
        ("I doubt there is a ship", "no", "only_polarity"),
        ("Probably yes", "yes", "only_polarity"),
        ("Probably not", "no", "only_polarity"),
        ("Yes or no? \\boxed{\\text{No}}", "no", "first_word"),
        ('{"answer": "no", "reason": "yes is wrong"}', "no", "stated"),
        ("There is not a ship", "no", "only_polarity"),
        ("None are visible", "no", "only_polarity"),
        ("Not visible.", "no", "only_polarity"),
        ("It does not contain ships", "no", "only_polarity"),
        ("A ship cannot be seen.", "no", "only_polarity"),
        ("I cannot see a ship", "no", "only_polarity"),
        ("True", "yes", "only_polarity"),
        ("Yes or no? The final answer is: yes.", "yes", "stated"),
        ("Y", "yes", "letter"),
        ("(n)", "no", "letter"),
        ("A ship is clearly visible.", "yes", "present"),
        ("No doubt there is a ship", "yes", "present"),
        ("There is not only a ship here", "yes", "present"),
        ("There are ships in the image.", "yes", "present"),
        ("I can see a ship", "yes", "present"),
    ],
)
def test_polarity(text: str, value: str, rule: str) -> None:
    found = parse(text, kind="yes_no")
    assert (found.value, found.outcome, found.rule) == (value, "ok", rule)


@pytest.mark.parametrize("text", ["yes and no", "Yes/No", "yes, no", "Yes or no?", "no: yes", "Either yes or no."])
def test_both_are_ambiguous(text: str) -> None:
    assert parse(text, kind="yes_no").outcome == "ambiguous"


@pytest.mark.parametrize("text", ["notable harbor", "nothing to add", "eyes", "ship", "Norway", "1", "maybe", "y n"])
def test_parts_of_words_are_no_polarity(text: str) -> None:
    assert parse(text, kind="yes_no").outcome == "unparsable"


@pytest.mark.parametrize(
    "text",
    [
        "unknown",
        "I'm not sure.",
        "No idea.",
        "No way to tell.",
        "It is unclear whether there is a ship",
        "Hard to say",
        "There is no image attached.",
    ],
)
def test_no_answer_is_no_no(text: str) -> None:
    assert parse(text, kind="yes_no").outcome == "refused"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("There is nothing in the image.", "no"),
        ("Nothing of the kind is visible.", "no"),
        ("There is nothing but ships.", "yes"),
    ],
)
def test_nothing_is_a_no_unless_something_is_left(text: str, said: str) -> None:
    assert parse(text, kind="yes_no").value == said


@pytest.mark.parametrize(
    "text", ["It is not clear.", "The image is not sharp enough.", "The image does not allow a statement."]
)
def test_what_cannot_be_told_is_no_no(text: str) -> None:
    read = parse(text, kind="yes_no")
    assert read.value is None, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("There are ships, but no cars.", None),
        ("There is no ship; there is only water.", "no"),
        ("Not yes.", "no"),
        ("It is not visible.", "no"),
    ],
)
def test_a_no_about_something_else_is_ambiguous(text: str, value: str | None) -> None:
    assert parse(text, kind="yes_no").value == value
