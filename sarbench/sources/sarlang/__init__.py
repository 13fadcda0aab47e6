"""SARLANG-1M: captions and questions about images of four SAR sets, in the authors' CSV or JSON files.

Config `caption-mixed` is the authors' training file, in which concise and complex captions lie together; the two test
files hold them apart. `vqa1` asks about SARDet-100K's images, made from their boxes; `vqa2` about SpaceNet6, DFC2023
and OpenEarthMap-SAR. Where a text exists as CSV and as JSON, the CSV is read: its columns were seen. A caption in JSON
has the prompt as its question, one in CSV has none.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sarbench.schema import Row
from sarbench.sources._card import ConfigCard, DatasetCard, HubRepo, OptionCard, check_names, check_options
from sarbench.sources._report import Report
from sarbench.sources._split import NO_OPTIONS, OpenSplit, all_rows
from sarbench.sources.reading.files import DataFolder
from sarbench.sources.reading.images import ImageIndex
from sarbench.sources.sarlang.files import IMAGERY, Imagery, SarImages, find_texts
from sarbench.sources.sarlang.hub import REPO_ID, needed_files
from sarbench.sources.sarlang.open import open_texts
from sarbench.sources.sarlang.rows import DATASET

CARD = DatasetCard(
    name=DATASET,
    title="SARLANG-1M",
    summary=(
        "A million texts about 118,331 SAR images of SARDet-100K, SpaceNet6, DFC2023 and OpenEarthMap-SAR: concise and "
        "complex captions, and questions with short answers."
    ),
    licence=(
        "none stated for the texts; images: SARDet-100K CC BY-NC 4.0, SpaceNet6 CC BY-SA 4.0, OpenEarthMap-SAR CC BY "
        "4.0 (Umbra), DFC2023 contest terms without a grant to redistribute"
    ),
    may_show_images=False,
    may_show_texts=False,
    may_redistribute=False,
    obtain=(
        f"Download Text.zip and SARimages_preprocessed (or SARimages_original for imagery=original) from the Hub "
        f"repository {REPO_ID}, and SARDet-100K from the links in the README of "
        "https://github.com/zcablii/SARDet_100K. Put them into one folder: Text.zip as it is or unpacked as "
        "Text/Caption/{train,test} and Text/VQA/{train,test}, the images as SARimages/*.png or in the folders or "
        "archives they come in, SARDet-100K's train and val images copied into SARimages or in their own folders. "
        "RGBimages is not needed."
    ),
    released="All texts and the images of three of the four sets; SARDet-100K's images are fetched from its authors.",
    homepage="https://github.com/Jimmyxichen/SARLANG-1M",
    citation="""@misc{wei2025sarlang,
  title = {{SARLANG-1M}: A Benchmark for Vision-Language Modeling in {SAR} Image Understanding},
  author = {Wei, Yimin and Xiao, Aoran and Ren, Yexian and Zhu, Yuting and Chen, Hongruixuan and Xia, Junshi and
            Yokoya, Naoto},
  year = {2025},
  eprint = {2504.03254},
  archivePrefix = {arXiv}
}""",
    configs=(
        ConfigCard(
            name="caption-mixed",
            task="caption",
            splits=("train",),
            summary="The authors' training captions, concise and complex ones mixed",
            text_origin="authors",
        ),
        ConfigCard(
            name="caption-concise",
            task="caption",
            splits=("test",),
            summary="Concise test captions (Caption_test1)",
            text_origin="authors",
        ),
        ConfigCard(
            name="caption-complex",
            task="caption",
            splits=("test",),
            summary="Complex test captions (Caption_test)",
            text_origin="authors",
        ),
        ConfigCard(
            name="vqa1",
            task=None,
            splits=("train", "test"),
            summary="Questions about SARDet-100K's images, made from their boxes",
            text_origin="authors",
        ),
        ConfigCard(
            name="vqa2",
            task=None,
            splits=("train", "test"),
            summary="Questions about the images of SpaceNet6, DFC2023 and OpenEarthMap-SAR",
            text_origin="authors",
        ),
    ),
    caveats=(
        "The files label no question: each one's task is derived from its wording by sarbench's rules; how many fit "
        "none is in the build's report.",
        "The questions of vqa1 were made from SARDet-100K's boxes; its train split has SARDet-100K's train images and "
        "its test split SARDet-100K's validation images, as the counts of images and boxes show.",
        "SARDet-100K's images are not shipped with SARLANG-1M; without them vqa1 cannot be built.",
        "88 preprocessed images (48 named GF2_NewYork…, 40 named SN6_Rotterdam…) were missing on the Hub until "
        "2025-12-06; downloads from before lack them.",
        "Preprocessed images have one polarisation, a refined Lee filter and a logarithmic stretch behind them; "
        "SARDet-100K's images are used as they are with either imagery.",
        "Which set an image comes from is told from its name; that names of no known pattern are OpenEarthMap-SAR's is "
        "inferred.",
        "The name Caption_test_SARLANG-1M….json does not say which captions it holds; where no other file tells, they "
        "are taken as complex.",
        "Counts in the paper and the README are not checked against: some disagree with each other.",
    ),
    options=(
        OptionCard(
            name="imagery",
            choices=tuple(IMAGERY),
            default="preprocessed",
            summary="The authors' 8-bit PNG or the original TIFF; SARDet-100K's images are the same either way",
        ),
    ),
    access="Hub; SARDet-100K's images apart",
    counts={"texts": 1_126_277, "images": 118_331},
    hub=HubRepo(REPO_ID, "cd5a4cb162ad5cbb4787a51b4372f434df773178"),
)


def splits(data_dir: Path) -> dict[str, tuple[str, ...]]:
    """Return config → splits for which there is a text file.

    Raises:
        InputError: The folder is missing or has no text file, or two different ones for the same texts.
    """
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        found = find_texts(folder)
        if not found:
            raise folder.nothing_usable(
                looked_for="Text.zip, or text files such as Caption-training.csv, Caption_test.csv, SARVQA1_train.json"
            )
        held = {
            config.name: tuple(split for split in config.splits if (config.name, split) in found)
            for config in CARD.configs
        }
        return {config: there for config, there in held.items() if there}


def open_split(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> AbstractContextManager[OpenSplit]:
    """Read the texts of one split and group them by image.

    Args:
        data_dir: The folder with the authors' files.
        config: One of the card's configs.
        split: One of the config's splits.
        report: Where problems of the text files are noted.
        options: `imagery`: `preprocessed` (default) or `original`.

    Raises:
        UnknownNameError: There is no such config, split or option.
        InputError: The files of this split are missing or cannot be used, or none of its images is there.
    """
    check_names(CARD, config, split)
    imagery = IMAGERY[check_options(CARD, options)["imagery"]]
    return _open(data_dir, config, split, imagery, report)


def rows(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> Iterator[Row]:
    """Yield all rows of one split; the arguments and errors are those of `open_split`."""
    return all_rows(open_split(data_dir, config, split, report=report, options=options), report)


def files(data_dir: Path) -> tuple[Path, ...]:
    """Return the text files, and the folders and archives that hold SAR images of either imagery."""
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        texts = {text.file.disk for found in find_texts(folder).values() for text in found}
        return tuple(sorted(texts.union(ImageIndex(SarImages(folder, None)).places())))


def hub_files(paths: Sequence[str], configs: Sequence[str], options: Mapping[str, str]) -> list[str]:
    """Return which files of the Hub repository some configs need: their texts and, but for `vqa1`, the images.

    Args:
        paths: All files of the repository.
        configs: Names of configs.
        options: As for `open_split`.

    Raises:
        InputError: The repository has no such files; the message lists what it holds.
    """
    return needed_files(paths, configs, IMAGERY[check_options(CARD, options)["imagery"]])


@contextmanager
def _open(data_dir: Path, config: str, split: str, imagery: Imagery, report: Report) -> Iterator[OpenSplit]:
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        yield open_texts(folder, (config, split), imagery=imagery, report=report)
