"""sarbench's own rule for answers to questions: read both sides, compare what they say, never look for substrings."""

from typing import NamedTuple

from sarbench.answers import parse, short_text
from sarbench.metrics.vqa.synonym_pairs import one_wording
from sarbench.metrics.vqa.truths import READ_AS, Form, Truth, read_truth
from sarbench.metrics.vqa.verdict import Verdict, check_text

_CLOSED: tuple[Form, ...] = ("presence", "counting", "label", "position")
_EQUAL = {form: Verdict(correct=True, rule=form) for form in _CLOSED}
_OTHER = {form: Verdict(correct=False, rule=form) for form in _CLOSED}
_UNREAD = {form: Verdict(correct=False, rule=f"{form}_unread") for form in _CLOSED}
_EQUAL_TEXT = Verdict(correct=True, rule="equal_text")
_SYNONYM = Verdict(correct=True, rule="synonym")
_NO_ANSWER = Verdict(correct=False, rule="no_answer")
_UNDECIDED = Verdict(correct=None, rule="undecided")

RULES = (*_CLOSED, *(f"{form}_unread" for form in _CLOSED), "equal_text", "synonym", "no_answer", "undecided")
"""Every rule that a verdict may name."""

_SILENT = ("empty", "refused", "failed")


class Answer(NamedTuple):
    """A prediction, read as the truth asks."""

    value: str | int | None
    """As `Truth.value`; None where nothing could be read, or several values were."""
    silent: bool
    """Whether the model gave no answer: empty text, a refusal, a message of the harness."""
    open: bool = False
    """Whether it counts several classes, of which nobody said which one was asked for."""


def judge(prediction: str | None, truth: str, *, kind: str | None, asked: str | None = None) -> Verdict:
    """Judge one answer. This is sarbench's own rule and no paper's.

    The truth says how the answer is read (`truths.read_truth`). The rules:

    - `presence`, `counting`, `label`, `position`: both sides were read by `sarbench.answers.parse` and are equal, or
      not; with `_unread` behind the name, the answer holds no such value or several ("yes and no"), and is wrong;
    - `equal_text`: free texts of equal normal form (`sarbench.answers.short_text`): right;
    - `synonym`: equal once the paper's own pairs are one word (`synonym_pairs`): right;
    - `no_answer`: empty text, a refusal, None, or a message of the harness (leave those out beforehand): wrong;
    - `undecided`: other free text, which only a judge could tell, a refusal where the truth is one in other words, and
      numbers of several classes where nobody said which one is asked for.

    Args:
        prediction: The model's text; None stands for an answer that is missing.
        truth: The accepted answer as the file has it.
        kind: What the question asks for, one of `truths.KINDS`; None: told from the truth alone.
        asked: The class that the question counts, e.g. "ship", where it is known. Of "3 ships and 2 planes" it tells
            which number is the answer; without it that is undecided.

    Returns:
        The verdict; accuracy (0..1, higher is better) is the share of right ones; `undecided.bounds` gives both ends.

    Raises:
        InputError: One of them is no text, or the truth is blank.
        UnknownNameError: There is no such kind.

    >>> judge("There are two ships.", "2.", kind="counting"), judge("cargo", "car", kind=None).correct
    (Verdict(correct=True, rule='counting'), False)
    >>> judge("A soccer field", "Football field.", kind="vqa"), judge("Blocks", "Grid pattern.", kind="attribute")
    (Verdict(correct=True, rule='synonym'), Verdict(correct=None, rule='undecided'))
    """
    check_text(prediction, truth)
    true = read_truth(truth, kind)
    return compare(read_answer(prediction, true.form, asked), true)


def read_answer(prediction: str | None, form: Form, asked: str | None = None) -> Answer:
    """Read a prediction as a truth of that form asks."""
    if prediction is None:
        return Answer(None, silent=True)
    read = parse(prediction, kind=READ_AS[form], asked=asked)
    silent = read.outcome in _SILENT
    if form != "text":
        return Answer(read.value if read.outcome == "ok" else None, silent, read.rule == "several_classes")
    # A refusal keeps its words: the truth may be one too ("It cannot be determined.").
    said = short_text(read.value if read.outcome == "ok" else prediction)
    return Answer(said or None, silent or not said)


def compare(answer: Answer, true: Truth) -> Verdict:
    """Compare what was read from an answer with a truth of the same form."""
    if true.form == "text":
        return _compare_texts(answer, str(true.value))
    if answer.silent:
        return _NO_ANSWER
    if answer.open:
        return _UNDECIDED
    if answer.value is None:
        return _UNREAD[true.form]
    return _EQUAL[true.form] if answer.value == true.value else _OTHER[true.form]


def _compare_texts(answer: Answer, true: str) -> Verdict:
    if answer.value == true:
        return _EQUAL_TEXT
    if answer.silent:
        # Where to refuse is the truth, another wording of it is for a judge.
        return _UNDECIDED if _refuses(str(answer.value)) and _refuses(true) else _NO_ANSWER
    return _SYNONYM if one_wording(str(answer.value)) == one_wording(true) else _UNDECIDED


def _refuses(text: str) -> bool:
    return parse(text, kind="text").outcome == "refused"
