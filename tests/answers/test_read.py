"""The words that decided."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import KINDS, Parsed, parse
from sarbench.answers._clean import plain, without_reasoning, without_special_tokens
from sarbench.answers.parsed import LONGEST_EXCERPT, excerpt


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        ("yes_no", "**Yes**, there is.", "Yes"),
        ("yes_no", "I see that there are none", "none"),
        ("yes_no", "yes/no", "yes/no"),
        ("count", "In the image, there are 4 ships", "there are 4"),
        ("count", "Twenty-two ships", "Twenty-two"),
        ("count", "I would say 3 to 5 ships", "3 to 5"),
        ("count", "They are at least 5", "at least 5"),
        ("count", "2 left, 3 right, 5 in total", "5"),
        ("count", "No buildings here.", "No buildings"),
        ("count", "Several ships", "Several"),
        ("label", "It is a cargo vessel.", "vessel"),
        ("label", "a ship or a car", "ship or a car"),
        ("labels", "Ships, then cars, no tank", "Ships, then cars"),
        ("position", "In the upper–left corner", "upper-left"),
        ("position", "to the north", "north"),
        ("fields", "A very small ship at the top.", "very small ship at the top"),
        ("mentions", "A ship at the left. A car.", "ship at the left"),
        ("text", "  Open sea. ", "Open sea."),
        ("label", "Sorry, I cannot tell.", "cannot"),
        ("label", "[LMMS_EVAL_REQUEST_FAILED after 1 retries]", "[LMMS_EVAL_REQUEST_FAILED after 1 retries]"),
        ("label", "nothing of the kind", None),
        ("label", "", None),
    ],
)
def test_excerpts(kind: str, text: str, read: str | None) -> None:
    assert parse(text, kind=kind).read == read


words = st.sampled_from(
    ["ship", "cars", "4", "five", "yes", "no", "top", "left", "small", "to", ",", ".", "not", "cannot"]
)


@settings(deadline=None)
@given(
    st.one_of(st.text(), st.lists(words, max_size=80).map(" ".join)),
    st.sampled_from(sorted({*KINDS} - {"boxes", "text"})),
)
def test_excerpts_are_short_and_stand_in_the_cleaned_answer(text: str, kind: str) -> None:
    found = parse(text, kind=kind)
    if found.outcome == "ok":
        assert found.read
    if found.read is not None:
        assert len(found.read) <= LONGEST_EXCERPT
        cleaned = plain(without_special_tokens(without_reasoning(text)))
        # Boxes and refusals that were taken out may have left a blank or a semicolon.
        assert set(found.read.split()) <= set(cleaned.split()) | {";"} or found.read in cleaned


def test_excerpts_are_cut() -> None:
    assert parse("ship " * 5000 + "car", kind="label").read == ("ship " * 40).strip()
    assert excerpt("a" * 1000) == "a" * LONGEST_EXCERPT


def test_the_field_may_be_left_out() -> None:
    assert Parsed(1, "ok", "rule").read is None
