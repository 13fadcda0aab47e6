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


@pytest.mark.parametrize("text", ["No way", "There is no way that this is a ship."])
def test_no_way_alone_is_a_no(text: str) -> None:
    assert parse(text, kind="yes_no").value == "no"


def test_no_way_to_do_something_else_refuses_nothing() -> None:
    assert parse("There is no way to pass below.", kind="yes_no").outcome == "unparsable"


@pytest.mark.parametrize(
    ("text", "value", "outcome"),
    [
        ("Unclear if there are ships, but there is one visible.", "yes", "ok"),
        ("It's difficult to tell whether the ship is moored, but yes there is a ship.", "yes", "ok"),
        ("It is hard to say whether there are ships, but no, I think.", "no", "ok"),
        ("It is unclear whether there is a ship.", None, "refused"),
        ("Unclear if there is a ship, but there are some bright spots.", None, "refused"),
        ("Unclear if there is a ship, but a bridge is visible.", None, "refused"),
        ("Unclear if there is a ship, but there is one problem: the noise.", None, "refused"),
    ],
)
def test_a_but_may_come_back_to_what_was_left_open(text: str, value: str | None, outcome: str) -> None:
    found = parse(text, kind="yes_no")
    assert (found.value, found.outcome) == (value, outcome)


@pytest.mark.parametrize(
    "text",
    [
        "It is not clear.",
        "The image is not sharp enough.",
        "The image does not allow a statement.",
        "There is no way to tell.",
        "There's no way of knowing.",
        "There is no way to determine whether a ship is present",
        "There is no way to be sure.",
        "There is no reliable way to tell.",
        "There is no way that one could know.",
        "There is no way I can tell from this image",
    ],
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


@pytest.mark.parametrize(
    "text",
    [
        *("There are 0 ships.", "There are zero ships in the image.", "0 ships are visible.", "I see zero ships."),
        *("There is a lack of ships", "There is an absence of ships.", "There is a notable absence of ships."),
        *("It is unlikely that there is a ship.", "It's impossible that there is a ship", "Not in this image."),
        *("It is doubtful whether there is a ship", "It is unlikely that the image contains ships.", "Incorrect."),
        *("If there is a ship, it is not visible.", "The image shows an open sea with no ships."),
        *("I can see that there are no ships.", "I am unable to find any ships.", "The scene is devoid of ships."),
    ],
)
def test_what_is_denied_is_a_no(text: str) -> None:
    read = parse(text, kind="yes_no")
    assert (read.value, read.outcome) == ("no", "ok"), read


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("There is hardly any evidence of a ship", "unparsable"),
        ("There is little evidence of a ship.", "unparsable"),
        ("There is insufficient evidence.", "unparsable"),
        ("Whether there is a ship is unclear.", "unparsable"),
        ("The question is whether there is a ship.", "unparsable"),
        ("If a ship is present, it would appear bright.", "unparsable"),
        ("It is not unlikely that there is a ship.", "unparsable"),
        ("There is a lack of contrast.", "unparsable"),
        ("The image shows calm water.", "unparsable"),
        ("The image contains ships but no cars", "ambiguous"),
        ("There are 2 ships and 0 cars.", "ambiguous"),
        ("The image shows a harbor without ships.", "ambiguous"),
        ("A ship is visible, but it is not moving.", "ambiguous"),
    ],
)
def test_what_leaves_the_question_open_is_no_yes(text: str, outcome: str) -> None:
    read = parse(text, kind="yes_no")
    assert (read.value, read.outcome) == (None, outcome), read


@pytest.mark.parametrize(
    "text",
    [
        *("The image contains two ships.", "Correct.", "That is correct.", "The SAR image shows 3 ships"),
        *("There is a ship, despite the lack of contrast.", "There is little doubt that a ship is visible"),
        *("There is a little ship.", "There appears to be a ship.", "There is a ship with zero doubt."),
        "To tell whether there is a ship, look at the bright spots. There is a ship.",
    ],
)
def test_what_is_affirmed_is_a_yes(text: str) -> None:
    read = parse(text, kind="yes_no")
    assert (read.value, read.outcome) == ("yes", "ok"), read
