"""Reading in bulk against reading one by one: the same bits, always."""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sarbench.answers import Parsed, bulk, parse
from sarbench.answers.bulk.plans import Plan
from sarbench.coords import CONVENTIONS
from sarbench.errors import InputError, UnknownNameError

QWEN = "pixel_resized(28,200704,1605632)"


def _same(bulky: Parsed, single: Parsed, text: str) -> None:
    assert (bulky.value is None) == (single.value is None), text
    if single.value is not None:
        assert bulky.value.dtype == single.value.dtype
        assert bulky.value.shape == single.value.shape, text
        assert bulky.value.tobytes() == single.value.tobytes(), (text, bulky.value, single.value)
    rest = [(p.outcome, p.rule, p.labels, p.dropped, p.read) for p in (bulky, single)]
    assert rest[0] == rest[1], text


def _check(texts: Sequence[str], **options: Any) -> bulk.BoxAnswers:
    """Compare every answer, and the columns with the answers."""
    sizes = options.pop("sizes", None)
    answers = bulk.parse_boxes(texts, sizes=sizes, **options)
    each = [None] * len(texts) if sizes is None else sizes
    single = [
        parse(text, kind="boxes", size=None if size is None else (int(size[0]), int(size[1])), **options)
        for text, size in zip(texts, each, strict=True)
    ]
    for number, (text, expected) in enumerate(zip(texts, single, strict=True)):
        _same(answers.parsed(number), expected, text)
    values = [expected.value for expected in single if expected.value is not None]
    assert answers.values.tobytes() == (np.concatenate(values) if values else np.zeros((0, 4))).tobytes()
    assert np.diff(answers.offsets).tolist() == [0 if s.value is None else len(s.value) for s in single]
    assert [answers.outcome(number) for number in range(len(answers))] == [s.outcome for s in single]
    assert [answers.rules[code] for code in answers.rule_codes] == [s.rule for s in single]
    assert answers.dropped.tolist() == [s.dropped for s in single]
    labels = [label for s in single if s.value is not None for label in s.labels or [None] * len(s.value)]
    assert [None if code < 0 else answers.label_names[code] for code in answers.label_codes] == labels
    return answers


TEMPLATES = (
    "{{<{}><{}><{}><{}>}}",
    "{{<{}><{}><{}><{}>}} (bottom right)",
    "{{<{}><{}><{}><{}>}} (middle center){{<{}><{}><{}><{}>}} (top left)",
    "There is 1 ship: one in the left {{<{}><{}><{}><{}>}}. There are {} cars: {{<{}><{}><{}><{}>}}",
    "[{}, {}, {}, {}]",
    "[[{},{},{},{}],[{},{},{},{}]]",
    "({},{}),({},{})",
    "from ({}, {}) to ({}, {})",
    "<|box_start|>({},{}),({},{})<|box_end|><|im_end|>",
    "<ref>ship</ref><box>[[{}, {}, {}, {}]]</box>",
    '[{{"bbox_2d": [{}, {}, {}, {}], "label": "ship"}}]',
    '```json\n[{{"bbox_2d": [{}, {}, {}, {}], "label": "ship {}"}},\n{{"box": [{}, {}, {}, {}], "label": "car"}}]```',
    '[{{"bbox_2d": [{}, {}, {}, {}], "label": "ship"}}, {{"bbox_2d": [{}, {}, {}',
    '{{"x1": {}, "y1": {}, "x2": {}, "y2": {}}}',
    '{{"xmin": {}, "xmax": {}, "ymin": {}, "ymax": {}, "label": "car"}}',
    "x: {}, y: {}, w: {}, h: {}",
    "[0.{}, 0.{}, 0.{}, 0.{}]",
    "[{}.{}, -{}.{}, .{}, +{}.]",
    "[{}e{}, {}, {}, {}]",
    "<loc0{}><loc0{}><loc0{}><loc0{}> ship",
    "<loc{}><loc{}><loc{}><loc{}>",
    "<patch_index_0{}><patch_index_0{}>",
    "{{<{}><{}><{}><{}>|<{}>}}",
    "<think>{} or {}?</think><answer>[{}, {}, {}, {}]</answer>",
    "<think>[{}, {}, {}, {}]",
    "<|reserved_{}|> [{}, {}, {}, {}]",
    "{}, {}, {}, {}",
    "{} {} {} {}",
    "**[{}, {}, {}, {}]**",
    "[{}, {}, {}, {}**{}] [1, 2, 3, 4]",
    "x**{}**: 1, y1: {}, x2: {}, y2: {} [1, 2, 3, 4]",
    "Ship at – [{}, {}, {}, {}] café",
    "Sorry, I cannot see {} ships",
    "No ships ({}).",
    "The ship{} is at [{}, {}, {}, {}]",
    "[LMMS_EVAL_REQUEST_FAILED after {} tries] [{}, {}, {}, {}]",
    "none",
    '{{"left": {}, "top": {}, "right": {}, "bottom": {}}}',
    '{{"top_left": [{}, {}], "bottom_right": [{}, {}]}}',
    '["{}", "{}", "{}", "{}"]',
    "- x1: {} - y1: {} - x2: {} - y2: {}",
    "<loc_{}><loc_{}><loc_{}><loc_{}>",
    "[[{},{}],[{},{}],[{},{}]]",
    "[({},{}),({},{}),({},{}),({},{})]",
    "[[{},{}],[{},{}],[{},{}]] [{},{},{},{}]",
    "The bounding box is {}, {}, {}, {}.",
    "The ship lies there: {}, {}, {}, {}.",
    "The coordinates of {}: {} {} {} {}",
    "<bbox_2d>{} {} {} {}</bbox_2d>",
    "No {}: \\boxed{{[{}, {}, {}, {}]}}",
    "ship <|begin_of_box|>[{}, {}, {}, {}]<|end_of_box|>, car <|begin_of_box|>[{}, {}, {}, {}]<|end_of_box|>",
    "【{}、{}、{}、{}】",
    "[{}, {}, {}, {}, 0.{}]",
    "[{}, {}, {}, {}] [{}, {}, {}, {}, {}.{}]",
    "[{}px, {} px, {}px, {}px]",
    "Top-left corner: ({}, {})\nBottom-right corner: ({}, {})",
    "a upper left {}, {}; lower right {}, {}",
    "a blue left ({}, {}) a lower right ({}, {})",
    "{}, {}, {}, {}\n{}, {}, {}, {}",
    "<x1>{}</x1><y1>{}</y1><x{}>{}</x2><y2>{}</y2>",
    "",
    "[]",
    "I'm sorry, I cannot help.",
)


