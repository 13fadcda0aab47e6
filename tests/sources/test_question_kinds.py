import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.schema import TASKS
from sarbench.sources._question_kinds import asks_how_many, kind_of


# The pairs of SARLANG-1M's Overview.png and fig36.png, with the application under which they stand; those of "others"
# with the task that their wording tells.
@pytest.mark.parametrize(
    ("question", "answer", "task"),
    [
        ("Are there any surrounding trees?", "Yes.", "presence"),
        ("What type of area is mostly visible?", "Forest/park.", "classification"),
        ("What natural feature is in the top center?", "Dense trees.", "classification"),
        ("How many harbors are located in the image?", "2.", "counting"),
        ("How many tanks are there in the image?", "4.", "counting"),
        ("Where are most harbors positioned within the image?", "bottom.", "position"),
        ("Where is the orchard located?", "top left.", "position"),
        ("What shape are the swimming pools?", "Rectangular.", "attribute"),
        ("What direction is the main road?", "Diagonal.", "attribute"),
        ("What is the predominant land cover?", "Urban.", "attribute"),
        ("How are the buildings arranged?", "Grid pattern.", "attribute"),
        ("Are any buildings under construction?", "No.", "reasoning"),
    ],
)
def test_examples_of_the_authors(question: str, answer: str, task: str) -> None:
    assert kind_of(question, answer) == (task, "rule")
    assert kind_of(f"  {question.upper()} ", answer.upper()) == (task, "rule")


@pytest.mark.parametrize(
    ("question", "answer", "task"),
    [
        ("What is the total number of tanks?", "3", "counting"),
        ("What's the number of tanks?", "Three.", "counting"),
        ("Number of tanks?", "There are twenty-two tanks.", "counting"),
        ("Can you tell me the number of tanks?", "3", "counting"),
        ("Count the tanks.", "No tanks", "counting"),
        ("In the image, how many ships are visible?", "2 ships", "counting"),
        ("What is the location of the harbor?", "Top left.", "position"),
        ("What is the position of the ship?", "near the quay", "position"),
        ("Where is the ship?", "In the middle", "position"),
        ("What is the shape of the pool?", "Round.", "attribute"),
        ("In which direction does the road run?", "North", "attribute"),
        ("Is the pattern regular?", "Yes", "attribute"),
        ("Is there a ship at the location of the quay?", "No", "presence"),
        ("Is the number of ships above three?", "No", "presence"),
        *(
            (f"{word} ships there?", "Yes, it seems so.", "presence")
            for word in ("Has", "Were", "Will", "Isn't", "Any")
        ),
        ("Was the road under construction?", "Yes", "reasoning"),
        ("Which object is under construction?", "A bridge", "classification"),
    ],
)
def test_other_wordings(question: str, answer: str, task: str) -> None:
    assert kind_of(question, answer) == (task, "rule")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is the area urban or rural?", "Urban."),
        ("Are any buildings under construction?", "Two of them"),
        ("How many ships are there?", "Many."),
        ("What is the total number of tanks?", "About 10"),
        ("Why does the number of ships matter?", "It is one port."),
        ("Where is the harbor?", "Yes"),
        ("What is the location of the harbor?", "Rotterdam"),
        ("", ""),
        ("Describe it.", "A ship."),
        ("Isle of ships?", "Yes"),
        ("Whereas", "left"),
        ("Why is it bright?", "Metal"),
    ],
)
def test_questions_stay_unknown_where_the_answer_is_of_another_kind_or_no_rule_fits(question: str, answer: str) -> None:
    assert kind_of(question, answer) == ("vqa", "unknown")


def test_asking_for_a_number() -> None:
    assert asks_how_many("What is the approximate number of cars?")
    assert not asks_how_many("What is the meaning of the number of cars?")
    assert not asks_how_many("What is in the country?")


@given(st.text(), st.text())
def test_any_text_has_a_kind(question: str, answer: str) -> None:
    task, origin = kind_of(question, answer)
    assert task in TASKS
    assert (origin == "unknown") == (task == "vqa")
