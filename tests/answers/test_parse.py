"""The door: literal answers of the datasets, outcomes before any rule, and strings meant to break it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import KINDS, Parsed, parse
from sarbench.answers.outcome import OUTCOMES
from sarbench.coords import parse_convention
from sarbench.errors import InputError, UnknownNameError

SIZE = (512, 512)

COUNT = "There are 4 instances. {<294><358><329><427>}{<61><448><122><503>}{<27><199><78><261>}{<193><157><245><306>}"
REFER = (
    "{<251><265><323><342>} (middle center){<185><276><256><355>} (middle center){<88><275><177><356>} (middle left)"
)
DESCRIPTION = (
    "In this satellite image, we can observe the following: A small ship is visible in the bottom left portion of the"
    " image There is one more small ship on the left side of the image"
)
GROUNDING = (
    "In this SAR image, I can identify several objects and their locations: There are 4 ships: one in the bottom center"
    " portion {<294><358><329><427>}, one in the bottom left portion {<61><448><122><503>}, one in the middle left"
    " portion {<27><199><78><261>}, one in the middle center portion {<193><157><245><306>}"
)
FOUR_BOXES = [[294, 358, 329, 427], [61, 448, 122, 503], [27, 199, 78, 261], [193, 157, 245, 306]]


def _plain(found: Parsed) -> tuple[Any, str]:
    return (found.value.tolist() if isinstance(found.value, np.ndarray) else found.value, found.outcome)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("label", "It is aircraft", "aircraft"),
        ("label", "It is ship.", "ship"),
        ("labels", "It is aircraft", frozenset({"aircraft"})),
        ("mentions", DESCRIPTION, (("ship", "bottom left"), ("ship", "middle left"))),
        ("mentions", DESCRIPTION + " …", (("ship", "bottom left"), ("ship", "middle left"))),
        ("count", COUNT, 4),
        ("boxes", COUNT, FOUR_BOXES),
        ("boxes", GROUNDING, FOUR_BOXES),
        (
            "fields",
            "Examining the bottom center area reveals a very small ship.",
            {"category": "ship", "size": "very small", "position": "bottom center"},
        ),
        (
            "fields",
            "Present in the middle center area is a very small aircraft.",
            {"category": "aircraft", "size": "very small", "position": "middle center"},
        ),
        ("boxes", "{<393><426><470><494>} (bottom right)", [[393, 426, 470, 494]]),
        ("position", "{<393><426><470><494>} (bottom right)", "bottom right"),
        ("boxes", REFER, [[251, 265, 323, 342], [185, 276, 256, 355], [88, 275, 177, 356]]),
        ("yes_no", "Yes.", "yes"),
        ("yes_no", "No.", "no"),
        ("count", "2.", 2),
        ("label", "aircraft.", "aircraft"),
        ("position", "bottom.", "bottom center"),
        ("position", "top left.", "top left"),
    ],
)
def test_literal_answers_of_the_datasets(kind: str, text: str, value: Any) -> None:
    assert _plain(parse(text, kind=kind, size=SIZE)) == (value, "ok")


def test_grounding_answers_label_their_boxes() -> None:
    assert parse(GROUNDING, kind="boxes", size=SIZE).labels == ("ship",) * 4
    assert parse(REFER, kind="boxes", size=SIZE).labels is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("text", "outcome", "rule"),
    [
        ("[LMMS_EVAL_REQUEST_FAILED after 1 retries] Connection error: 4 ships [1, 2, 3, 4] yes", "failed", None),
        ("\n[LMMS_EVAL_BUDGET_EXCEEDED]", "failed", None),
        ("", "empty", "blank"),
        (" \n\t\r\u200b\x00\ufeff", "empty", "blank"),
        ("<|im_end|></s><pad>", "empty", "blank"),
        ("<think>There are 3 ships, [1, 2, 30, 40] top left, yes", "empty", "reasoning_only"),
        ("<analysis>ship</analysis>", "empty", "reasoning_only"),
        ("I'm sorry, but I cannot help with that.", "refused", "refusal"),
        ("I cannot determine this from the image.", "refused", "refusal"),
        ("I’m sorry, I am not able to view images.", "refused", "refusal"),
        ("As an AI, I don't have enough information.", "refused", "refusal"),
    ],
)
def test_outcomes_before_any_rule(kind: str, text: str, outcome: str, rule: str | None) -> None:
    found = parse(text, kind=kind, size=SIZE)
    assert (found.value, found.outcome) == (None, outcome)
    assert rule is None or found.rule == rule


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
def test_no_answer_is_unparsable(kind: str) -> None:
    found = parse("The weather is fine.", kind=kind, size=SIZE)
    assert (found.value, found.outcome, found.labels) == (None, "unparsable", None)


def test_the_marker_of_the_harness_is_believed_only_where_the_harness_puts_it() -> None:
    assert parse("4 [LMMS_EVAL_REQUEST_FAILED", kind="count").outcome == "ok"


@pytest.mark.parametrize(
    ("kind", "answer", "value"),
    [
        ("count", "3", 3),
        ("label", "ship", "ship"),
        ("yes_no", "no", "no"),
        ("position", "top left", "top left"),
        ("text", "A harbor.", "A harbor."),
        ("boxes", "[1, 2, 30, 40]", [[1, 2, 30, 40]]),
    ],
)
def test_reasoning_is_not_the_answer(kind: str, answer: str, value: Any) -> None:
    for wrapped in (
        f"<think>Yes, 7 cars at the bottom [5, 5, 9, 9].</think>{answer}",
        f"7 cars, yes, bottom [5, 5, 9, 9]</think>\n{answer}",
        f"<THINK>7 cars</THINK><analysis>yes, bottom [5, 5, 9, 9]</analysis><answer>{answer}</answer>",
    ):
        assert _plain(parse(wrapped, kind=kind, size=SIZE)) == (value, "ok")


def test_free_text_keeps_its_spelling() -> None:
    assert parse("  **Ships** –\n２ of them<|im_end|> ", kind="text").value == "**Ships** –\n２ of them"
    assert parse("A pier. Its use cannot be told. Ships lie near.", kind="text").outcome == "ok"


def test_mistakes_of_the_caller_are_named() -> None:
    with pytest.raises(UnknownNameError, match="yes_no"):
        parse("yes", kind="boolean")
    with pytest.raises(UnknownNameError, match="norm1000"):
        parse("[1, 2, 3, 4]", kind="boxes", coords="norm7")
    for text in ("[1, 2, 3, 4]", "", "no box"):
        with pytest.raises(InputError, match="size"):
            parse(text, kind="boxes", coords="norm1000")


def test_a_convention_may_be_given_ready_made() -> None:
    convention = parse_convention("norm1000")
    found = parse("[0, 0, 500, 1000]", kind="boxes", coords=convention, size=(200, 100))
    assert found.value.tolist() == [[0, 0, 100, 100]]


pieces = st.sampled_from(
    [
        *"[](){}<>|,.;:-/'\"0123456789 \n\0\u200b",
        *("ship", "cars", "No", "not ", "yes", "one", "hundred", "twenty-", "left", "top", "middle", "very small"),
        *(
            "<think>",
            "</think>",
            "<answer>",
            "</answer>",
            "<loc0001>",
            "<|box_start|>",
            '"label": "',
            "😀",
            "\ud800",
            "ı",
        ),
        *("there are ", "a total of ", "I cannot ", "sorry", "{<1><2><3><4>}", "[1,2,3,4]", "1e9", "9" * 30, "ﷺ", "٤"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(), st.lists(pieces, max_size=30).map("".join)), kind=st.sampled_from(KINDS))
def test_no_text_raises(text: str, kind: str) -> None:
    found = parse(text, kind=kind, size=SIZE)
    assert found.outcome in OUTCOMES
    assert found.rule
    if kind == "boxes" and found.value is not None:
        assert found.value.shape == (len(found.value), 4)
        assert np.isfinite(found.value).all()
        assert found.labels is None or len(found.labels) == len(found.value)
    elif found.outcome != "ok":
        assert found.value is None
    else:
        assert found.value is not None


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(categories=["Cs"]), max_size=5), st.sampled_from(KINDS))
def test_lone_surrogates(text: str, kind: str) -> None:
    assert parse(f"There are 4 ships {text}", kind=kind, size=SIZE).outcome in OUTCOMES


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("choices", "ship"),
        ("choices", [1]),
        ("choices", [None]),
        ("choices", 5),
        ("asked", 5),
        ("asked", ["ship"]),
        ("coords", 5),
        ("text", None),
        ("text", b"ship"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_arguments_of_a_wrong_type_are_named(kind: str, argument: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"^{argument}: .*of the type {type(_odd(value)).__name__}"):
        parse(**{"text": "3 ships", "kind": kind, argument: value})


def _odd(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value != ["ship"] else value


def test_a_kind_that_is_no_string_is_named() -> None:
    kind: Any = ["label"]
    with pytest.raises(UnknownNameError, match="label"):
        parse("ship", kind=kind)


def test_choices_may_be_any_iterable() -> None:
    choices: Any = (name for name in ("ship", "car"))
    assert parse("ship", kind="label", choices=choices).value == "ship"
