"""From the text of a model to a value with an outcome: the one door to this package."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, get_args

from sarbench.answers import _clean
from sarbench.answers._boxes import Written, read_boxes, written_boxes
from sarbench.answers._count import read_count
from sarbench.answers._fields import read_fields
from sarbench.answers._grid import read_position
from sarbench.answers._labels import read_label, read_labels
from sarbench.answers._mentions import read_mentions
from sarbench.answers._polarity import read_yes_no
from sarbench.answers._refusals import is_only_refusal, refusal, without_refusals
from sarbench.answers.parsed import Parsed, excerpt
from sarbench.answers.vocabulary import Vocabulary, of_choices
from sarbench.coords import Convention, Size, parse_convention, to_pixels
from sarbench.errors import InputError, UnknownNameError

Kind = Literal["boxes", "count", "yes_no", "label", "labels", "position", "text", "fields", "mentions"]
"""What is read from an answer."""

KINDS: tuple[Kind, ...] = get_args(Kind)

_REMEMBERED = frozenset({"count", "yes_no", "label", "labels", "position", "mentions"})
"""Kinds whose values cannot be changed by who gets them, so that one `Parsed` may be given out twice."""
_SHORT = 64
"""Characters of the longest answer that is remembered: thousands of samples share "Yes.", "2" and "top left"."""


def parse(
    text: str,
    *,
    kind: Kind | str,
    choices: Sequence[str] = (),
    coords: str | Convention = "pixel",
    size: Size | None = None,
    asked: str | None = None,
) -> Parsed:
    """Read an answer.

    Before any rule: a message of the harness in place of an answer is `failed`; reasoning and chat tokens are taken
    off; what is blank then is `empty`. After the rules: a text without an answer that says so is `refused`. The rules
    of each kind stand at its reader (`_count.read_count`, `_labels.read_label`, …); they read English and digits.

    Args:
        text: What the model said, any string at all; reading takes time linear in its length.
        kind: One of `KINDS`; what each gives is written at `Parsed.value`.
        choices: The closed answer list of `label`, `labels` and `position`, and the classes that `boxes`, `fields` and
            `mentions` look for; empty: the six SARDet-100K classes, the nine grid cells.
        coords: The convention that boxes are written in (see `sarbench.coords`).
        size: Width and height of the native image; boxes can only be out of range where it is known.
        asked: The class that a `count` is asked of, e.g. "ship", where it is known: it tells which number of "3 ships
            and 2 planes" is the answer. Other kinds do without.

    Returns:
        The value, the outcome, the name of the rule and the words that it read.

    Raises:
        UnknownNameError: No such kind or convention: the caller's mistake, never that of the text.
        InputError: Boxes of a convention that depends on the size of the image, without that size; an argument of a
            wrong type, such as one string in place of the choices.

    >>> answer = parse("{<393><426><470><494>} (bottom right)", kind="boxes", size=(512, 512))
    >>> answer.value.tolist(), answer.outcome, answer.rule
    ([[393.0, 426.0, 470.0, 494.0]], 'ok', 'angled')
    >>> parse("There are 4 instances. {<294><358><329><427>}", kind="count").value
    4
    >>> parse("3 ships, 2 planes", kind="count").outcome, parse("3 ships, 2 planes", kind="count", asked="ship").value
    ('ambiguous', 3)
    """
    if not isinstance(text, str):
        raise wrong_type(text, where="text", fix="Give what the model said as a string, empty where it said nothing")
    if asked is not None and not isinstance(asked, str):
        raise wrong_type(asked, where="asked", fix='Name one class, such as "ship", or leave it out')
    if not isinstance(coords, str | Convention):
        raise wrong_type(coords, where="coords", fix='Name a convention, such as "pixel" or "norm1000"')
    options = checked_choices(choices)
    convention = _convention(coords) if isinstance(coords, str) else coords
    if not isinstance(kind, str) or kind not in KINDS:
        raise UnknownNameError(where=str(kind), problem="is no kind of answer", fix=f"Use one of: {', '.join(KINDS)}")
    if kind in _REMEMBERED and len(text) <= _SHORT:
        return _remembered(text, kind, options, asked=asked)
    if kind == "boxes":
        to_pixels([], convention, size)
    return _read(text, kind, options, convention, size, asked)


def checked_choices(choices: Iterable[str]) -> tuple[str, ...]:
    """Return the options of a question.

    Raises:
        InputError: They are one string, whose letters would be the options, or not all of them are strings.
    """
    given: object = choices
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise wrong_type(given, where="choices", fix='Give the options as a list: ["ship", "bridge"]')
    options = tuple(choices)
    for option in options:
        if not isinstance(option, str):
            raise wrong_type(option, where="choices", fix='Give every option as a string: ["ship", "bridge"]')
    return options


def wrong_type(value: object, *, where: str, fix: str) -> InputError:
    """Say that an argument is of a wrong type."""
    return InputError(where=where, problem=f"holds {value!r:.60}, of the type {type(value).__name__}", fix=fix)


_convention = lru_cache(maxsize=128)(parse_convention)


def _read(
    text: str,
    kind: str,
    choices: tuple[str, ...],
    convention: Convention | None = None,
    size: Size | None = None,
    asked: str | None = None,
) -> Parsed:
    """Clean and read an answer; the convention and the size are those of `boxes`."""
    spoken = _spoken(text)
    if isinstance(spoken, Parsed):
        return spoken
    if kind == "text":
        return _free_text(spoken.strip())
    plain = _clean.plain(spoken)
    if kind == "boxes":
        read = read_boxes(plain, of_choices(choices), convention or _convention("pixel"), size)
    else:
        read = _sentences(without_refusals(plain), kind, choices, asked)
    return _or_refused(read, plain)


def boxes_as_written(text: str, words: Vocabulary) -> Written | Parsed:
    """Return the boxes of an answer before they are converted; the answer itself where it has none."""
    spoken = _spoken(text)
    if isinstance(spoken, Parsed):
        return spoken
    plain = _clean.plain(spoken)
    written = written_boxes(plain, words)
    return _or_refused(written, plain) if isinstance(written, Parsed) else written


def _spoken(text: str) -> str | Parsed:
    """Return what the model says to whom it answers; what the answer is where it says nothing."""
    if _clean.harness_failed(text):
        return Parsed(None, "failed", "harness_message", read=excerpt(text.lstrip()))
    answer = _clean.without_reasoning(text)
    spoken = _clean.without_special_tokens(answer)
    if _clean.is_blank(spoken):
        unfinished = answer != text and not _clean.is_blank(text)
        return Parsed(None, "empty", "reasoning_only" if unfinished else "blank")
    return spoken


def _or_refused(read: Parsed, plain: str) -> Parsed:
    if read.outcome == "unparsable" and (words := refusal(plain)) is not None:
        return Parsed(None, "refused", "refusal", read=words)
    return read


_remembered = lru_cache(maxsize=1 << 14)(_read)


def _sentences(text: str, kind: str, choices: tuple[str, ...], asked: str | None) -> Parsed:
    match kind:
        case "count":
            return read_count(text, asked)
        case "yes_no":
            return read_yes_no(text)
        case "label":
            return read_label(text, of_choices(choices))
        case "labels":
            return read_labels(text, of_choices(choices))
        case "position":
            return read_position(text, choices)
        case "fields":
            return read_fields(text, of_choices(choices))
        case _:
            return read_mentions(text, of_choices(choices))


def _free_text(text: str) -> Parsed:
    if is_only_refusal(text):
        return Parsed(None, "refused", "refusal", read=excerpt(text))
    return Parsed(text, "ok", "text", read=excerpt(text))
