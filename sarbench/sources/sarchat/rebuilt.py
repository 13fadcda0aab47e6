"""SARDet-100K's boxes → rows of SARChat's six tasks."""

from collections.abc import Iterator

from sarbench.schema import Row, Source, Task, TextOrigin
from sarbench.sources import _flags
from sarbench.sources._report import Report
from sarbench.sources._rows import RowMaker, Sample
from sarbench.sources._split import OpenSplit
from sarbench.sources.coco.scenes import Scene, read_split
from sarbench.sources.reading.files import DataFolder
from sarbench.sources.sarchat.authors import DATASET
from sarbench.sources.sarchat.rules import Rebuilt, rebuild

PREFIX = "rebuilt-"


def rebuilt_split(folder: DataFolder, config: str, task: Task, split: str, *, report: Report) -> OpenSplit:
    """Open one split of one `rebuilt-…` config.

    Args:
        folder: A folder with SARDet-100K, or another set in its layout.
        config: The config's name with its prefix.
        task: The task of its rows.
        split: `train`, `validation` or `test`: SARDet-100K's own.
        report: Where problems of the annotation file are noted.

    Raises:
        InputError: The annotation file of this split is missing or cannot be used.
    """
    part = read_split(folder, split, dataset=DATASET, report=report)
    origin: TextOrigin = "simulated" if part.simulated else "derived"

    def rows(span: range, report: Report) -> Iterator[Row]:
        maker = RowMaker(DATASET, config, split, origin)
        for scene in part.scenes(span, report):
            if _flags.BOX_DROPPED in scene.flags and config != f"{PREFIX}identification":
                problem = "a box of the image is lost, so its targets are not asked for"
                report.skip(file=str(part.source.file), record=scene.stem, problem=problem)
                continue
            boxes = [target.box for target in scene.targets]
            for made in rebuild(config.removeprefix(PREFIX), scene.stem, scene.size, boxes):
                yield maker.row(scene.stem, scene.image, _sample(made, scene, task, part.source))

    return OpenSplit(part.groups, rows)


def _sample(made: Rebuilt, scene: Scene, task: Task, source: Source) -> Sample:
    record = scene.record if made.about is None else scene.record_of(scene.targets[made.about])
    return Sample(
        source=source,
        task=task,
        subtask=made.subtask,
        question=made.question,
        answers=(made.answer,),
        choices=made.choices,
        boxes=made.boxes,
        region=made.region,
        count=made.count,
        flags=scene.flags,
        record=record,
    )
