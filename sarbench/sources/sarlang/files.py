"""Which of SARLANG-1M's files is which, and which images belong to which imagery.

Texts: `Caption-training.csv` (README), `Caption_test.csv` with the complex and `Caption_test1.csv` with the concise
captions, `SARVQA1_train.json`, `SARVQA2_test.csv` and their like (public code that opens Text.zip); README: all texts
come as CSV and as JSON. Images: `SARimages_preprocessed/SARimages/*.png` and `SARimages_original/*.tif` (issues 6 and
7), `SARimages` with the images of SARDet-100K among them (README).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from posixpath import splitext
from typing import Literal

from sarbench.errors import InputError
from sarbench.sources.reading.files import IMAGE_SUFFIXES, DataFile, DataFolder, plain, unpacked_first
from sarbench.sources.sarlang.names import SARDET, upstream_of

Imagery = Literal["preprocessed", "original"]
Content = tuple[str, str]
"""Config and split."""

IMAGERY: Mapping[str, Imagery] = {"preprocessed": "preprocessed", "original": "original"}
CONTENTS: tuple[Content, ...] = (
    ("caption-mixed", "train"),
    ("caption-concise", "test"),
    ("caption-complex", "test"),
    ("vqa1", "train"),
    ("vqa1", "test"),
    ("vqa2", "train"),
    ("vqa2", "test"),
)
EXPECTED: Mapping[Content, str] = {
    ("caption-mixed", "train"): "Caption-training.csv",
    ("caption-concise", "test"): "Caption_test1.csv",
    ("caption-complex", "test"): "Caption_test.csv",
    ("vqa1", "train"): "SARVQA1_train.csv",
    ("vqa1", "test"): "SARVQA1_test.csv",
    ("vqa2", "train"): "SARVQA2_train.csv",
    ("vqa2", "test"): "SARVQA2_test.csv",
}
"""What a user is told to look for; each may be .json as well."""

_CAPTION = re.compile(r"captions?(?:train(?:ing)?|test(?P<concise>1)?)(?P<more>(?!\d).*)")
_VQA = re.compile(r"sarvqa(?P<number>[12])(?P<split>train|test)(?:ing)?(?P<more>(?!\d).*)")
_FORMATS = (".csv", ".json", ".jsonl")
_ORIGINAL_SUFFIXES = frozenset({".tif", ".tiff"})


@dataclass(frozen=True)
class TextName:
    """What the name of a text file says.

    Attributes:
        content: Config and split.
        plainly: Whether the name is one of the authors' without more behind it. Longer names, such as those of results
            of inference, count only where there is no plain one.
        certain: Whether the name tells concise from complex captions; `Caption_test_SARLANG-1M….json` does not.
    """

    content: Content
    plainly: bool
    certain: bool = True


@dataclass(frozen=True)
class TextFile:
    """One text file with what its name says."""

    file: DataFile
    name: TextName


def text_name(stem: str) -> TextName | None:
    """Tell from its name without suffix what a file holds, or None where it is none of the authors' texts.

    >>> text_name("Caption-training").content, text_name("caption test1").content, text_name("SARVQA1_TEST").content
    (('caption-mixed', 'train'), ('caption-concise', 'test'), ('vqa1', 'test'))
    >>> text_name("Caption_test_SARLANG-1M").certain
    False
    """
    name = plain(stem)
    if found := _VQA.fullmatch(name):
        plainly = not found["more"] or found["more"].startswith("sarlang")
        return TextName((f"vqa{found['number']}", found["split"]), plainly)
    found = _CAPTION.fullmatch(name)
    if found is None:
        return None
    more = found["more"]
    if "train" in name[: found.start("more")]:
        return TextName(("caption-mixed", "train"), not more or more.startswith("sarlang"))
    if found["concise"]:
        return TextName(("caption-concise", "test"), not more or more.startswith("sarlang"))
    return TextName(("caption-complex", "test"), not more, certain=not more)


def find_texts(folder: DataFolder) -> dict[Content, tuple[TextFile, ...]]:
    """Return content → its files, the one to read first in front: CSV, then JSON for when the CSV cannot be used.

    Copies of one file, such as one unpacked and one still in its archive, are one.

    Raises:
        InputError: Two different files of one format stand for the same content.
    """
    named = [
        TextFile(file, name) for file in folder.files if file.suffix in _FORMATS and (name := text_name(file.stem))
    ]
    chosen = {}
    for content in CONTENTS:
        fitting = [text for text in named if text.name.content == content]
        if fitting:
            chosen[content] = tuple(_in_order(folder, fitting))
    return chosen


@dataclass(frozen=True)
class SarImages:
    """A data folder as one sees it who wants only SAR images of one imagery, or of both where it is None.

    The folder that an image lies in decides (`…original…`, `…preprocessed…`); where it says nothing, `.tif` is an
    original and anything else preprocessed. SARDet-100K's images are used as they are. Optical images never count,
    although their stems are those of the SAR images.
    """

    folder: DataFolder
    imagery: Imagery | None

    @cached_property
    def files(self) -> tuple[DataFile, ...]:
        """The images, in the order of their names."""
        wanted = ("sardet", *([self.imagery] if self.imagery else IMAGERY))
        return tuple(file for file in self.folder.files if imagery_of(file.name) in wanted)

    def read(self, file: DataFile) -> bytes:
        """Return the bytes of one image."""
        return self.folder.read(file)


def imagery_of(path: str) -> Imagery | Literal["sardet", "optical"] | None:
    """Tell which imagery a path in the authors' layout holds; None where it is no image.

    >>> imagery_of("SARimages_original/GF2_NewYork_40.7_-74.0.tif"), imagery_of("RGBimages.zip/SN6_Rotterdam_1.png")
    ('original', 'optical')
    """
    *folders, name = path.split("/")
    suffix = splitext(name)[1].lower()
    if suffix not in IMAGE_SUFFIXES:
        return None
    stated = stated_imagery(folders)
    if stated == "optical":
        return "optical"
    if upstream_of(splitext(name)[0]) is SARDET:
        return "sardet"
    return stated or ("original" if suffix in _ORIGINAL_SUFFIXES else "preprocessed")


def stated_imagery(folders: Sequence[str]) -> Imagery | Literal["optical"] | None:
    """Return what the names of folders and archives state, the innermost that states something."""
    for name in map(plain, reversed(folders)):
        if "rgb" in name or re.fullmatch(r"opt(ical.*)?", name):
            return "optical"
        if "original" in name:
            return "original"
        if "preprocess" in name:
            return "preprocessed"
    return None


def _in_order(folder: DataFolder, texts: Sequence[TextFile]) -> Iterator[TextFile]:
    """Yield one file of each format, names that are plainly the authors' before longer ones."""
    first = True
    for plainly, suffixes in ((True, _FORMATS[:1]), (True, _FORMATS[1:]), (False, _FORMATS[:1]), (False, _FORMATS[1:])):
        rivals = [text for text in texts if text.name.plainly == plainly and text.file.suffix in suffixes]
        if not rivals:
            continue
        one = _one_of(folder, [text.file for text in rivals])
        if one is not None:
            yield next(text for text in rivals if text.file == one)
        elif first:
            raise _several(folder, rivals)
        first = False


def _one_of(folder: DataFolder, files: list[DataFile]) -> DataFile | None:
    """Return the one file that all are copies of, the unpacked one if there is one; None where they differ."""
    if len(files) == 1:
        return files[0]
    digests: dict[bytes, list[DataFile]] = {}
    for file in files:
        with suppress(InputError):  # what cannot be read is no rival
            digests.setdefault(sha256(folder.read(file)).digest(), []).append(file)
    if len(digests) > 1:
        return None
    return unpacked_first(next(iter(digests.values()), files))[0]


def _several(folder: DataFolder, rivals: Sequence[TextFile]) -> InputError:
    config, split = rivals[0].name.content
    names = ", ".join(text.file.name for text in rivals)
    problem = f"several different files may hold the texts of {config}, {split}: {names}"
    return InputError(where=folder.root, problem=problem, fix="Keep one of them in the data folder")
