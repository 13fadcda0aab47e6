"""What an accepted answer is: yes or no, a number, a class, a cell of the grid, or free text.

These rules are sarbench's own. A truth is closed only if it says nothing more than its value: "In the lower left." is
a cell, "To the left of the harbor." is not; "Harbor." is a class, "A road near a bridge." is not.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from sarbench.answers import Kind as AnswerKind
from sarbench.answers import parse, short_text
from sarbench.errors import UnknownNameError
from sarbench.metrics.vqa.verdict import check_not_blank

Kind = Literal["presence", "counting", "classification", "position", "region", "attribute", "reasoning", "vqa"]
"""The tasks of the schema whose answers are judged here."""

KINDS: tuple[Kind, ...] = get_args(Kind)

Form = Literal["presence", "counting", "label", "position", "text"]
"""How a truth and the answers to it are read; all but `text` are closed."""

READ_AS: dict[Form, AnswerKind] = {
    "presence": "yes_no",
    "counting": "count",
    "label": "label",
    "position": "position",
    "text": "text",
}
"""The kind of `sarbench.answers.parse` for each form."""

_FORM_OF: dict[str, Form] = {
    "presence": "presence",
    "counting": "counting",
    "classification": "label",
    "region": "label",
    "position": "position",
}

_IT_IS = r"(?:(?:it|this|that|there|object|target)(?: is|'s) )?"
_BARE_LABEL = re.compile(rf"{_IT_IS}(?P<name>.+)")
_SIDE = "top|upper|bottom|lower|middle|cent(?:er|re|ral)|left|right"
_BARE_CELL = re.compile(
    rf"{_IT_IS}(?:(?:located|situated|positioned) )?(?:(?:in|at|on|to|near|toward|towards) )?"
    rf"(?:{_SIDE})(?:[ _/-]?(?:{_SIDE}))?(?: (?:corner|side|part|area|region|portion|section|edge))?"
    r"(?: (?:of|in) (?:image|picture|scene|frame|view))?"
)


class Truth(NamedTuple):
    """An accepted answer as it is compared."""

    form: Form
    value: str | int
    """"yes" or "no", the number, the class, the cell; of a text its normal form."""


@lru_cache(maxsize=1 << 16)
def read_truth(truth: str, kind: str | None) -> Truth:
    """Read an accepted answer.

    The kind comes first: presence takes the polarity and counting the number that the truth gives, classification and
    region a class, position a cell. A truth that does not hold one, and one of any other kind, is told by itself: yes
    or no, a whole number, one of the six classes, a cell, and else free text.

    Args:
        truth: The text, with or without a final full stop.
        kind: One of `KINDS`; None where it is not known.

    Raises:
        InputError: The truth is blank.
        UnknownNameError: There is no such kind.

    >>> [tuple(read_truth(text, None)) for text in ("Yes.", "2.", "aircraft.", "In the lower left.", "Grid pattern.")]
    [('presence', 'yes'), ('counting', 2), ('label', 'aircraft'), ('position', 'bottom left'), ('text', 'grid pattern')]
    >>> read_truth("Yes, two of them.", "presence").value, read_truth("A open sea scene.", "classification").value
    ('yes', 'open sea scene')
    """
    if kind is not None and kind not in KINDS:
        raise UnknownNameError(where=kind, problem="is no kind of question", fix=f"Use one of: {', '.join(KINDS)}")
    check_not_blank(truth)
    form = short_text(truth)
    return _declared(truth, form, kind) or _told(form) or Truth("text", form)


def _declared(truth: str, form: str, kind: str | None) -> Truth | None:
    match _FORM_OF.get(kind or ""):
        case "presence":
            return _read(truth, "presence")
        case "counting":
            return _read(truth, "counting")
        case "label":
            return _bare_label(form)
        case "position":
            return _bare_cell(form)
        case _:
            return None


def _told(form: str) -> Truth | None:
    if form in ("yes", "no"):
        return Truth("presence", form)
    if form and all(_is_number(word) for word in re.split("[ -]", form)):
        return _read(form, "counting")
    return _bare_label(form) or _bare_cell(form)


def _is_number(word: str) -> bool:
    return parse(word, kind="count").rule == "single_number"


def _bare_label(form: str) -> Truth | None:
    bare = _BARE_LABEL.fullmatch(form)
    if bare is None or parse(short_text(bare["name"]), kind="label").rule != "exact":
        return None
    return _read(form, "label")


def _bare_cell(form: str) -> Truth | None:
    return _read(form, "position") if _BARE_CELL.fullmatch(form) else None


def _read(text: str, form: Form) -> Truth | None:
    read = parse(text, kind=READ_AS[form])
    return Truth(form, read.value) if read.outcome == "ok" else None
