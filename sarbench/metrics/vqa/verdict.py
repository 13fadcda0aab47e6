"""What a rule says about one answer, and what a judgement needs to be given."""

from typing import Literal, NamedTuple, get_args

from sarbench.errors import InputError, UnknownNameError

Protocol = Literal["paper", "strict"]
"""`paper` is the published rule of SARLANG-1M and VRSBench, `strict` sarbench's own."""

PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)


class Verdict(NamedTuple):
    """Whether an answer is right, and the name of the rule that decided or gave up."""

    correct: bool | None
    """None where the rules leave it to a judge."""
    rule: str


def check_text(prediction: object, truth: object, *, index: int | None = None) -> None:
    """Refuse what is no text; `index` is its place in a list.

    Raises:
        InputError: The prediction is neither text nor None, or the truth is no text.
    """
    place = "" if index is None else f" at {index}"
    if not isinstance(truth, str):
        raise InputError(
            where=f"truth {truth!r}{place}",
            problem="is no text",
            fix="Give the text of the accepted answer as the file has it",
        )
    if prediction is not None and not isinstance(prediction, str):
        raise InputError(
            where=f"prediction {prediction!r}{place}",
            problem="is no text",
            fix="Give the model's text as it came; None stands for an answer that is missing",
        )


def check_not_blank(truth: str, *, index: int | None = None) -> None:
    """Refuse a truth that says nothing: no answer to it can be right.

    Raises:
        InputError: The truth is empty or white space.
    """
    if not truth.strip():
        place = "" if index is None else f" at {index}"
        raise InputError(
            where=f"truth {truth!r}{place}", problem="is empty: no answer can be right", fix="Leave such questions out"
        )


def check_protocol(protocol: str) -> None:
    """Refuse a protocol that answers to questions do not have.

    Raises:
        UnknownNameError: There is no such protocol.
    """
    if not isinstance(protocol, str) or protocol not in PROTOCOLS:
        raise UnknownNameError(
            where=f"{protocol}",
            problem="is no protocol of question answering",
            fix=f"Use one of: {', '.join(PROTOCOLS)}",
        )
