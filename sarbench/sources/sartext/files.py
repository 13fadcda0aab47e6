"""Which of SAR-TEXT's files are there: captions of each source, dialogues, test captions, and the user's own lists."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sarbench.errors import InputError
from sarbench.sources.reading.files import DataFile, DataFolder, plain, split_of, unpacked_first

_ANNOTATIONS = re.compile(r"annotations?[-_ ]*(.*)", re.IGNORECASE)
_DIALOGUES = re.compile(r"sarvqaconv(train|validation|valid|val|test)?")
_FLAT = re.compile(r"sarvqaall.*")
_LISTS = frozenset({"lists", "splits"})
_JSON = (".json", ".jsonl")


@dataclass(frozen=True)
class SarTextFiles:
    """The text files of one data folder.

    Attributes:
        captions: Source → annotations_<SOURCE>.csv, in the order of the names; "" for a file without a source's name.
        dialogues: SAR-VQA_conv.json, or one file for each split that a user cut it into.
        flat: A flattened copy of the dialogues, SAR-VQA_ALL….csv.
        hrsid: HRSID_test_caption.csv, or another CSV whose name begins with HRSID, unless with another split.
        osdataset: Captions of OSdataset_512: any CSV whose name holds `osdataset`.
        lists: Split → the user's lists of image names.
    """

    captions: Mapping[str, DataFile]
    dialogues: tuple[DataFile, ...]
    flat: DataFile | None
    hrsid: DataFile | None
    osdataset: tuple[DataFile, ...]
    lists: Mapping[str, tuple[DataFile, ...]]

    def all(self) -> tuple[DataFile, ...]:
        """Return every file there is."""
        single = [file for file in (self.flat, self.hrsid) if file]
        lists = [file for files in self.lists.values() for file in files]
        return (*self.captions.values(), *self.dialogues, *single, *self.osdataset, *lists)


def find_texts(folder: DataFolder) -> SarTextFiles:
    """Find the text files by their names, whatever their case, separators and folder.

    Raises:
        InputError: One of them is there twice.
    """
    tables = [file for file in folder.files if file.suffix == ".csv"]
    captions: dict[str, list[DataFile]] = {}
    dialogues: dict[str, list[DataFile]] = {}
    others: dict[str, list[DataFile]] = {"flat": [], "hrsid": [], "osdataset": []}
    for file in tables:
        name = plain(file.stem)
        if "osdataset" in name:
            others["osdataset"].append(file)
        elif of_source := _ANNOTATIONS.fullmatch(file.stem):
            captions.setdefault(plain(of_source[1]), []).append(file)
        elif _FLAT.fullmatch(name):
            others["flat"].append(file)
        elif name.startswith("hrsid") and split_of(name.removeprefix("hrsid")) in ("test", None):
            others["hrsid"].append(file)
    for file in folder.files:
        if file.suffix in _JSON and (named := _DIALOGUES.fullmatch(plain(file.stem))):
            dialogues.setdefault(named[1] or "", []).append(file)
    if "" in dialogues and len(dialogues) > 1:
        several = [file for files in dialogues.values() for file in files]
        raise _twice(folder, "the dialogues are there whole and cut into splits", several)
    of_sources = [_one(folder, f"the captions of {source or 'one source'}", captions[source]) for source in captions]
    return SarTextFiles(
        captions={_source(file): file for file in of_sources if file},
        dialogues=tuple(found for files in dialogues.values() if (found := _one(folder, "the dialogues", files))),
        flat=_one(folder, "the flattened dialogues", others["flat"]),
        hrsid=_one(folder, "the captions of HRSID", others["hrsid"]),
        osdataset=tuple(unpacked_first(others["osdataset"])),
        lists=_lists(folder),
    )


def _source(file: DataFile) -> str:
    """Return the source that a caption file is named after, in its own spelling."""
    found = _ANNOTATIONS.fullmatch(file.stem)
    return found[1] if found else ""


def _one(folder: DataFolder, what: str, files: Sequence[DataFile]) -> DataFile | None:
    candidates = unpacked_first(list(files))
    if len(candidates) > 1:
        raise _twice(folder, f"{what} are there twice", candidates)
    return candidates[0] if candidates else None


def _twice(folder: DataFolder, problem: str, files: Sequence[DataFile]) -> InputError:
    names = ", ".join(file.name for file in files)
    return InputError(where=folder.root, problem=f"{problem}: {names}", fix="Keep one of them in the data folder")


def _lists(folder: DataFolder) -> dict[str, tuple[DataFile, ...]]:
    """Return the user's lists: text files named after a split in a folder `lists` or `splits`."""
    found: dict[str, list[DataFile]] = {}
    for file in folder.files:
        split = split_of(file.stem)
        if file.suffix == ".txt" and split and len(file.parts) > 1 and plain(file.parts[-2]) in _LISTS:
            found.setdefault(split, []).append(file)
    return {split: tuple(unpacked_first(files)) for split, files in found.items()}
