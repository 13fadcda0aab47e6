"""FUSAR-GEOVL-1M: scenes described in eight fields; so far 1,000 records of text without images.

Config `fields` has one row per field: our question, and as the answer the authors' value without its fixed beginning
("Water presence: "). Config `caption` has one row per record: the whole values, beginnings included, joined to one
text, or the captions that the record has. The authors' record is kept whole in both.

Images, places and the like are not public yet. Once they are, they are read by the usual names of keys, which
`records.py` and `geo.py` list. Where no record names an image, an image whose stem is the record's `image_id`
is taken, if there is one for every such record.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sarbench.schema import Row, TextOrigin
from sarbench.sources._card import ConfigCard, DatasetCard, check_names, check_options
from sarbench.sources._report import Report
from sarbench.sources._rows import RowMaker
from sarbench.sources._split import NO_OPTIONS, OpenSplit, all_rows
from sarbench.sources.fusar.scenes import Scenes, caption_samples, field_samples, find_parts
from sarbench.sources.reading.files import DataFolder
from sarbench.sources.reading.images import ImageIndex

CARD = DatasetCard(
    name="fusar-geovl",
    title="FUSAR-GEOVL-1M",
    summary=(
        "Structured descriptions of SAR scenes in eight fields: terrain, functionality, distribution, layout, "
        "boundary, buildings, roads and water. 1,000 text records are public."
    ),
    licence="none stated",
    may_show_images=False,
    may_show_texts=False,
    may_redistribute=False,
    obtain=(
        "Download data/part/caption_part1.json from https://github.com/yangyifremad/FUSAR-KLIP and put it into the "
        "data folder. No image is public; once there are images, put them into the same folder."
    ),
    released="1,000 text records without images; images, geolocation and the full set are announced.",
    homepage="https://github.com/yangyifremad/FUSAR-KLIP",
    citation="""@misc{yang2025fusarklip,
  title = {{FUSAR-KLIP}: Towards Multimodal Foundation Models for Remote Sensing},
  author = {Yang, Yi and Zhang, Xiaokun and Fang, Qingchen and Liu, Jing and Ye, Ziqi and Li, Rui and Liu, Li and Wang,
            Haipeng},
  year = {2025},
  eprint = {2509.23927},
  archivePrefix = {arXiv}
}""",
    access="GitHub, 1,000 texts",
    counts={"records": 1_000},
    configs=(
        ConfigCard(
            name="fields",
            task="attribute",
            splits=("train",),
            summary="One row per field of a record: our question, the authors' value",
            text_origin="authors",
        ),
        ConfigCard(
            name="caption",
            task="caption",
            splits=("train",),
            summary="The authors' eight sentences joined to one caption, or their own captions",
            text_origin="authors",
        ),
    ),
    caveats=(
        "The texts were written by a language model, and the authors warn of factual errors in them.",
        "No image is public, so every row is text alone and nothing can be evaluated yet.",
        "The questions of `fields` are sarbench's; the answers are the authors' values without their fixed beginning.",
        "Most values of Water (779 of 1,000) say that there is none.",
    ),
)


def splits(data_dir: Path) -> dict[str, tuple[str, ...]]:
    """Return config → splits: train alone.

    Raises:
        InputError: The folder is missing or has no caption_part<n>.json, or has one of them twice.
    """
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        find_parts(folder)
        return {config.name: config.splits for config in CARD.configs}


def open_split(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> AbstractContextManager[OpenSplit]:
    """Read the records; each is one group.

    Args:
        data_dir: The folder with caption_part1.json and its like.
        config: `fields` or `caption`.
        split: `train`.
        report: Where records that cannot be used are noted.
        options: There are none.

    Raises:
        UnknownNameError: There is no such config, split or option.
        InputError: The files are missing or cannot be used.
    """
    check_names(CARD, config, split)
    check_options(CARD, options)
    return _open(data_dir, config, split, report)


def rows(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> Iterator[Row]:
    """Yield all rows of one config; the arguments and errors are those of `open_split`."""
    return all_rows(open_split(data_dir, config, split, report=report, options=options), report)


def files(data_dir: Path) -> tuple[Path, ...]:
    """Return the text files, and the folders and archives that hold images."""
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        texts = {file.disk for file in find_parts(folder)}
        return tuple(sorted(texts.union(ImageIndex(folder).places())))


@contextmanager
def _open(data_dir: Path, config: str, split: str, report: Report) -> Iterator[OpenSplit]:
    samples = field_samples if config == "fields" else caption_samples
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        scenes = Scenes(folder, dataset=CARD.name, licence=CARD.licence, report=report)
        origin: TextOrigin = "simulated" if folder.simulated else "authors"

        def rows(span: range, report: Report) -> Iterator[Row]:
            maker = RowMaker(CARD.name, config, split, origin)
            for scene in scenes.read(span, report):
                for sample in samples(scene, report):
                    yield maker.row(scene.image_id, scene.image, sample, image_id=scene.image_id)

        yield OpenSplit(len(scenes), rows)
