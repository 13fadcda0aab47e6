from hypothesis import given
from hypothesis import strategies as st

from sarbench.board import numbers

finite = st.floats(-1e6, 1e6)


@given(finite, st.floats(0, 1e3))
def test_the_last_digit_is_worth_at_most_a_quarter_of_the_interval_and_no_digit_is_wasted(low, width):
    high = low + width
    places = numbers.decimals(low, high)
    assert 0 <= places <= 3
    if high - low >= 0.004:
        assert 10.0**-places <= (high - low) / 4
        if places:
            assert 10.0 ** -(places - 1) > (high - low) / 4


def test_without_an_interval_one_decimal_is_shown():
    assert numbers.decimals(None, 1.0) == numbers.decimals(2.0, None) == numbers.decimals(2.0, 2.0) == 1


@given(finite, st.integers(0, 3))
def test_a_written_number_reads_back_within_rounding(value, places):
    text = numbers.number(value, places).replace(numbers.MINUS, "-")
    assert abs(float(text) - value) <= 0.5 * 10**-places + 1e-9
    assert text != "-" + "0" * len(text[1:])


@given(finite)
def test_a_difference_always_has_a_sign(value):
    assert numbers.signed(value, 2)[0] in "+±" + numbers.MINUS


def test_what_is_not_a_number_is_absent():
    assert numbers.finite(float("nan")) is numbers.finite(float("inf")) is numbers.finite(None) is None
    assert numbers.finite(0.0) == 0.0


@given(st.floats(0, 1))
def test_only_nothing_is_0_percent_and_only_everything_is_100(part):
    text = numbers.share(part)
    assert (text == "0 %") == (part == 0)
    assert text != "100 %" or part == 1
