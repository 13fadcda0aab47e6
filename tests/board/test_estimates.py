import pytest

from sarbench.board.estimates import estimate
from sarbench.runs.record import Score


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_no_number_no_estimate(value):
    assert estimate(score(value=value)) is None


def test_percent_and_raw_units():
    assert estimate(score(value=0.5, low=0.4, high=0.6)).span == "40–60"
    raw = estimate(score(value=0.83, low=0.75, high=0.9, unit="CIDEr"))
    assert (raw.text, raw.span, raw.unit) == ("0.83", "0.75–0.90", "CIDEr")
    assert estimate(score(value=0.5, low=None, high=float("nan"))).span == ""


def score(**values):
    return Score(**({"task": "t", "metric": "m", "protocol": "strict", "n": 9, "clusters": 3, "method": "x"} | values))


def test_another_value_is_written_to_the_same_decimals():
    made = estimate(score(value=0.5, low=0.4, high=0.6))
    assert (made.places, made.like(0.4567)) == (0, "46")
    assert estimate(score(value=0.5)).like(0.4567) == "45.7"
    assert estimate(None) is None
