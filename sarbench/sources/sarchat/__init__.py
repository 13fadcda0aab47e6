"""SARChat-2M: six tasks in dialogues about SARDet-100K's images.

Two ways lead to rows: the authors' JSON files, which are not public, and the `rebuilt-…` configs, made from
SARDet-100K's boxes by the rules in `rules.py`. Train rows of the authors' one train file are sorted to tasks
by the prefix of the question; the nine test files tell theirs by name.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sarbench.schema import Row, Task, TextOrigin
from sarbench.sources._card import ConfigCard, DatasetCard, OptionCard, check_names, check_options
from sarbench.sources._report import Report
from sarbench.sources._split import NO_OPTIONS, OpenSplit, all_rows
from sarbench.sources.coco.scenes import find_annotations
from sarbench.sources.reading.files import DataFolder
from sarbench.sources.reading.images import ImageIndex
from sarbench.sources.sarchat.authors import AuthorSplit, author_split
from sarbench.sources.sarchat.files import find_texts
from sarbench.sources.sarchat.frames import FRAMES
from sarbench.sources.sarchat.rebuilt import PREFIX, rebuilt_split

_CONFIGS: tuple[tuple[str, Task, str], ...] = (
    ("classification", "classification", "Which of the six classes the image shows"),
    ("description", "caption", "What the image shows: size, class and position of each target"),
    ("counting", "counting", "How many targets of one class there are, with their boxes"),
    ("grounding", "grounding", "Which targets there are, and where: classes, numbers, positions and boxes"),
    ("identification", "region", "What lies in a given box: class, size and position"),
    ("referring", "referring", "Where the targets of one class are: boxes with positions"),
)
_TASKS: dict[str, Task] = {name: task for name, task, _ in _CONFIGS}


def _configs() -> tuple[ConfigCard, ...]:
    def cards(prefix: str, splits: tuple[str, ...], origin: TextOrigin, note: str) -> tuple[ConfigCard, ...]:
        return tuple(
            ConfigCard(name=prefix + name, task=task, splits=splits, summary=summary + note, text_origin=origin)
            for name, task, summary in _CONFIGS
        )

    rebuilt = cards(PREFIX, ("train", "validation", "test"), "derived", " (our texts from SARDet-100K's boxes)")
    return cards("", ("train", "test"), "authors", "") + rebuilt


CARD = DatasetCard(
    name="sarchat-2m",
    title="SARChat-Bench-2M",
    summary=(
        "Two million dialogues about the images and boxes of SARDet-100K in six tasks: classification, description, "
        "counting, spatial grounding, cross-modal identification and referring."
    ),
    licence="CC BY-NC 4.0; the images are SARDet-100K's, whose component sets keep their own terms",
    may_show_images=False,
    may_show_texts=True,
    may_redistribute=False,
    obtain=(
        "The authors' JSON files are not public; ask the authors of https://github.com/JimmyMa99/SARChat for them and "
        "put them beside the images of SARDet-100K. The `rebuilt-…` configs need SARDet-100K alone: download it from "
        "the links in the README of https://github.com/zcablii/SARDet_100K and keep the layout "
        "Annotations/{train,val,test}.json with JPEGImages/{train,val,test}/."
    ),
    released="Paper, scripts and figures; the dataset's links are placeholders, so its six tasks are also rebuilt.",
    homepage="https://github.com/JimmyMa99/SARChat",
    upstream=("SARDet-100K", "SARChat-Bench-2M"),
    access="not public; rebuilt from SARDet-100K",
    counts={"texts": 2_063_548},
    citation="""@misc{ma2025sarchat,
  title = {{SARChat-Bench-2M}: A Multi-Task Vision-Language Benchmark for {SAR} Image Interpretation},
  author = {Ma, Zhiming and Xiao, Xiayang and Dong, Sihao and Wang, Peidong and Wang, HaiPeng and Pan, Qingyun},
  year = {2025},
  eprint = {2502.08168},
  archivePrefix = {arXiv}
}""",
    configs=_configs(),
    options=(
        OptionCard(
            name="box_frame",
            choices=tuple(FRAMES),
            default="native",
            summary="The frame of the boxes in the authors' texts; the box columns are native pixels in any case",
        ),
    ),
    caveats=(
        "Results on a `rebuilt-…` config are not comparable with the paper's numbers: boxes and images are the same, "
        "questions and answers are made by sarbench's rules.",
        "The frame of the authors' box coordinates is not documented; they are read as pixels of the native image "
        "unless the option box_frame says otherwise, and a note is left where the boxes clearly fit another frame.",
        "The keys of the authors' JSON records were never seen; the three usual spellings of a conversation are read.",
        "The train file does not label its tasks: they are read from the prefix of the question, and classification is "
        "told from description by a rule.",
    ),
)


def splits(data_dir: Path) -> dict[str, tuple[str, ...]]:
    """Return config → splits: the authors' configs for which there are texts, the rebuilt ones where there are boxes.

    Raises:
        InputError: The folder is missing or has neither, or has several files for the same thing.
    """
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        texts = find_texts(folder)
        boxes = tuple(find_annotations(folder))
        found: dict[str, tuple[str, ...]] = {}
        for name, _, _ in _CONFIGS:
            held = {text.split for text in texts if text.config in (None, name)}
            found[name] = tuple(split for split in ("train", "test") if split in held)
        found.update({PREFIX + name: boxes for name, _, _ in _CONFIGS})
        if not any(found.values()):
            raise folder.nothing_usable(
                looked_for="SARChat_total_task_train_modified.json, SARChat_…_test.json, or SARDet-100K's annotations"
            )
        return {name: held for name, held in found.items() if held}


def open_split(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> AbstractContextManager[OpenSplit]:
    """Open one config and split.

    Args:
        data_dir: The folder with the authors' files, or with SARDet-100K for the `rebuilt-…` configs.
        config: One of the card's configs.
        split: One of the config's splits.
        report: Where problems of the texts are noted; a record that belongs to no config is noted in every pass.
        options: `box_frame`, the frame of the boxes in the authors' texts.

    Raises:
        UnknownNameError: There is no such config, split or option.
        InputError: The files of this config and split are missing or cannot be used; raised on entering.
    """
    check_names(CARD, config, split)
    return _opened(data_dir, config, split, report, check_options(CARD, options)["box_frame"])


@contextmanager
def _opened(data_dir: Path, config: str, split: str, report: Report, frame: str) -> Iterator[OpenSplit]:
    task = _TASKS[config.removeprefix(PREFIX)]
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        if config.startswith(PREFIX):
            yield rebuilt_split(folder, config, task, split, report=report)
        else:
            yield author_split(folder, config, task, split, frame=frame, report=report)


def rows(
    data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS
) -> Iterator[Row]:
    """Yield the rows of one config and split, those of one image together; arguments and errors as in `open_split`."""
    return all_rows(open_split(data_dir, config, split, report=report, options=options), report)


def inspect(data_dir: Path, config: str, split: str, *, report: Report, options: Mapping[str, str] = NO_OPTIONS) -> str:
    """Look closer at the authors' texts than a build does: keys given twice, and the frame of all boxes.

    Args:
        data_dir: The folder with the authors' files.
        config: One of the card's configs; the `rebuilt-…` ones hold no text of the authors, so nothing is looked at.
        split: One of the config's splits.
        report: Where problems are noted, also those that `open_split` notes.
        options: `box_frame`, against which the boxes are held.

    Returns:
        What the boxes say about their frame, in one line; empty for configs without boxes.

    Raises:
        UnknownNameError: There is no such config, split or option.
        InputError: The files of this config and split are missing or cannot be used.
    """
    check_names(CARD, config, split)
    frame = check_options(CARD, options)["box_frame"]
    if config.startswith(PREFIX):
        return ""
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        opened = AuthorSplit(folder, config, _TASKS[config], split, frame=frame, report=report)
        opened.note_repeated_keys(report)
        verdict = opened.evidence(range(len(opened.dialogues.groups)))
        opened.note_frame(verdict, report)
        read_as = f"boxes read as {FRAMES[frame]}"
        return f"{read_as}; {verdict.summary()}" if verdict.boxes else ""


def files(data_dir: Path) -> tuple[Path, ...]:
    """Return the text and annotation files, and the folders and archives that hold images."""
    with DataFolder(data_dir, obtain=CARD.obtain) as folder:
        texts = {text.file.disk for text in find_texts(folder)}
        annotations = {file.disk for file in find_annotations(folder).values()}
        return tuple(sorted(texts | annotations | set(ImageIndex(folder).places())))
