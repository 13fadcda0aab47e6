"""SARDet-100K: images with boxes of six classes in the COCO layout; HRSID and other sets in that layout are read too.

Layout: `Annotations/{train,val,test}.json` with `JPEGImages/{train,val,test}/` (SARDet-100K) or
`annotations/{train2017,test2017}.json` with `JPEGImages/` (HRSID), in any letter case, with or without an enclosing
folder, unpacked or zipped. Boxes are turned from x, y, width, height to corners; a row has no question and no answer.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sarbench.schema import Row, TextOrigin
from sarbench.sources._card import ConfigCard, DatasetCard, check_names, check_options
from sarbench.sources._report import Report
from sarbench.sources._rows import RowMaker, Sample
from sarbench.sources._split import NO_OPTIONS, OpenSplit, all_rows
from sarbench.sources.coco.scenes import find_annotations, read_split
from sarbench.sources.reading.files import DataFolder
from sarbench.sources.reading.images import ImageIndex

_CONFIG = "detection"

CARD = DatasetCard(
    name="sardet-100k",
    title="SARDet-100K",
    summary=(
        "Object detection in SAR images: 116,598 images with 245,653 boxes of six classes, put together from ten "
        "published sets. Any COCO set of the same classes, such as HRSID, is read too."
    ),
    licence="CC BY-NC 4.0; the component sets keep their own terms",
    may_show_images=False,
    may_show_texts=True,
    may_redistribute=False,
    obtain=(
        "Download SARDet-100K from the links in the README of https://github.com/zcablii/SARDet_100K (Kaggle "
        "`greatbird/sardet-100k` or Baidu NetDisk). Keep the layout Annotations/{train,val,test}.json with the images "
        "in JPEGImages/{train,val,test}/ or Images/{train,val,test}/; a zip need not be unpacked."
    ),
    released="All images and boxes; the boxes of the test split since 2024-08-31.",
    homepage="https://github.com/zcablii/SARDet_100K",
    upstream=("SARDet-100K",),
    access="Kaggle, Baidu NetDisk",
    counts={"images": 116_598, "boxes": 245_653},
    citation="""@inproceedings{li2024sardet,
  title = {{SARDet-100K}: Towards Open-Source Benchmark and ToolKit for Large-Scale {SAR} Object Detection},
  author = {Li, Yuxuan and Li, Xiang and Li, Weijie and Hou, Qibin and Liu, Li and Cheng, Ming-Ming and Yang, Jian},
  booktitle = {Advances in Neural Information Processing Systems},
  year = {2024},
  eprint = {2403.06534},
  archivePrefix = {arXiv}
}""",
    configs=(
        ConfigCard(
            name=_CONFIG,
            task="grounding",
            splits=("train", "validation", "test"),
            summary="All boxes of an image with their classes, without a question",
            text_origin="authors",
        ),
    ),
    caveats=(
        "Which image came from which of the ten component sets is not recorded, so sensor and resolution are unknown.",
        "Whether tiles of one scene fall into several splits was not established.",
        "Annotation files of test downloaded before 2024-08-31 hold no boxes and are refused.",
    ),
)


def splits(data_dir: Path) -> dict[str, tuple[str, ...]]:
    """Return config → splits for which there is an annotation file.

    Raises:
        InputError: The folder is missing, or has no annotation file, or several for one split.
    """
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        found = find_annotations(folder)
        if not found:
            raise folder.nothing_usable(looked_for="COCO files such as Annotations/train.json, val.json and test.json")
        return {_CONFIG: tuple(found)}


def open_split(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> AbstractContextManager[OpenSplit]:
    """Read the annotations of one split; its rows are one per image, with every box and its class.

    Args:
        data_dir: The folder with the authors' files.
        config: `detection`.
        split: `train`, `validation` or `test`.
        report: Where problems of the annotation file are noted.
        options: There are none.

    Raises:
        UnknownNameError: There is no such config, split or option.
        InputError: The files of this split are missing or cannot be used.
    """
    check_names(CARD, config, split)
    check_options(CARD, options)
    return _open(data_dir, split, report)


def rows(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> Iterator[Row]:
    """Yield all rows of one split; the arguments and errors are those of `open_split`."""
    return all_rows(open_split(data_dir, config, split, report=report, options=options), report)


@contextmanager
def _open(data_dir: Path, split: str, report: Report) -> Iterator[OpenSplit]:
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        part = read_split(folder, split, dataset=CARD.name, report=report)
        origin: TextOrigin = "simulated" if part.simulated else "authors"

        def rows(span: range, report: Report) -> Iterator[Row]:
            maker = RowMaker(CARD.name, _CONFIG, split, origin)
            for scene in part.scenes(span, report):
                boxes = tuple(target.box for target in scene.targets)
                sample = Sample(
                    source=part.source, task="grounding", boxes=boxes, flags=scene.flags, record=scene.record
                )
                yield maker.row(scene.stem, scene.image, sample)

        yield OpenSplit(part.groups, rows)


def files(data_dir: Path) -> tuple[Path, ...]:
    """Return the annotation files, and the folders and archives that hold images."""
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        annotations = {file.disk for file in find_annotations(folder).values()}
        return tuple(sorted(annotations.union(ImageIndex(folder).places())))
