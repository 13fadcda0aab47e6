"""What is remembered of every row of a split: hashes of its parts, so that millions of rows can be compared."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sarbench.build.quality.batch import Batch
from sarbench.build.quality.texts import Hashes, Mask, distinct, hashed, mixed

OPEN_TASKS = ("caption", "retrieval", "grounding", "referring")
"""Tasks without a short answer that others could share: several captions of one image are no contradiction."""


@dataclass(frozen=True)
class Keys:
    """One entry per row; 0 stands for nothing.

    Attributes:
        id: The row's id.
        image: SHA-256 of the image.
        name: The image's name.
        question: The question.
        subject: The question and the region it talks about.
        target: The answers, and the boxes where there are none.
        answer: The number of a counting row, else the answer in lower case without end mark; nothing for open tasks.
        task: Place in `TASKS`.
    """

    id: Hashes
    image: Hashes
    name: Hashes
    question: Hashes
    subject: Hashes
    target: Hashes
    answer: Hashes
    task: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.id)

    @property
    def shows(self) -> Hashes:
        """What a row is about: its image, or its name where the image is not there."""
        return np.where(self.image != 0, self.image, self.name)


def keys_of(batch: Batch) -> Keys:
    """Hash the rows of a batch."""
    question = _where(batch.questions.lengths > 0, batch.questions.hashes())
    target = batch.answers.hashes()
    if len(batch.boxes):
        boxes = np.zeros(len(batch), dtype=np.uint64)
        np.add.at(boxes, batch.boxes.rows, batch.boxes.hashes)  # the order of boxes does not count
        target = np.where(batch.answers.lengths > 0, target, mixed(target, boxes))
    subject = question
    if len(batch.regions):
        region = np.zeros(len(batch), dtype=np.uint64)
        region[batch.regions.rows] = batch.regions.hashes
        subject = mixed(question, region)
    counted = batch.with_task("counting") & (batch.counts >= 0)
    return Keys(
        id=hashed(batch.ids().to_pylist()),
        image=_where(batch.images.lengths > 0, batch.images.hashes()),
        name=_where(batch.names.lengths > 0, batch.names.hashes()),
        question=question,
        subject=subject,
        target=_where((batch.answers.lengths > 0) | (batch.box_numbers > 0), target),
        answer=np.where(
            counted, batch.counts.astype(np.uint64), _answers(batch, ~counted & ~batch.with_task(*OPEN_TASKS))
        ),
        task=batch.tasks,
    )


def joined(parts: list[Keys]) -> Keys:
    """Put the keys of batches one below the other."""
    columns = Keys.__dataclass_fields__
    return Keys(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in columns})


class RowIds:
    """The ids of a split without what they have in common, about 25 bytes a row."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._parts: list[tuple[bool, pa.Array]] = []
        self._starts = [0]

    def add(self, ids: pa.Array) -> None:
        """Take in the ids of a batch."""
        common = bool(pc.all(pc.starts_with(ids, self._prefix)).as_py())
        kept = pc.utf8_slice_codeunits(ids, len(self._prefix)) if common else ids
        self._parts.append((common, kept))
        self._starts.append(self._starts[-1] + len(ids))

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, row: int) -> str:
        part = int(np.searchsorted(self._starts, row, side="right")) - 1
        common, ids = self._parts[part]
        text = str(ids[row - self._starts[part]].as_py())
        return self._prefix + text if common else text


def _answers(batch: Batch, rows: Mask) -> Hashes:
    """Hash the answers of some rows without case and end mark."""
    answers = batch.answers
    wanted = distinct(answers.codes[rows])
    hashes = np.zeros(len(answers.values) + 1, dtype=np.uint64)
    hashes[wanted] = hashed(answers.plain.take(pa.array(wanted)).to_pylist())
    return np.where(rows, hashes[answers.codes], np.uint64(0))


def _where(there: Mask, hashes: Hashes) -> Hashes:
    return np.where(there, hashes, np.uint64(0))
