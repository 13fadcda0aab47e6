"""One split of SARLANG-1M, opened: its texts are read and grouped by image, and at least one image is there."""

from collections.abc import Mapping, Sequence

from sarbench.errors import InputError
from sarbench.sources._report import Report
from sarbench.sources._split import OpenSplit
from sarbench.sources.download.listing import EXTRA, MANIFEST
from sarbench.sources.reading.by_image import ByImage, Groups, stem_of
from sarbench.sources.reading.files import DataFolder
from sarbench.sources.reading.images import ImageIndex, UnusableImage
from sarbench.sources.sarlang.files import EXPECTED, Content, Imagery, SarImages, TextFile, find_texts
from sarbench.sources.sarlang.names import SARDET, upstream_of
from sarbench.sources.sarlang.rows import SARDET_SPLITS, SarlangRows, image_split
from sarbench.sources.sarlang.texts import Texts, read_texts

_OTHER: Mapping[Imagery, Imagery] = {"preprocessed": "original", "original": "preprocessed"}
_FOLDERS: Mapping[Imagery, str] = {
    "preprocessed": "SARimages_preprocessed (.png)",
    "original": "SARimages_original (.tif)",
}


def open_texts(folder: DataFolder, content: Content, *, imagery: Imagery, report: Report) -> OpenSplit:
    """Read the texts of one config and split.

    Args:
        folder: The data folder.
        content: Config and split.
        imagery: Which form of the images is taken; SARDet-100K's have one form only.
        report: Where problems of the text files are noted.

    Raises:
        InputError: The text file is missing or cannot be used, or none of its images is there.
    """
    found = find_texts(folder)
    if content not in found:
        raise folder.nothing_usable(looked_for=f"{EXPECTED[content]}, or the same as .json")
    folder.note_unreadable(report)
    texts = read_texts(folder, found[content], report=report)
    groups = _grouped(folder, texts, _concise(folder, found, content, texts, report), report)
    index = ImageIndex(SarImages(folder, imagery))
    if not any(_is_there(index, groups[place].records[0][0], content) for place in range(len(groups))):
        raise _no_image(folder, content, groups, imagery)
    rows = SarlangRows(content, texts, groups, index, imagery=imagery, simulated=folder.simulated)
    return OpenSplit(len(groups), rows.rows)


def _grouped(folder: DataFolder, texts: Texts, left_out: frozenset[tuple[str, str]], report: Report) -> Groups:
    by_image = ByImage()
    skipped = 0
    for number, image in texts.images(report):
        if left_out and (stem_of(image), texts.asked(number)[0].answer) in left_out:
            skipped += 1
        else:
            by_image.add(image, 0, number)
    if not len(by_image):
        why = "all of its captions are concise" if skipped else f"none of its {len(texts)} records names one image"
        fix = "Give the authors' file: a CSV with Image Name, or conversations with images"
        raise InputError(where=folder.root / texts.file, problem=why, fix=fix)
    return by_image.groups()


def _concise(
    folder: DataFolder, found: Mapping[Content, Sequence[TextFile]], content: Content, texts: Texts, report: Report
) -> frozenset[tuple[str, str]]:
    """Return (stem, caption) of the concise captions where the file may hold them among the complex ones.

    The name `Caption_test_SARLANG-1M….json` does not say which captions it holds. They are taken as complex, except
    those that Caption_test1 has as well.
    """
    if all(text.name.certain for text in found[content] if text.file.name == texts.file):
        return frozenset()
    problem = "name of the file does not tell concise from complex captions"
    report.flag(file=texts.file, record="whole file", problem=problem, action="taken as complex")
    twin = found.get(("caption-concise", "test"))
    if twin is None:
        return frozenset()
    known = read_texts(folder, twin, report=Report())
    return frozenset((stem_of(image), known.asked(number)[0].answer) for number, image in known.images(Report()))


def _is_there(index: ImageIndex, name: str, content: Content) -> bool:
    try:
        index.find(name, split=image_split(content))
    except UnusableImage as unusable:
        return unusable.problem != "image not found"
    return True


def _no_image(folder: DataFolder, content: Content, groups: Groups, imagery: Imagery) -> InputError:
    """Return the error that says that no image is there, and which to fetch."""
    config, split = content
    sardet = sum(upstream_of(groups[place].stem) is SARDET for place in range(len(groups)))
    steps = []
    if sardet:
        part = SARDET_SPLITS[image_split(content)] if config == "vqa1" else "its"
        where = "https://github.com/zcablii/SARDet_100K"
        place = f"copy the {part} images into SARimages"
        if (folder.root / MANIFEST).is_file():  # fetched from the Hub: the user's own files lie beside the commit's
            place = f"put or link its folder, with the {part} images, into {folder.root.parent / EXTRA}"
        steps.append(f"Fetch SARDet-100K (links in the README of {where}) and {place}")
    if sardet < len(groups):
        steps.append(f"Fetch {_FOLDERS[imagery]} of the Hub repository YiminJimmy/SARLANG-1M and put it beside Text")
        other = SarImages(folder, _OTHER[imagery]).files
        if any(upstream_of(file.stem) is not SARDET for file in other):
            steps.append(f"Or choose the option imagery={_OTHER[imagery]}: such images are there")
    unread = f"; {', '.join(folder.unreadable)} cannot be opened" if folder.unreadable else ""
    problem = (
        f"none of the {len(groups):,} images of {config}, {split} ({imagery}) is there, e.g. "
        f"{groups[0].records[0][0]}{unread}"
    )
    return InputError(where=folder.root, problem=problem, fix=". ".join(steps))
