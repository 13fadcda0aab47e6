import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.sources._numbers import number_in, spelled_numbers


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("2", 2),
        ("2.", 2),
        ("0", 0),
        ("None.", 0),
        ("There are no ships.", 0),
        ("Two", 2),
        ("2 ships", 2),
        ("There are 12 ships in the image.", 12),
        ("seventeen", 17),
        ("SIXTY", 60),
        ("twenty-two ships", 22),
        ("ninety nine", 99),
        ("two hundred", None),
        ("twenty-two hundred", None),
        ("3 dozen", None),
        ("a pair of ships", None),
        ("2 and a half", None),
        ("2 or 3", None),
        ("two or three", None),
        ("no more than 3", None),
        ("10-20", None),
        ("10+", None),
        ("2.5", None),
        ("30%", None),
        ("more than 10", None),
        ("about 10", None),
        ("at least two", None),
        ("many", None),
        ("someone", None),
        ("-2", None),
        ("", None),
        ("9999999", None),
    ],
)
def test_the_one_exact_number_of_an_answer(answer: str, number: int | None) -> None:
    assert number_in(answer) == number


@given(st.integers(0, 999_999), st.sampled_from(["{}", "{}.", " {} ", "{} ships", "There are {} cars."]))
def test_whole_numbers_are_read(number: int, wording: str) -> None:
    assert number_in(wording.format(number)) == number
    assert number_in(f"{number} of {number}") is None
    assert number_in(f"{number}.5 km") is None


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    number = number_in(text)
    assert number is None or 0 <= number <= 999_999
    assert all(0 <= spelled <= 99 for spelled in spelled_numbers(text))