def _filled(template: str, numbers: Sequence[str]) -> str:
    left = iter(numbers)
    return re.sub(r"\{\{|\}\}|\{\}", lambda m: m[0][0] if len(m[0]) == 2 and m[0] != "{}" else next(left), template)


digits = st.one_of(
    st.integers(0, 600).map(str),
    st.integers(0, 600).map(str),
    st.text("0123456789", min_size=1, max_size=9),
    st.sampled_from(["0", "000", "7", "1000", "1001", "512", "0512", "99999999", "12345678901234567890"]),
)
templated = st.tuples(st.sampled_from(TEMPLATES), st.lists(digits, min_size=10, max_size=10)).map(
    lambda drawn: _filled(*drawn)
)
pieces = st.sampled_from(
    [
        *"[](){}<>,.;:|-+eE \n\"'`*/_xywh",
        *("12", "3", "0.5", "x1", "to", "and", "ship", "car", "label", "bbox", "loc", "<think>", "</think>"),
        *("\\boxed{", "at ", "<loc_12>", '"left"', "right", "【", "、", "<|begin_of_box|>", "((1,2),(3,4),"),
        *("<|im_end|>", '"label": "', "１２", "٣", "½", "\0", "é", "[1, 2, 30, 40]", "<loc0012>"),
    ]
)
awful = st.one_of(st.lists(pieces, max_size=25).map("".join), st.text(max_size=30))
sizes = st.tuples(st.integers(1, 2000), st.integers(1, 2000))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(templated, templated, awful), max_size=30), st.randoms(use_true_random=False))
def test_same_as_one_by_one(texts: list[str], draw: random.Random) -> None:
    doubled = texts + texts
    draw.shuffle(doubled)
    _check(doubled, sizes=[(512, 300)] * len(doubled))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(templated, st.one_of(sizes, st.just((512, 512)))), min_size=1, max_size=20),
    st.sampled_from([QWEN if name.startswith("pixel_resized") else name for name in CONVENTIONS]),
)
def test_same_in_every_convention_and_size(drawn: list[tuple[str, tuple[int, int]]], coords: str) -> None:
    _check([text for text, _ in drawn] * 2, sizes=[size for _, size in drawn] * 2, coords=coords)


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from('12[](){}<>,.e-"x|* '), max_size=16), st.lists(digits, min_size=16, max_size=16))
@example("[1**2, 3, 4, 5]", ["1"] * 16)
@example("[1e2, 3, 4, 5]", ["1"] * 16)
def test_other_digits_in_the_same_skeleton(text: str, other: list[str]) -> None:
    left = iter(other)
    _check([text, text, re.sub(r"[0-9]+", lambda _: next(left), text), text + " [1, 2, 3, 4]", text])


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template(template: str) -> None:
    draw = random.Random(template)
    texts = [_filled(template, [str(draw.randrange(10 ** draw.randint(1, 4))) for _ in range(10)]) for _ in range(40)]
    _check(texts, sizes=[(512, 400)] * 39 + [None])
    _check(texts, sizes=np.full((40, 2), 600), choices=("ship", "storage tank", "no. 5"))


def test_what_only_position_words_tell_apart_is_one_plan() -> None:
    draw = random.Random(0)
    places = ["top left", "middle center", "bottom right", "far away"]
    texts = [" ".join(f"[{draw.randrange(9)}, 2, 30, 40] ({draw.choice(places)})" for _ in range(3)) for _ in range(50)]
    answers = _check(texts)
    assert sum(isinstance(plan, Plan) for plan in answers.plans) == 1
    assert not answers.ordinary
    labelled = [text.replace("far away", "a car") for text in texts]
    _check(labelled)


