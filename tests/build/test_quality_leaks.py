from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.build.quality.leaks import _by_question
from sarbench.schema import Row
from tests.build.quality_case import findings, row


def asked(question: str, answer: str, *, number: int = 0, task: str = "classification", **columns: object) -> Row:
    return row(number, image=f"{number:07d}", task=task, question=question, answers=answer, **columns)


@pytest.mark.parametrize(
    ("question", "answer", "task"),
    [
        ("What kind of ship is the ship?", "Ship.", "classification"),
        ("Where is the harbor on the top left?", "top left", "position"),
        ("What is the aircraft in [1.0, 2.0, 3.0, 4.0]?", "aircraft", "region"),
        ("What land cover is on the land?", "Land", "attribute"),
        ("What is the land cover?", "Land cover", "attribute"),
    ],
)
def test_an_answer_inside_its_question(question: str, answer: str, task: str) -> None:
    assert findings([asked(question, answer, task=task)])["answer-in-question"].count == 1


@pytest.mark.parametrize(
    ("question", "answer", "task"),
    [
        ("What is shipped?", "ship", "classification"),
        ("Is it a ship or a car?", "ship", "classification"),
        ("Are there trees, yes?", "yes", "presence"),
        ("What is in [1.0, 2.0, 3.0, 4.0]?", "", "region"),
        ("Describe the ship.", "ship", "caption"),
        ("What is the predominant land cover?", "Land.", "attribute"),
        ("Which land-use prevails?", "land", "classification"),
    ],
)
def test_a_question_without_its_answer(question: str, answer: str, task: str) -> None:
    assert "answer-in-question" not in findings([asked(question, answer, task=task)])


def test_a_listed_choice_is_no_leak() -> None:
    question = "Based on these options (car, ship), what's visible?"
    assert "answer-in-question" not in findings([asked(question, "ship", choices=("car", "ship"))])


def test_the_most_frequent_answer() -> None:
    rows = [asked("What?", text, number=at) for at, text in enumerate(["ship", "Ship.", "car", "x" * 100])]
    found = findings(rows, step=2)["majority-answer"]
    assert (found.severity, found.count, found.of, found.detail) == ("information", 2, 4, "classification: 'ship'")


def test_counting_rows_count_by_number() -> None:
    rows = [asked("How many?", f"There are 3: {at}", number=at, task="counting", count=3) for at in range(3)]
    assert findings(rows)["majority-answer"].detail == "counting: '3'"


def test_the_share_of_yes() -> None:
    rows = [asked("Trees?", text, number=at, task="presence") for at, text in enumerate(["Yes", "yes.", "No", "maybe"])]
    found = findings(rows)["yes-share"]
    assert (found.count, found.of, found.detail) == (2, 3, "presence: 2 yes, 1 no")


def test_questions_that_fix_their_answer() -> None:
    rows = [asked(f"What is in field {at % 4}?", f"thing {at % 4}", number=at) for at in range(40)]
    found = findings(rows, step=11)
    assert found["template-prior"].count == 40
    assert found["question-fixes-answer"].detail == (
        "classification: 100.0% right by question alone, 25.0% by the most frequent answer; "
        "40 rows ask a question that always has the same answer"
    )


def test_one_question_and_one_answer_is_balance_not_a_leak() -> None:
    rows = [asked("What?", "ship", number=at) for at in range(40)]
    assert "question-fixes-answer" not in findings(rows)


def test_questions_asked_once_predict_nothing() -> None:
    rows = [asked(f"What is at {at}?", "ship" if at % 2 else "car", number=at) for at in range(40)]
    assert "template-prior" not in findings(rows)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_the_prior_as_leaving_each_row_out_finds_it(pairs: list[tuple[int, int]]) -> None:
    right = 0
    for at, (question, answer) in enumerate(pairs):
        others = Counter(a for other, (q, a) in enumerate(pairs) if other != at and q == question).most_common()
        best = [a for a, times in others if times == others[0][1]]
        right += best == [answer]
    answers = {q: {a for other, a in pairs if other == q} for q, _ in pairs}
    times = Counter(q for q, _ in pairs)
    fixed = sum(len(answers[q]) == 1 and times[q] > 1 for q, _ in pairs)
    questions, given_answers = np.array(pairs, dtype=np.uint64).T
    assert _by_question(questions, given_answers) == (right, fixed)
