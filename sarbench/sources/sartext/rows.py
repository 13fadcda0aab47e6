"""SAR-TEXT's text files → records sorted by split and image → rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import tee

from sarbench.errors import InputError
from sarbench.schema import Row, Task
from sarbench.sources._report import Report
from sarbench.sources._rows import RowMaker
from sarbench.sources.reading.ahead import ahead
from sarbench.sources.reading.by_image import ByImage, Group
from sarbench.sources.reading.conversations import KEYS
from sarbench.sources.reading.files import DataFile, DataFolder, plain, split_of
from sarbench.sources.reading.images import LoadedImage, UnusableImage
from sarbench.sources.reading.records import json_records
from sarbench.sources.reading.tables import Table, as_utf8, read_table
from sarbench.sources.sartext.files import SarTextFiles
from sarbench.sources.sartext.images import SarImages
from sarbench.sources.sartext.splits import SPLITS, Lists, SeveralSplits, read_lists
from sarbench.sources.sartext.texts import (
    CAPTION_COLUMNS,
    QUESTION_COLUMNS,
    SPLIT_COLUMN,
    Captions,
    Dialogues,
    Place,
    Questions,
    Texts,
    UnusableRecord,
    split_of_path,
)

_Columns = Mapping[str, Sequence[str]]


def _usable(files: Sequence[tuple[DataFile, Callable[[], Texts]]], report: Report) -> list[Texts]:
    """Open files of several sources; one that cannot be used is noted, and costs the others nothing.

    Raises:
        InputError: None can be used.
    """
    opened: list[Texts] = []
    errors: list[InputError] = []
    for file, read in files:
        try:
            opened.append(read())
        except InputError as error:
            report.skip(file=file.name, record=f"the file ({error.problem})", problem="text file cannot be used")
            errors.append(error)
    if errors and not opened:
        raise errors[0]
    return opened


def open_texts(folder: DataFolder, files: SarTextFiles, config: str, *, licence: str, report: Report) -> list[Texts]:
    """Read the text files of one config; the list is empty where there are none.

    Raises:
        InputError: A file cannot be used.
    """
    licence = "simulated" if folder.simulated else licence

    def table(file: DataFile, columns: _Columns) -> Table:
        with folder.naming(file):
            return read_table(folder.read(file), file=file.name, wanted=columns, optional=SPLIT_COLUMN, report=report)

    def captions(file: DataFile, source: str | None, images: str | None, task: Task) -> Captions:
        return Captions(table(file, CAPTION_COLUMNS), file.name, licence, source, images, task)

    if config == "caption":
        return _usable(
            [
                (file, partial(captions, file, source or None, source or None, "caption"))
                for source, file in files.captions.items()
            ],
            report,
        )
    if config == "retrieval-hrsid":
        return [captions(files.hrsid, "HRSID", "HRSID_JPG/JPEGImages", "retrieval")] if files.hrsid else []
    if config == "retrieval-osdataset":
        return [captions(file, "OSdataset", "sar", "retrieval") for file in files.osdataset]
    if files.flat:
        _note_flat(files.flat, report, used=not files.dialogues)
    if files.flat and not files.dialogues:
        return [Questions(table(files.flat, QUESTION_COLUMNS), files.flat.name, licence, None, None)]
    return [_dialogues(folder, file, licence, report) for file in files.dialogues]


def sort_texts(
    folder: DataFolder, files: SarTextFiles, config: str, texts: Sequence[Texts], *, report: Report
) -> dict[str, ByImage]:
    """Return split → its records by image; a record without image or split goes into the report.

    Raises:
        InputError: No record of a file names an image.
    """
    lists = _read_lists(folder, files)
    sorted_texts: dict[str, ByImage] = {}
    for file, text in enumerate(texts):
        usable = 0
        for number in range(len(text)):
            try:
                place = text.place(number)
                usable += 1
                split = _split(config, place, lists, text.file)
            except UnusableRecord as unusable:
                text.skip(number, str(unusable), report)
            except SeveralSplits:
                text.skip(number, "image is in the lists of several splits", report, place.path)
            else:
                if split is None:
                    text.skip(number, "image is in no list", report, place.path)
                else:
                    sorted_texts.setdefault(split, ByImage()).add(place.name, file, number)
        if not usable:
            problem = f"none of its {len(text)} records names an image"
            raise InputError(where=folder.root / text.file, problem=problem, fix="Give the authors' file")
    return {split: sorted_texts[split] for split in SPLITS if split in sorted_texts}


def group_rows(
    groups: Iterable[Group],
    texts: Sequence[Texts],
    load: Callable[[str, str | None], LoadedImage],
    maker: RowMaker,
    report: Report,
) -> Iterator[Row]:
    """Yield the rows of some groups, images read a little ahead.

    Args:
        groups: Stems with their records; they are asked for one by one.
        texts: The text files.
        load: Reads the image of a name and a source.
        maker: Makes the rows.
        report: Where records without an image or an answer are noted.
    """
    records, coming = tee((group.stem, *record) for group in groups for record in group.records)
    calls = (partial(load, name, texts[file].place(number).source) for _, name, file, number in coming)
    for (stem, _, file, number), loading in zip(records, ahead(calls), strict=True):
        text = texts[file]
        try:
            image = loading.result()
        except UnusableImage as unusable:
            text.skip(number, unusable.problem, report, unusable.detail)
            continue
        for sample in text.samples(number, report):
            yield maker.row(stem, image, sample)


def loader(images: SarImages, *, split: str, dataset: str) -> Callable[[str, str | None], LoadedImage]:
    """Return what reads the images of one split."""
    return partial(images.load, split=split, dataset=dataset)


def _dialogues(folder: DataFolder, file: DataFile, licence: str, report: Report) -> Dialogues:
    with folder.naming(file):
        raws = json_records(folder.read(file), file=file.name, report=report, record_keys=KEYS)
    split = split_of(plain(file.stem).removeprefix("sarvqaconv"))
    return Dialogues(raws, file.name, licence, split, report)


def _note_flat(file: DataFile, report: Report, *, used: bool) -> None:
    if used:
        problem, action = "flattened copy by somebody else, not the authors' SAR-VQA_conv.json", "read in its place"
    else:
        problem, action = "flattened copy beside the authors' dialogues", "left out"
    report.flag(file=file.name, record="file", problem=problem, action=action)


def _read_lists(folder: DataFolder, files: SarTextFiles) -> Lists:
    def text(file: DataFile) -> str:
        return as_utf8(folder.read(file)).decode(errors="replace")

    return read_lists({split: "\n".join(map(text, lists)) for split, lists in files.lists.items()})


def _split(config: str, place: Place, lists: Lists, file: str) -> str | None:
    """Return the split of a record: of captions and dialogues by the user's lists first, then as the text says."""
    if config == "retrieval-hrsid":
        return "test"
    if config == "retrieval-osdataset":
        return place.split or split_of_path(place.path) or _split_in_name(file) or "test"
    return lists.split_of(place.path, place.source) if lists else place.split or "train"


def _split_in_name(file: str) -> str | None:
    """Return the split that the last word of a file's name is, as in `OSdataset_512_train.csv`."""
    words = file.rsplit("/", 1)[-1].rsplit(".", 1)[0].replace("-", "_").replace(" ", "_").split("_")
    return next((split for word in words if (split := split_of(word))), None)
