"""Does the batch size change answers? It should not; in 16-bit arithmetic it may, and one should know how often."""

from collections.abc import Sequence
from dataclasses import dataclass

from sarbench.lmms.hf.generation import Generation
from sarbench.lmms.hf.model import Answer, Conversation, HfModel


@dataclass(frozen=True)
class Difference:
    """A question whose answer depends on the batch size."""

    index: int
    alone: str
    batched: str


@dataclass(frozen=True)
class BatchInvariance:
    """Answers one by one beside answers in batches.

    Attributes:
        items: Questions that were answered both ways.
        failed: Questions that failed in one way or both; they are not counted in `items`.
        batch_size: The batch size that was compared with 1: smaller than asked for where the memory was too small.
        differing: Those whose texts differ.
    """

    items: int
    failed: int
    batch_size: int
    differing: tuple[Difference, ...]

    @property
    def share(self) -> float | None:
        """Share of differing answers, 0 to 1; None where nothing was answered."""
        return len(self.differing) / self.items if self.items else None

    def in_words(self) -> str:
        """Return the sentence that a manifest notes.

        >>> BatchInvariance(items=3, failed=1, batch_size=8, differing=(Difference(2, "4", "5"),)).in_words()
        '1 of 3 answers differ between batch size 1 and 8; 1 failed and were not compared'
        """
        failed = f"; {self.failed} failed and were not compared" if self.failed else ""
        return (
            f"{len(self.differing)} of {self.items} answers differ between batch size 1 and {self.batch_size}{failed}"
        )


def batch_invariance(
    model: HfModel, conversations: Sequence[Conversation], generation: Generation, *, batch_size: int
) -> BatchInvariance:
    """Ask every question alone and in batches, and compare the texts.

    Left padding and masks make a batch equal to its members in exact arithmetic. With float32 on a CPU no answer
    should differ. With bfloat16 the matrix products of other shapes round otherwise, so a few near-ties may turn: the
    share is to be reported, not to be zero.

    Args:
        model: The model; its batch size is as before afterwards.
        conversations: The questions.
        generation: How to generate; sampling is not comparable and should be off.
        batch_size: The batch size to compare with 1.
    """
    questions = [lambda conversation=conversation: conversation for conversation in conversations]
    before = model.batch_size
    try:
        model.batch_size = 1
        alone = model.answers(questions, generation)
        model.batch_size = batch_size
        batched = model.answers(questions, generation)
        reached = model.batch_size
    finally:
        model.batch_size = before
    return _compare(alone, batched, batch_size=reached)


def _compare(alone: Sequence[Answer], batched: Sequence[Answer], *, batch_size: int) -> BatchInvariance:
    pairs = [
        (index, one.text, other.text)
        for index, (one, other) in enumerate(zip(alone, batched, strict=True))
        if one.error is None and other.error is None
    ]
    return BatchInvariance(
        items=len(pairs),
        failed=len(alone) - len(pairs),
        batch_size=batch_size,
        differing=tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2]),
    )
