"""FUSAR-KLIP's closed answers (arXiv 2509.23927): one of a list of accepted texts.

Source of the rule: `load_results`, `compute_accuracy` and `evaluate` of train_vqa.py (repository
yangyifremad/FUSAR-KLIP). Its published numbers are those of the split that the epoch was chosen on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sarbench.errors import InputError
from sarbench.metrics._paired import check_paired

Protocol = Literal["strict", "paper"]


@dataclass(frozen=True)
class ClosedAnswers:
    """N questions with lists of accepted answers."""

    accuracy: float | None
    n: int
    """Questions in the denominator."""
    unanswered: int


def closed_answer(prediction: str | None, answers: Sequence[str]) -> bool:
    """Return whether a lower-cased prediction is one of the listed answers, lower-cased: FUSAR-KLIP's rule.

    Nothing is stripped and no punctuation removed. An unanswered question (None) is wrong.

    Raises:
        InputError: No answer is listed, or a single text in place of a list.

    >>> closed_answer("Farmland", ["farmland", "water"]), closed_answer("farmland.", ["farmland"])
    (True, False)
    """
    if not isinstance(answers, Collection) or not len(answers) or not all(map(_is_text, answers)) or _is_text(answers):
        raise InputError(where=f"answers {answers!r}", problem="are no list of texts", fix="List the accepted answers")
    if prediction is not None and not _is_text(prediction):
        fix = "Give a text, None for an unanswered question"
        raise InputError(where=f"prediction {prediction!r}", problem="is no text", fix=fix)
    return prediction is not None and prediction.lower() in {answer.lower() for answer in answers}


def closed_answers(
    predictions: Sequence[str | None], answers: Sequence[Sequence[str]], *, protocol: Protocol = "strict"
) -> ClosedAnswers:
    """Score closed answers: `paper` leaves unanswered questions out of the denominator, `strict` counts them as wrong.

    Args:
        predictions: The texts; None where there is none.
        answers: For each question the accepted answers.
        protocol: `paper` is the rule of FUSAR-KLIP's script, `strict` is sarbench's.

    Raises:
        InputError: The lists differ in length, a question without answers, or an unknown protocol.

    >>> [closed_answers(["3", None], [["3"], ["2"]], protocol=name).accuracy for name in ("paper", "strict")]
    [1.0, 0.5]
    """
    if not isinstance(protocol, str) or protocol not in get_args(Protocol):
        raise InputError(where=f"protocol {protocol!r}", problem="is unknown", fix='Give "strict" or "paper"')
    check_paired(predictions, answers)
    right = [closed_answer(said, listed) for said, listed in zip(predictions, answers, strict=True)]
    unanswered = sum(said is None for said in predictions)
    n = len(right) - (unanswered if protocol == "paper" else 0)
    return ClosedAnswers(accuracy=sum(right) / n if n else None, n=n, unanswered=unanswered)


def _is_text(given: object) -> bool:
    return isinstance(given, str)
