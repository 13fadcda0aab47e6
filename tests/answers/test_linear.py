"""Any text is read in time linear in its length: four times the text takes about four times as long, never sixteen.

CPU time, best of three, against a generous factor: only quadratic behaviour can fail.
"""

import time
from collections.abc import Callable

import pytest

from sarbench.answers import KINDS, parse, short_text
from sarbench.answers.outcome import OUTCOMES

FACTOR = 12
NOISE = 0.01
"""Seconds below which a measurement says nothing."""

TEXT_BAITS = [
    *("\u0301\u0316", "a\u0301\u0316\u0323", "\u0f81\u0f71", "\ufdfa", "\ud800", "\0", "😀", "<answer>", "</think>"),
    *("<think></think>", "<|channel|>final<|message|>", "**", "'", " \n", "I cannot ", "not sure, but "),
    *("\\boxed{", "\\boxed{1}", "\\boxed{\\text{", "<|begin_of_box|>[", "、", "unclear whether there is "),
]
BAITS = {
    "count": [
        "9 ",
        "1,",
        "9 to ",
        "between 9 and ",
        "at least 9 ",
        "number of a 9 ",
        "no a b ",
        "a thousand two hundred ",
        "twenty twenty ",
        "3 ships and ",
        "3 ships and 2 planes, ",
        "ship: ",
        "not 4 ",
        "1, 2, ",
        "there are 9 ships in the top ",
        "9 groups of 4 ships ",
        "none of the 9 ",
        "9 of them are a b ",
        "9x ship ",
        "instances of a ",
        "neither a b ",
        "so 9 ",
    ],
    "yes_no": [
        *("no ", "yes ", "answer is: yes no. ", "is not ", "cannot ", "whether there ", "unlikely that ", "0 a "),
        *("unclear if a, but there is ", "there is no way ", "hard to tell whether but "),
        *("there is a lack ", "image contains a b ", "there is zero ", "a lack of a ", "i see 9 "),
    ],
    "label": [
        "ship,",
        "ship ",
        "oil-",
        "not ",
        "a. ship ",
        "aircraft, bridge, car, harbor, ship, tank ",
        "class is ship ",
        "ship. a harbor. class is ",
        "answer: ship. no harbor. wait ",
    ],
    "labels": [
        *("ship, ", "not only ship ", "all of the above ", "car park ", "no ship, ", "no ship or a car, ", "0 ship "),
        *("ship: no ", "ship (0), ", "ship - - ", "absent: ship, ", "ship and car are not visible ", "except a b "),
        *("not a b c ", "no a b c ship in the ", "ship confidence: 0", "[ ] ship ", "ship, a, b, or ", "none of a ("),
    ],
    "boxes": [
        *("[[1,2],[3,4],", "((1,2),", "at 1 2 3 ", '["1", ', '"left": 1, ', "<loc_1>", '(1,2), "bottom_right'),
        *("1, 2, 3, 4 ", "1, 2, 3, 4; ", "[1,2,3,4,0.5", "<x1>1</x1>", "top left (1, 2), ", "top left corner is at "),
        *("1px, ", "[(1,2),(3,4),(5,6),(7,8)],", "[(1,2),(3,4),(5,6),"),
    ],
    "position": ["right in the ", "top ", "left of the ", "top part of the ", "middle", "north "],
    "fields": ["very small ship top left ", "small large "],
    "mentions": [
        *(
            "A ship in top left ",
            "99 ship top ",
            "ship ship top ",
            "no ship top, ",
            "no ship, top, ",
            "not in the top ",
        ),
        "0 ship and no car in top left but ",
    ],
    "text": ["I cannot. ", "a. "],
}


def _seconds(read: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        read(text)
        best = min(best, time.process_time() - start)
    return best


def _assert_linear(read: Callable[[str], object], bait: str, characters: int) -> None:
    short = _seconds(read, bait * (characters // (4 * len(bait))))
    long = _seconds(read, bait * (characters // len(bait)))
    assert long <= FACTOR * max(short, NOISE), f"{short:.3f} s for a quarter, {long:.3f} s for {characters} characters"


@pytest.mark.parametrize("bait", TEXT_BAITS)
def test_cleaning_takes_linear_time(bait: str) -> None:
    _assert_linear(lambda text: parse(text, kind="yes_no"), bait, 80_000)


@pytest.mark.parametrize(("kind", "bait"), [(kind, bait) for kind, baits in BAITS.items() for bait in baits])
def test_rules_take_linear_time(kind: str, bait: str) -> None:
    _assert_linear(lambda text: parse(text, kind=kind), bait, 40_000)


@pytest.mark.parametrize("bait", ["\u0301\u0316", "the -", "a ", '"', "-", ".", "(the "])
def test_short_texts_take_linear_time(bait: str) -> None:
    _assert_linear(short_text, bait, 200_000)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "bait"),
    [
        ("count", "at least a "),
        ("yes_no", "\u0301\u0316"),
        ("label", "aircraft, bridge, car, harbor, ship, tank "),
        ("position", "top part of the "),
        ("mentions", "top bottom "),
        ("text", "<answer>"),
    ],
)
def test_a_megabyte_takes_at_most_twelve_times_as_long_as_a_quarter(kind: str, bait: str) -> None:
    _assert_linear(lambda text: parse(text, kind=kind), bait, 1_000_000)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bait", ["[", "(", "{<", "]", "\0", "\ud800", "😀", "e\u0301"])
def test_a_hundred_thousand_of_anything_are_read(bait: str, kind: str) -> None:
    assert parse(bait * 100_000, kind=kind, size=(512, 512)).outcome in OUTCOMES
