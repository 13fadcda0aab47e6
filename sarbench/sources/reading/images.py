"""Finding an image by the name that the authors' text gives, and reading it: bytes, hash and true size."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from sarbench import imaging
from sarbench.errors import InputError
from sarbench.schema import EncodedImage
from sarbench.sources.reading.files import IMAGE_SUFFIXES, SPLIT_WORDS, DataFile, plain, split_of, unpacked_first


class UnusableImage(Exception):  # noqa: N818 - it is no failure: the record is skipped and the next one read
    """An image that gives no row: `problem` is the kind, `detail` the particulars."""

    def __init__(self, *, problem: str, detail: str) -> None:
        super().__init__(f"{problem}: {detail}")
        self.problem = problem
        self.detail = detail


@dataclass(frozen=True)
class LoadedImage:
    """One image as it goes into rows.

    Attributes:
        image: What is shown: the authors' bytes, or a display PNG where `raw` is set.
        raw: The authors' bytes where they are not 8-bit with 1 or 3 bands.
        image_id: The file's stem; where several files share it, with as many folders in front as tell them apart.
        sha256: SHA-256 of the bytes of `image`: of what is shown.
        width: True width in pixels, from the header.
        height: True height in pixels.
    """

    image: EncodedImage
    raw: bytes | None
    image_id: str
    sha256: str
    width: int
    height: int


class ImageFolder(Protocol):
    """What an index needs of a data folder: a whole one, or one with some of its files."""

    @property
    def files(self) -> Sequence[DataFile]:
        """The files, images and others, in the order of their names."""

    def read(self, file: DataFile) -> bytes:
        """Return the bytes of one file; InputError where it cannot be read."""


class ImageIndex:
    """Every image of a data folder, by name and by stem. Several threads may use it."""

    def __init__(self, folder: ImageFolder) -> None:
        self._folder = folder
        self._last: tuple[DataFile, LoadedImage] | None = None
        self._by_name: dict[str, list[DataFile]] = {}
        self._by_stem: dict[str, list[DataFile]] = {}
        for file in folder.files:
            base = _key(file.name[file.name.rfind("/") + 1 :])
            dot = base.rfind(".")
            if base[dot:] in IMAGE_SUFFIXES:
                self._by_name.setdefault(base, []).append(file)
                self._by_stem.setdefault(base[:dot], []).append(file)

    def __len__(self) -> int:
        return sum(map(len, self._by_name.values()))

    def find(self, name: str, *, split: str | None = None, other_splits: bool = True) -> DataFile:
        """Resolve an image name of the authors, which may be relative, absolute or bare.

        The order: exact base name, base name in other case, stem with another suffix; among several, the one whose
        folders agree best with the given path, then the one in the folder of `split`. Unpacked files go before
        archives.

        Args:
            name: The name as the text has it.
            split: The split of the text: `train`, `validation` or `test`.
            other_splits: Whether an image in the folder of another split will do.

        Raises:
            UnusableImage: No image fits, or several do.
        """
        parts = PurePosixPath(name.replace("\\", "/").strip()).parts
        if not parts:
            raise UnusableImage(problem="image not found", detail="the record names none")
        found = unpacked_first(self._candidates(parts[-1]))
        if not other_splits:
            found = [file for file in found if _split_folder(file) in (None, split)]
        if not found:
            raise UnusableImage(problem="image not found", detail=name)
        if len(found) > 1:
            found = _agreeing(found, parts)
        if len(found) > 1:
            found = [file for file in found if _split_folder(file) == split] or found
        if len(found) > 1 and not self._all_equal(found):
            raise UnusableImage(
                problem="several images fit", detail=f"{name}: {', '.join(file.name for file in found)}"
            )
        return found[0]

    def load(self, file: DataFile, *, dataset: str) -> LoadedImage:
        """Read one image; asked for the same again at once, give the same object.

        Raises:
            UnusableImage: The bytes are no image, or are cut off.
        """
        last = self._last  # looked at once: another thread may load meanwhile
        if last and last[0] == file:
            return last[1]
        try:
            data = self._folder.read(file)
            info = imaging.inspect(data)
            imaging.check_png(data)
            shown = data if imaging.is_displayable(info) else imaging.display_png(data)
        except InputError as error:
            raise UnusableImage(problem="image cannot be read", detail=error.problem) from error
        except ValueError as error:
            raise UnusableImage(problem="image cannot be read", detail=f"{file.name} {error}") from error
        if shown is data and imaging.is_turned(data):
            raise UnusableImage(problem="image asks to be turned (EXIF orientation)", detail=file.name)
        digest = hashlib.sha256(shown).hexdigest()
        suffix = file.suffix if shown is data else ".png"
        # `datasets` drops the bytes where a file of this path exists; with a hash in it, none does.
        path = f"{dataset}/{digest[:16]}/{file.stem}{suffix}"
        loaded = LoadedImage(
            image=EncodedImage(shown, path),
            raw=None if shown is data else data,
            image_id=self._image_id(file),
            sha256=digest,
            width=info.width,
            height=info.height,
        )
        self._last = (file, loaded)
        return loaded

    def size(self, file: DataFile) -> tuple[int, int]:
        """Return the true width and height of one image in pixels, from its header.

        Raises:
            UnusableImage: The bytes are no image.
        """
        try:
            info = imaging.inspect(self._folder.read(file))
        except (InputError, ValueError) as error:
            raise UnusableImage(problem="image cannot be read", detail=f"{file.name} {error}") from error
        return info.width, info.height

    def places(self) -> tuple[Path, ...]:
        """Return the folders and archives that hold images."""
        files = [file for files in self._by_name.values() for file in files]
        return tuple(sorted({file.disk if file.member is not None else file.disk.parent for file in files}))

    def _candidates(self, base: str) -> list[DataFile]:
        named = self._by_name.get(_key(base), [])
        exact = [file for file in named if file.parts[-1] == base]
        return exact or named or self._by_stem.get(_key(PurePosixPath(base).stem), [])

    def _all_equal(self, files: list[DataFile]) -> bool:
        try:
            return len({hashlib.sha256(self._folder.read(file)).digest() for file in files}) == 1
        except InputError:
            return False

    def _image_id(self, file: DataFile) -> str:
        rivals = [other for other in unpacked_first(self._by_stem[_key(file.stem)]) if other != file]
        parts = (*file.parts[:-1], file.stem)
        for length in range(1, len(parts) + 1):
            tail = "/".join(parts[-length:])
            if not any(_key("/".join((*other.parts[:-1], other.stem)[-length:])) == _key(tail) for other in rivals):
                return tail
        return file.name


def _key(name: str) -> str:
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


def _agreeing(files: list[DataFile], parts: Sequence[str]) -> list[DataFile]:
    """Keep the files whose last folders agree best with the authors' path."""

    def agreement(file: DataFile) -> int:
        count = 0
        for ours, theirs in zip(reversed(file.parts[:-1]), reversed(parts[:-1]), strict=False):
            if _key(ours) != _key(theirs):
                break
            count += 1
        return count

    best = max(map(agreement, files))
    return [file for file in files if agreement(file) == best]


def _split_folder(file: DataFile) -> str | None:
    """Return the split of the innermost folder that is named after one and nothing else."""
    for part in reversed(file.parts[:-1]):
        if plain(part).rstrip("0123456789") in SPLIT_WORDS:
            return split_of(part)
    return None