def test_the_ordinary_parser_reads_few_of_many_templated_answers() -> None:
    draw = random.Random(1)
    usual = TEMPLATES[:12] + TEMPLATES[14:18]
    texts = [
        _filled(draw.choice([*usual[:11], *usual[12:]]), [str(draw.randrange(500)) for _ in range(10)])
        for _ in range(600)
    ]
    answers = _check(texts, sizes=[(512, 512)] * len(texts))
    assert len(answers.ordinary) == 0


def test_words_alone_are_answers() -> None:
    words = ["none", "nothing", "ships", "sorry", "null", "No ships.", "I cannot say.", "None of 12", "No ships in 3"]
    _check([*words, *words, *words, *words])


def test_choices_with_digits_are_read_one_by_one() -> None:
    texts = ["type 1 [1, 2, 3, 4]", "type 2 [1, 2, 3, 4]", "type 2 [3, 3, 4, 4]"]
    answers = _check(texts, choices=("type 1", "type 2"))
    assert answers.parsed(0).labels == ("type 1",)


def test_a_long_answer_and_a_loop() -> None:
    _check(["{<1><2><30><40>}" * 1010, "{<1><2><30><40>}" * 1010, "a" * 5000, "[1, 2, 3, 4]" * 150] * 2)


def test_more_than_one_chunk_and_a_nul() -> None:
    texts = [f"[{n}, 2, {n + n % 7}, 40]" for n in range(20_000)]
    texts[9000] = "[1, 2, 3, 4]\0"
    texts[123] = "[1e1, 2, 30, 4]"
    answers = bulk.parse_boxes(texts)
    for number in (0, 7, 122, 123, 124, 2047, 2048, 8999, 9000, 9001, 19_999):
        _same(answers.parsed(number), parse(texts[number], kind="boxes"), texts[number])
    assert answers.dropped.sum() == sum(n % 7 == 0 for n in range(20_000)) - (123 % 7 == 0) - (9000 % 7 == 0)


def test_halves_of_surrogate_pairs_and_numbers_beyond_any_image() -> None:
    texts = ["[1, 2, 30, 40] \ud800", "\udfff", "[1e50, 2, 9e60, 40]", "[1, 2, 3, 4e40] \ud83d [-1, 2, 3, 4]"]
    _check(texts)
    _check(texts + texts, sizes=[(512, 300), None] * 4)


def test_answers_that_no_other_is_like_are_read_beside_each_other() -> None:
    turned = ["{<1><2><30><40>|<30>}", "{<5><5><9><8>|<0>} and [1, 1, 1, 9]"]
    own = [
        "<loc0001><loc0002><loc0500><loc0600> ship",
        "<patch_index_0044><patch_index_0863>",
        "x1=1, y1=2, x2=9, y2=8",
    ]
    rest = ["none", "", "[LMMS_EVAL_REQUEST_FAILED after 5 retries]", "I cannot see it", "[9, 9, 1, 1]", "[1, 2"]
    texts = [*turned, *own, *rest, "a car [1, 2, 30, 40], [3, 4, 5, 6]"]
    answers = _check(texts, sizes=[(512, 512)] * len(texts))
    assert len(answers.ordinary) == len(texts)
    _check(texts, sizes=[(512, 512 + number) if number % 3 else None for number in range(len(texts))])
    _check(texts)
    _check(texts, sizes=[(512, 300)] * len(texts), coords="norm1000")


def test_no_texts_and_iteration() -> None:
    nothing = bulk.parse_boxes([], coords="norm1")
    assert (len(nothing), nothing.values.shape, nothing.offsets.tolist()) == (0, (0, 4), [0])
    assert [read.outcome for read in bulk.parse_boxes(["[1, 2, 3, 4]", "x"])] == ["ok", "unparsable"]
    with pytest.raises(IndexError):
        nothing.parsed(0)
    assert bulk.parse_boxes(["x", "[1, 2, 3, 4]"]).parsed(-1).outcome == "ok"


@pytest.mark.parametrize(
    ("texts", "options", "says"),
    [
        (["a", None], {}, r"texts\[1\]"),
        (["a"], {"sizes": []}, "0 entries for 1"),
        (["a", "b"], {"sizes": [(5, 5), (0, 5)]}, r"sizes\[1\]"),
        (["a", "b"], {"sizes": [(5, 5), None], "coords": "norm1"}, r"sizes\[1\]"),
        (["a"], {"coords": "norm1"}, r"sizes\[0\]"),
        (["a"], {"sizes": [5]}, "shape"),
        (["a", "b"], {"sizes": [(5, 5), (5,)]}, "pairs"),
    ],
)
def test_wrong_input_is_named(texts: list[Any], options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        bulk.parse_boxes(texts, **options)


def test_unknown_convention() -> None:
    with pytest.raises(UnknownNameError):
        bulk.parse_boxes(["a"], coords="norm7")
