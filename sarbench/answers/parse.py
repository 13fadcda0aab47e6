"""From the text of a model to a value with an outcome: the one door to this package."""

from collections.abc import Sequence
from typing import Literal, get_args

from sarbench.answers import _clean
from sarbench.answers._boxes import read_boxes
from sarbench.answers._count import read_count
from sarbench.answers._fields import read_fields
from sarbench.answers._grid import read_position
from sarbench.answers._labels import read_label, read_labels
from sarbench.answers._mentions import read_mentions
from sarbench.answers._polarity import read_yes_no
from sarbench.answers._refusals import is_only_refusal, refuses, without_refusals
from sarbench.answers.parsed import Parsed
from sarbench.answers.vocabulary import of_choices
from sarbench.coords import Convention, Size, parse_convention, to_pixels
from sarbench.errors import UnknownNameError

Kind = Literal["boxes", "count", "yes_no", "label", "labels", "position", "text", "fields", "mentions"]
"""What is read from an answer."""

KINDS: tuple[Kind, ...] = get_args(Kind)


def parse(
    text: str,
    *,
    kind: Kind | str,
    choices: Sequence[str] = (),
    coords: str | Convention = "pixel",
    size: Size | None = None,
) -> Parsed:
    """Read an answer.

    Before any rule: a message of the harness in place of an answer is `failed`; reasoning and chat tokens are taken
    off; what is blank then is `empty`. After the rules: a text without an answer that says so is `refused`.

    Args:
        text: What the model said, any string at all; reading takes time linear in its length.
        kind: One of `KINDS`; what each gives is written at `Parsed.value`.
        choices: The closed answer list of `label`, `labels` and `position`, and the classes that `boxes`, `fields` and
            `mentions` look for; empty: the six SARDet-100K classes, the nine grid cells.
        coords: The convention that boxes are written in (see `sarbench.coords`).
        size: Width and height of the native image; boxes can only be out of range where it is known.

    Returns:
        The value, the outcome, and the name of the rule.

    Raises:
        UnknownNameError: No such kind or convention: the caller's mistake, never that of the text.
        InputError: Boxes of a convention that depends on the size of the image, without that size.

    >>> answer = parse("{<393><426><470><494>} (bottom right)", kind="boxes", size=(512, 512))
    >>> answer.value.tolist(), answer.outcome, answer.rule
    ([[393.0, 426.0, 470.0, 494.0]], 'ok', 'angled')
    >>> parse("There are 4 instances. {<294><358><329><427>}", kind="count").value
    4
    """
    convention = parse_convention(coords) if isinstance(coords, str) else coords
    if kind not in KINDS:
        raise UnknownNameError(where=kind, problem="is no kind of answer", fix=f"Use one of: {', '.join(KINDS)}")
    if kind == "boxes":
        to_pixels([], convention, size)
    if _clean.harness_failed(text):
        return Parsed(None, "failed", "harness_message")
    answer = _clean.without_reasoning(text)
    if _clean.is_blank(_clean.without_special_tokens(answer)):
        unfinished = not _clean.is_blank(text) and answer != text
        return Parsed(None, "empty", "reasoning_only" if unfinished else "blank")
    if kind == "text":
        return _free_text(_clean.without_special_tokens(answer).strip())
    plain = _clean.plain(_clean.without_special_tokens(answer))
    read = _read(plain, kind, tuple(choices), convention, size)
    if read.outcome == "unparsable" and refuses(plain):
        return Parsed(None, "refused", "refusal")
    return read


def _read(text: str, kind: str, choices: tuple[str, ...], convention: Convention, size: Size | None) -> Parsed:
    if kind == "boxes":
        return read_boxes(text, of_choices(choices), convention, size)
    sentences = without_refusals(text)
    match kind:
        case "count":
            return read_count(sentences)
        case "yes_no":
            return read_yes_no(sentences)
        case "label":
            return read_label(sentences, of_choices(choices))
        case "labels":
            return read_labels(sentences, of_choices(choices))
        case "position":
            return read_position(sentences, choices)
        case "fields":
            return read_fields(sentences, of_choices(choices))
        case _:
            return read_mentions(sentences, of_choices(choices))


def _free_text(text: str) -> Parsed:
    if is_only_refusal(text):
        return Parsed(None, "refused", "refusal")
    return Parsed(text, "ok", "text")
