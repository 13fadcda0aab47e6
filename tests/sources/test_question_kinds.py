import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.schema import TASKS
from sarbench.sources._question_kinds import kind_of


# The pairs of SARLANG-1M's Overview.png and fig36.png, with the application under which they stand.
@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("Are there any surrounding trees?", "presence"),
        ("What type of area is mostly visible?", "classification"),
        ("What natural feature is in the top center?", "classification"),
        ("How many harbors are located in the image?", "counting"),
        ("Where are most harbors positioned within the image?", "position"),
        ("Where is the orchard located?", "position"),
        ("What shape are the swimming pools?", "attribute"),
        ("What direction is the main road?", "attribute"),
        ("What is the predominant land cover?", "attribute"),
        ("How are the buildings arranged?", "attribute"),
    ],
)
def test_examples_of_the_authors(question: str, task: str) -> None:
    assert kind_of(question) == (task, "rule")
    assert kind_of(f"  {question.upper()} ") == (task, "rule")


@pytest.mark.parametrize("question", ["", "Describe it.", "Isle of ships?", "Whereas", "Why is it bright?"])
def test_other_questions_stay_unknown(question: str) -> None:
    assert kind_of(question) == ("vqa", "unknown")


@given(st.text())
def test_any_text_has_a_kind(question: str) -> None:
    task, origin = kind_of(question)
    assert task in TASKS
    assert (origin == "unknown") == (task == "vqa")
