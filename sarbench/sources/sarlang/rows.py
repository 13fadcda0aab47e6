"""SARLANG-1M's texts and images → rows, the rows of one image together."""

from collections.abc import Iterator
from functools import partial

from sarbench.schema import Geo, Row, Source
from sarbench.sources import _flags
from sarbench.sources._boxes import placement
from sarbench.sources._report import Report
from sarbench.sources._rows import RowMaker, Sample
from sarbench.sources.reading.ahead import ahead
from sarbench.sources.reading.by_image import Group, Groups, stem_of
from sarbench.sources.reading.files import SPLIT_WORDS, DataFile, plain
from sarbench.sources.reading.images import ImageIndex, LoadedImage, UnusableImage
from sarbench.sources.sarlang.files import Content, Imagery
from sarbench.sources.sarlang.names import SARDET, Upstream, geo_of, upstream_of
from sarbench.sources.sarlang.rules import Reading, read_question
from sarbench.sources.sarlang.texts import Asked, Texts

DATASET = "sarlang-1m"
SARDET_SPLITS = {"train": "train", "validation": "val", "test": "test"}
"""Split → SARDet-100K's own name of it."""

_Found = tuple[LoadedImage, Source] | UnusableImage


class SarlangRows:
    """The rows of one config and split, any run of groups at a time."""

    def __init__(
        self, content: Content, texts: Texts, groups: Groups, index: ImageIndex, *, imagery: Imagery, simulated: bool
    ) -> None:
        self._config, self._split = content
        self._texts = texts
        self._groups = groups
        self._index = index
        self._imagery = imagery
        self._simulated = simulated
        self._image_split = image_split(content)
        self._sources: dict[tuple[Upstream, str | None], Source] = {}

    def rows(self, span: range, report: Report) -> Iterator[Row]:
        """Yield the rows of the groups `span.start` … `span.stop - 1`."""
        maker = RowMaker(DATASET, self._config, self._split, "simulated" if self._simulated else "authors")
        for loading in ahead(partial(self._load, place) for place in span):
            group, images = loading.result()
            geo = geo_of(group.stem)
            for name, _, number in group.records:
                found = images[name]
                if isinstance(found, UnusableImage):
                    detail = f"{self._texts.name(number)} ({found.detail})"
                    report.skip(file=self._texts.file, record=detail, problem=found.problem)
                    continue
                image, source = found
                for sample in self._samples(number, image, source, geo, report):
                    yield maker.row(group.stem, image, sample)

    def _load(self, place: int) -> tuple[Group, dict[str, _Found]]:
        """Read the images of one stem: one, unless the authors' names differ in folder or suffix."""
        group = self._groups[place]
        found: dict[str, _Found] = {}
        for name in dict.fromkeys(name for name, _, _ in group.records):
            try:
                file = self._index.find(name, split=self._image_split)
                found[name] = (self._index.load(file, dataset=DATASET), self._source(group.stem, file))
            except UnusableImage as unusable:
                found[name] = unusable
        return group, found

    def _samples(
        self, number: int, image: LoadedImage, source: Source, geo: Geo | None, report: Report
    ) -> Iterator[Sample]:
        """Yield what one record asks; what is wrong with it goes into the report."""
        texts = self._texts.asked(number)
        several = len(texts) > 1
        for turn, asked in enumerate(texts):
            if problem := self._empty(asked):
                detail = f"{self._texts.name(number)} ({image.image_id}): {asked.question or asked.answer}"
                report.skip(file=self._texts.file, record=detail, problem=problem)
                continue
            reading = self._reading(asked)
            yield Sample(
                source=source,
                task=reading.task,
                task_origin=reading.task_origin,
                question=asked.question or None,
                answers=(asked.answer,),
                choices=reading.choices,
                region=reading.region,
                count=reading.count,
                geo=geo,
                dialogue_id=f"{stem_of(self._texts.file)}-{number}" if several else None,
                turn=turn if several else None,
                flags=self._flags(number, asked, reading, image, report),
                record=self._texts.record(number),
            )

    @property
    def _is_caption(self) -> bool:
        return self._config.startswith("caption")

    def _empty(self, asked: Asked) -> str | None:
        if not asked.answer:
            return "empty answer"
        return None if asked.question or self._is_caption else "empty question"

    def _reading(self, asked: Asked) -> Reading:
        if self._is_caption:
            return Reading("caption", "file")
        return read_question(asked.question or "", asked.answer)

    def _flags(
        self, number: int, asked: Asked, reading: Reading, image: LoadedImage, report: Report
    ) -> tuple[str, ...]:
        """Return the flags of a row; everything doubtful is noted in the report."""
        flags, problems = set(reading.flags), list(reading.problems)
        if reading.region:
            place = placement(reading.region, image.width, image.height)
            if place != "inside":
                flags.add(_flags.BOX_OUTSIDE_IMAGE)
                words = "reaches over the edge of" if place == "partly" else "lies wholly outside"
                problems.append(f"box in the question {words} the image")
        if problems:
            size = f"{image.width} × {image.height}"
            detail = f"{self._texts.name(number)} ({image.image_id}, {size}): {asked.question} → {asked.answer}"
            for problem in problems:
                report.flag(file=self._texts.file, record=detail, problem=problem)
        return tuple(sorted(flags))

    def _source(self, stem: str, file: DataFile) -> Source:
        upstream = upstream_of(stem)
        sardet = upstream is SARDET
        key = (upstream, _folder_split(file) if sardet else None)
        if key not in self._sources:
            self._sources[key] = Source(
                dataset=upstream.dataset,
                split=key[1],
                file=self._texts.file,
                licence="simulated" if self._simulated else upstream.licence,
                imagery=None if sardet else self._imagery,
                box_frame="unknown" if self._is_caption else "native pixels",
                box_edges="unknown" if self._is_caption else "exclusive",
            )
        return self._sources[key]


def image_split(content: Content) -> str:
    """Return the split whose folder the images lie in, where several folders have an image of the name.

    SARVQA1's test images are SARDet-100K's validation images: the counts of images and boxes agree.
    """
    config, split = content
    return "validation" if config == "vqa1" and split == "test" else split


def _folder_split(file: DataFile) -> str | None:
    """Return SARDet-100K's own name of the split whose folder the image lies in."""
    for part in reversed(file.parts[:-1]):
        if split := SPLIT_WORDS.get(plain(part)):
            return SARDET_SPLITS[split]
    return None
