"""Putting rows together: identity and hashes."""

from dataclasses import dataclass, field

import msgspec

from sarbench.schema import Box, Geo, Row, Source, Task, TaskOrigin, TextOrigin, sample_sha256, source_key
from sarbench.sources import _flags
from sarbench.sources.reading.images import LoadedImage


class Sample(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What differs from row to row. The fields are the columns of the schema."""

    source: Source
    task: Task
    subtask: str | None = None
    task_origin: TaskOrigin = "file"
    question: str | None = None
    answers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    region: tuple[float, ...] = ()
    count: int | None = None
    geo: Geo | None = None
    dialogue_id: str | None = None
    turn: int | None = None
    flags: tuple[str, ...] = ()
    record: str


@dataclass
class RowMaker:
    """Makes the rows of one split.

    Rows with equal stem, question and answers are told apart by a repeat number. It is counted per stem, so the rows of
    one stem must come together.
    """

    dataset: str
    config: str
    split: str
    text_origin: TextOrigin
    _stem: str | None = None
    _met: dict[str, int] = field(default_factory=dict)

    def row(self, stem: str, image: LoadedImage | None, sample: Sample, *, image_id: str | None = None) -> Row:
        """Return the row of one sample.

        Args:
            stem: The image's stem as the authors' text has it.
            image: The image; None for a row of text alone.
            sample: Everything else.
            image_id: The image's identity where there is no image.
        """
        if stem != self._stem:
            self._stem, self._met = stem, {}
        key = source_key(stem, sample.question, sample.answers, 0)
        repeat = self._met.get(key, 0)
        self._met[key] = repeat + 1
        if repeat:
            key = source_key(stem, sample.question, sample.answers, repeat)
        image_sha256 = image.sha256 if image else None
        return Row(
            id=f"{self.dataset}/{self.config}/{self.split}/{key}",
            dataset=self.dataset,
            config=self.config,
            split=self.split,
            task=sample.task,
            subtask=sample.subtask,
            task_origin=sample.task_origin,
            text_origin=self.text_origin,
            image=image.image if image else None,
            raw_image=image.raw if image else None,
            image_id=image.image_id if image else image_id,
            image_sha256=image_sha256,
            width=image.width if image else None,
            height=image.height if image else None,
            question=sample.question,
            answers=sample.answers,
            choices=sample.choices,
            boxes=sample.boxes,
            region=sample.region,
            count=sample.count,
            geo=sample.geo,
            source=sample.source,
            dialogue_id=sample.dialogue_id,
            turn=sample.turn,
            flags=_flagged(sample.flags, image),
            record=sample.record,
            sample_sha256=sample_sha256(
                image_sha256=image_sha256,
                question=sample.question,
                choices=sample.choices,
                answers=sample.answers,
                boxes=sample.boxes,
                region=sample.region,
                count=sample.count,
            ),
        )


def _flagged(flags: tuple[str, ...], image: LoadedImage | None) -> tuple[str, ...]:
    return flags if image is None or image.raw is None else tuple(sorted({*flags, _flags.DISPLAY_STRETCH}))
