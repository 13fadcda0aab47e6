"""What an accepted answer is taken for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.metrics.vqa.truths import KINDS, read_truth

TOLD = [
    ("Yes.", "presence", "yes"),
    ("no", "presence", "no"),
    ("2.", "counting", 2),
    ("Twenty-two.", "counting", 22),
    ("150", "counting", 150),
    ("aircraft.", "label", "aircraft"),
    ("A port.", "label", "harbor"),
    ("In the lower left.", "position", "bottom left"),
    ("Top left corner of the image.", "position", "top left"),
    ("center", "position", "middle center"),
    ("Grid pattern.", "text", "grid pattern"),
    ("A open sea scene.", "text", "open sea scene"),
    ("Two ships.", "text", "two ships"),
    ("Yes, because of the roads.", "text", "yes, because of roads"),
    ("2 or 3", "text", "2 or 3"),
    ("1.5 km", "text", "1.5 km"),
]
DECLARED = [
    ("Yes, two of them.", "presence", "presence", "yes"),
    ("Two ships.", "counting", "counting", 2),
    ("No.", "counting", "counting", 0),
    ("Many.", "counting", "text", "many"),
    ("It is a ship", "classification", "label", "ship"),
    ("An industrial area near a bridge.", "classification", "text", "industrial area near bridge"),
    ("ship.", "region", "label", "ship"),
    ("To the left of the harbor.", "position", "text", "to left of harbor"),
    ("Scattered across the image.", "position", "text", "scattered across image"),
    ("Yes.", "reasoning", "presence", "yes"),
    ("Left.", "attribute", "position", "middle left"),
]


@pytest.mark.parametrize(("truth", "form", "value"), TOLD)
def test_a_truth_tells_its_form(truth: str, form: str, value: str | int) -> None:
    assert read_truth(truth, None) == (form, value)
    assert read_truth(truth, "vqa") == (form, value)


@pytest.mark.parametrize(("truth", "kind", "form", "value"), DECLARED)
def test_the_kind_of_the_question_comes_first(truth: str, kind: str, form: str, value: str | int) -> None:
    assert read_truth(truth, kind) == (form, value)


@settings(max_examples=200, deadline=None)
@given(st.text().filter(str.strip), st.sampled_from([None, *KINDS]))
def test_any_truth_can_be_read(truth: str, kind: str | None) -> None:
    form, value = read_truth(truth, kind)
    assert isinstance(value, int if form == "counting" else str)
