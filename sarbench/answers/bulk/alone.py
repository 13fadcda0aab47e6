"""Read answers whose structure no other answer shares: text by text, their boxes converted all at once."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from sarbench.answers._boxes import Written, in_pixels
from sarbench.answers.bulk.sizes import UNKNOWN
from sarbench.answers.parse import boxes_as_written, parse
from sarbench.answers.parsed import Parsed
from sarbench.answers.vocabulary import Vocabulary
from sarbench.coords import Convention


def read_alone(
    texts: Sequence[str],
    chosen: Iterable[int],
    words: Vocabulary,
    convention: Convention,
    known: npt.NDArray[np.int64] | None,
) -> dict[int, Parsed]:
    """Return what `parse` gives for some of the texts, by their indices in rising order.

    Args:
        texts: N texts.
        chosen: Which of them.
        words: Class words.
        convention: What the numbers are.
        known: [N, 2] widths and heights, `UNKNOWN` where there is none.
    """
    read: dict[int, Parsed] = {}
    sized: dict[int, Written] = {}
    unsized: dict[int, Written] = {}
    for index in chosen:
        answer = boxes_as_written(texts[index], words)
        if isinstance(answer, Parsed):
            read[index] = answer
        elif known is not None and known[index, 0] != UNKNOWN:
            sized[index] = answer
        elif answer.own_frame():
            read[index] = parse(texts[index], kind="boxes", choices=words.names, coords=convention)
        else:
            unsized[index] = answer
    for answers, sizes in ((sized, known), (unsized, None)):
        if answers:
            within = None if sizes is None else np.repeat(sizes[list(answers)], _counts(answers.values()), axis=0)
            read.update(zip(answers, in_pixels(list(answers.values()), convention, within), strict=True))
    return dict(sorted(read.items()))


def _counts(answers: Iterable[Written]) -> list[int]:
    return [len(answer.boxes) for answer in answers]
