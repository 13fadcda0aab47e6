"""SAR-TEXT: captions of SAR images from many sets, dialogues about them, and test captions for retrieval.

Layout: `SAR-TEXT-data/annotations_<SOURCE>.csv` (filepath, caption) and `SAR-VQA_conv.json` with the images in
`Image/<SOURCE>/`; `HRSID_test_caption.csv` with `HRSID_JPG/JPEGImages/`; captions of OSdataset_512 in any CSV whose
name holds `osdataset`, with `512/{train,val,test}/sar/`. Letter case, separators and enclosing folders do not matter.

SAR-TEXT has no official split of captions and dialogues: all is train, unless the user sorts images into splits by
lists `train*.txt`, `val*.txt`, `test*.txt` in a folder `lists/` or `splits/` (one image name a line), by a column
`split`, or by cutting the dialogues into `SAR-VQA_conv_train.json` and its like. Lists go before the others.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sarbench.errors import InputError
from sarbench.schema import Row, Task, TextOrigin
from sarbench.sources._card import ConfigCard, DatasetCard, check_names, check_options
from sarbench.sources._report import Report
from sarbench.sources._rows import RowMaker
from sarbench.sources._split import NO_OPTIONS, OpenSplit, all_rows
from sarbench.sources.reading.files import DataFolder
from sarbench.sources.sartext.files import find_texts
from sarbench.sources.sartext.images import SarImages
from sarbench.sources.sartext.rows import group_rows, loader, open_texts, sort_texts
from sarbench.sources.sartext.splits import SPLITS

_LOOKED_FOR = {
    "caption": "annotations_<SOURCE>.csv",
    "vqa": "SAR-VQA_conv.json",
    "retrieval-hrsid": "HRSID_test_caption.csv",
    "retrieval-osdataset": "a CSV of captions whose name holds `osdataset`",
}


def _config(name: str, task: Task | None, splits: tuple[str, ...], summary: str) -> ConfigCard:
    return ConfigCard(name=name, task=task, splits=splits, summary=summary, text_origin="authors")


CARD = DatasetCard(
    name="sar-text",
    title="SAR-TEXT",
    summary=(
        "136,584 captions of SAR images from several public sets, about 25,000 dialogues of ten turns and more about "
        "them (SAR-VQA), and test captions for retrieval on HRSID and OSdataset_512."
    ),
    licence="unspecified; the repository's Apache-2.0 reads as one for its code, the images keep their sources' terms",
    may_show_images=False,
    may_show_texts=False,
    may_redistribute=False,
    obtain=(
        "The data are on Baidu NetDisk, linked in the README of https://github.com/YiguoHe/SAR-TEXT (an account there "
        "is needed; the extraction code stands beside each link). Put into one folder: annotations_<SOURCE>.csv and "
        "Image/<SOURCE>/ from SAR-TEXT-data, SAR-VQA_conv.json, HRSID_test_caption.csv from the repository with the "
        "unpacked HRSID_JPG/, and for OSdataset_512 its captions with 512/{train,val,test}/sar/. Unpack .rar "
        "archives; a zip need not be. To split captions and dialogues yourself, add lists/train.txt, lists/val.txt or "
        "lists/test.txt with one image name a line."
    ),
    released="Captions, dialogues and HRSID test images on Baidu NetDisk; HRSID's test captions in the repository.",
    homepage="https://github.com/YiguoHe/SAR-TEXT",
    citation="""@misc{he2025sartext,
  title = {{SAR-TEXT}: A Large-Scale {SAR} Image-Text Dataset Built with {SAR-Narrator} and Progressive Transfer
           Learning},
  author = {He, Yiguo and Cheng, Xinjun and Zhu, Junjie and Qiu, Chunping and Wang, Jun and Zhang, Xichuan and Huang,
            Qiangjuan and Yang, Ke},
  year = {2025},
  eprint = {2507.18743},
  archivePrefix = {arXiv}
}""",
    access="Baidu NetDisk only",
    counts={"captions": 136_584},
    configs=(
        _config("caption", "caption", SPLITS, "One caption of one image; all sources that are there"),
        _config("vqa", None, SPLITS, "One turn of a dialogue about an image; the task is told by rule or unknown"),
        _config("retrieval-hrsid", "retrieval", ("test",), "Test captions of HRSID, one row per caption"),
        _config("retrieval-osdataset", "retrieval", SPLITS, "Captions of OSdataset_512, one row per caption"),
    ),
    caveats=(
        "There is no official split of captions and dialogues: all is train unless the user's own lists say otherwise.",
        "Captions and answers were written by models, partly from boxes and optical images; how SAR-VQA was made is "
        "not documented.",
        "The authors label no question with a task: `task_origin` is `rule` where question and answer make it clear, "
        "else the task is `vqa`.",
        "The list of sources was never seen; whatever annotations_<SOURCE>.csv are there are read.",
        "A flattened copy of the dialogues (SAR-VQA_ALL….csv) is not the authors'; it is read only where "
        "SAR-VQA_conv.json is missing, and its rows have no turns.",
    ),
)


def splits(data_dir: Path) -> dict[str, tuple[str, ...]]:
    """Return config → splits for which there are texts.

    Raises:
        InputError: The folder is missing or holds no text, or one of them twice.
    """
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        files = find_texts(folder)
        found: dict[str, tuple[str, ...]] = {}
        for config in CARD.configs:
            try:
                texts = open_texts(folder, files, config.name, licence=CARD.licence, report=Report())
                held = set(sort_texts(folder, files, config.name, texts, report=Report()))
            except InputError:  # a bad file is named when its config is opened, and does not hide the others
                held = {config.splits[0]}
            found[config.name] = tuple(split for split in config.splits if split in held)
        if not any(found.values()):
            raise folder.nothing_usable(looked_for=", ".join(_LOOKED_FOR.values()))
        return {name: held for name, held in found.items() if held}


def open_split(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> AbstractContextManager[OpenSplit]:
    """Read the texts of one split; its groups are the stems of its images.

    Args:
        data_dir: The folder with the authors' files.
        config: One of the card's configs.
        split: One of the config's splits.
        report: Where problems of the texts are noted; records without a split in every pass.
        options: There are none.

    Raises:
        UnknownNameError: There is no such config, split or option.
        InputError: The texts of this config and split are missing or cannot be used.
    """
    check_names(CARD, config, split)
    check_options(CARD, options)
    return _open(data_dir, config, split, report)


def rows(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> Iterator[Row]:
    """Yield all rows of one split; the arguments and errors are those of `open_split`."""
    return all_rows(open_split(data_dir, config, split, report=report, options=options), report)


@contextmanager
def _open(data_dir: Path, config: str, split: str, report: Report) -> Iterator[OpenSplit]:
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        files = find_texts(folder)
        texts = open_texts(folder, files, config, licence=CARD.licence, report=report)
        held = sort_texts(folder, files, config, texts, report=report)
        if split not in held:
            raise folder.nothing_usable(looked_for=f"{_LOOKED_FOR[config]} with images of {split}")
        folder.note_unreadable(report)
        groups = held[split].groups()
        origin: TextOrigin = "simulated" if folder.simulated else "authors"
        load = loader(SarImages(folder, files), split=split, dataset=CARD.name)

        def rows(span: range, report: Report) -> Iterator[Row]:
            maker = RowMaker(CARD.name, config, split, origin)
            return group_rows(map(groups.__getitem__, span), texts, load, maker, report)

        yield OpenSplit(len(groups), rows)


def files(data_dir: Path) -> tuple[Path, ...]:
    """Return the text files and lists, and the folders and archives that hold SAR images."""
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        texts = find_texts(folder)
        return tuple(sorted({file.disk for file in texts.all()}.union(SarImages(folder, texts).index.places())))
