from hypothesis import given
from hypothesis import strategies as st

from sarbench.runs.spreadsheet import plain


@given(st.text())
def test_no_text_begins_like_a_formula_and_nothing_is_lost(text: str) -> None:
    made = plain(text)
    assert made.removeprefix("'") == text.removeprefix("'")
    assert made in (text, f"'{text}")
    assert not made.startswith(tuple("=@\t\r\n＝＋－＠"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_stay_numbers(number: float) -> None:
    assert plain(repr(number)) == repr(number)


def test_what_only_looks_like_a_number_does_not() -> None:
    assert [plain(text) for text in ("-inf", "+1+1", "-1)", "-1e5", "+0.5", "-")] == [
        "'-inf", "'+1+1", "'-1)", "-1e5", "+0.5", "'-",
    ]  # fmt: skip
