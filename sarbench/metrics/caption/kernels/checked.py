"""What `count` accepts: strings in pairs, and every item with at least one reference."""

from collections.abc import Sequence
from itertools import chain

from sarbench.errors import InputError
from sarbench.metrics._paired import length


def check(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> None:
    """Refuse what cannot be scored, naming the first item that is wrong.

    Raises:
        InputError: No items, lengths that differ, an item without references, something that is not a string, or a
            string in the place of a list of references.
    """
    if isinstance(predictions, str) or isinstance(references, str):
        _refuse("captions", "a single string stands where a list is expected", "Give lists, with one entry per item")
    given, meant = length(predictions, "predictions"), length(references, "references")
    if given != meant:
        _refuse(
            "captions",
            f"there are {given:,} predictions but {meant:,} lists of references",
            "Give one list of references for each prediction, in the same order",
        )
    if not given:
        _refuse("captions", "there are no items to score", "Give at least one prediction with its references")
    # The quick look over everything; only when it fails is the culprit searched for.
    if set(map(type, predictions)) != {str}:
        for index, text in enumerate(predictions):
            _check_text(text, f"prediction {index}")
    if not {list, tuple}.issuperset(map(type, references)) or not all(references):
        for index, texts in enumerate(references):
            _check_references(texts, index)
    if set(map(type, chain.from_iterable(references))) != {str}:
        for index, texts in enumerate(references):
            for place, text in enumerate(texts):
                _check_text(text, f"reference {place} of item {index}")


def _check_references(texts: object, index: int) -> None:
    if texts is None or isinstance(texts, str | bytes) or not isinstance(texts, Sequence):
        _refuse(
            f"references of item {index}",
            f"are {type(texts).__name__} instead of a list of strings",
            "Give a list of strings, even for a single reference",
        )
    elif not len(texts):
        _refuse(f"references of item {index}", "are empty", "Give at least one reference, or leave the item out")


def _check_text(text: object, where: str) -> None:
    if not isinstance(text, str):
        _refuse(
            where,
            f"is {type(text).__name__} instead of a string",
            'Give a string; an answer that is missing is ""',
        )


def _refuse(where: str, problem: str, fix: str) -> None:
    raise InputError(where=where, problem=problem, fix=fix)
