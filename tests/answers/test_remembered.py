"""Short cuts: a remembered answer, a bare word, ASCII text in lower case – always what the long way gives."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import KINDS, Parsed, parse
from sarbench.answers.parse import _read
from sarbench.answers.synonyms import CLASSES
from sarbench.answers.vocabulary import of_choices
from sarbench.coords import parse_convention
from sarbench.errors import UnknownNameError

FIVE = ("top", "center", "bottom", "left", "right")
OTHER = ("building", "Swimming Pool", "road", "oil-tank", "tank", "C++")

answers = st.one_of(
    st.text(max_size=70),
    st.lists(
        st.sampled_from(
            [
                *("yes", "No", "2", "12", "three", "ship", "Cars", "oil tank", "oiltank", "top", "left", "upper-left"),
                *("swimming pool", "pond", "c++", "There are", "It is", "not", "and", "é", "ı", "<think>", "</think>"),
                *(" ", ".", ",", "\n", "**", "<|im_end|>", "(", ")", "_", "-", "’"),
            ]
        ),
        max_size=7,
    ).map("".join),
)


def _facts(found: Parsed) -> tuple[Any, ...]:
    value = found.value.tolist() if isinstance(found.value, np.ndarray) else found.value
    return value, found.outcome, found.rule, found.labels, found.dropped, found.read


@settings(max_examples=400, deadline=None)
@given(answers, st.sampled_from(KINDS), st.sampled_from([(), CLASSES, FIVE, OTHER]))
def test_the_short_way_is_the_long_way(text: str, kind: str, choices: tuple[str, ...]) -> None:
    size = (512, 512)
    long_way = _facts(_read(text, kind, choices, parse_convention("pixel"), size))
    for _ in range(2):
        assert _facts(parse(text, kind=kind, choices=choices, size=size)) == long_way


@settings(max_examples=300, deadline=None)
@given(answers, st.sampled_from(["count", "yes_no", "label", "labels", "position"]))
def test_a_bare_answer_and_one_with_blanks_are_one(text: str, kind: str) -> None:
    """The exact short cuts inside the readers look at the whole text; a full stop or a blank leads past them."""
    assert _facts(parse(f" {text}\n", kind=kind)) == _facts(parse(text, kind=kind))


@pytest.mark.parametrize(
    "text", ["yes", "no", "7", "12", "ship", "oil tank", "aircraft carrier", "car park", "harbour"]
)
@pytest.mark.parametrize("kind", ["count", "yes_no", "label", "labels", "position"])
def test_a_bare_answer_and_one_with_marks_are_one(text: str, kind: str) -> None:
    bare, marked = parse(text, kind=kind), parse(f"({text})", kind=kind)
    assert (bare.value, bare.outcome) == (marked.value, marked.outcome)


@settings(max_examples=300, deadline=None)
@given(answers, st.sampled_from([(), CLASSES, OTHER]))
def test_the_fast_pattern_finds_what_the_plain_one_finds(text: str, choices: tuple[str, ...]) -> None:
    words = of_choices(choices)
    assert words.find(text) == words._mentions(words.pattern.finditer(text))


def test_choices_and_kinds_are_not_mixed_up() -> None:
    assert parse("top", kind="position").value == "top center"
    assert parse("top", kind="position", choices=FIVE).value == "top"
    assert parse("port", kind="label", choices=("Port", "Ship")).value == "Port"
    assert parse("port", kind="label").value == "harbor"
    assert parse("no", kind="count").value == 0
    assert parse("no", kind="yes_no").value == "no"


def test_the_convention_matters_to_boxes_alone() -> None:
    assert parse("4", kind="count", coords="norm1000").value == 4


def test_a_dict_is_given_out_once() -> None:
    parse("a ship", kind="fields").value["category"] = "changed"
    assert parse("a ship", kind="fields").value["category"] == "ship"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "boxes"])
def test_an_unknown_convention_is_named_whatever_the_kind(kind: str) -> None:
    with pytest.raises(UnknownNameError, match="norm1000"):
        parse("4", kind=kind, coords="norm7")
