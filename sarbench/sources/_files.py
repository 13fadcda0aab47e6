"""The files under a data folder, unpacked or inside zip archives, and the names that authors give their splits."""

import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, splitext
from types import TracebackType

from sarbench.errors import InputError
from sarbench.sources._report import Report

IMAGE_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp"})
TEXT_SUFFIXES = frozenset({".json", ".jsonl", ".csv", ".txt"})
SIMULATED_MARK = "sarbench_simulated.json"
"""A file of this name at the root of a data folder says that everything in it was simulated."""

_SPLIT = re.compile(r"(train|validation|valid|val|test)")
SPLIT_WORDS = {
    "train": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
}
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".z01")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of the authors.

    Attributes:
        name: Path under the data folder with `/`; a member of an archive has the archive's name in front.
        disk: The file itself, or the archive that holds it.
        member: The name inside the archive; None for a file on disk.
    """

    name: str
    disk: Path
    member: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of `name`."""
        return tuple(self.name.split("/"))

    @property
    def stem(self) -> str:
        """The file's own name without its suffix."""
        return splitext(basename(self.name))[0]

    @property
    def suffix(self) -> str:
        """The suffix in lower case, with its dot."""
        return splitext(self.name)[1].lower()


class DataFolder:
    """A data folder (or one zip archive) with all files that a dataset module may want, in the order of their names.

    Hidden files are left out. Archives stay open until the folder is closed.

    Raises:
        InputError: There is no such folder; `obtain` is the next step in the message.
    """

    def __init__(self, root: Path, *, obtain: str) -> None:
        self.root = root
        self.obtain = obtain
        self.unreadable: list[str] = []
        """Archives that cannot be opened here."""
        self._archives: dict[Path, zipfile.ZipFile] = {}
        if not root.exists():
            raise InputError(where=root, problem="there is no such folder", fix=_sentence(obtain))
        if root.is_file() and not zipfile.is_zipfile(root):
            problem = "is neither a folder nor a zip archive"
            raise InputError(where=root, problem=problem, fix="Give the folder that holds the files")
        found = self._walk(root) if root.is_dir() else self._members(root, "")
        self.files = tuple(sorted(found, key=lambda file: file.name))
        self.simulated = (root / SIMULATED_MARK).is_file() or any(file.name == SIMULATED_MARK for file in self.files)

    def __enter__(self) -> "DataFolder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for archive in self._archives.values():
            archive.close()

    def read(self, file: DataFile) -> bytes:
        """Return the bytes of one file.

        Raises:
            InputError: It cannot be read, or its archive is damaged there.
        """
        try:
            if file.member is None:
                return file.disk.read_bytes()
            return self._archives[file.disk].read(file.member)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            fix = "Check the file's permissions, or download it again"
            raise InputError(where=self.root / file.name, problem=f"cannot be read ({error})", fix=fix) from error

    @contextmanager
    def naming(self, file: DataFile) -> Iterator[None]:
        """Give errors about one file its whole path, which the readers of its content do not know."""
        try:
            yield
        except InputError as error:
            if error.where != file.name:
                raise
            where = self.root / file.name if self.root.is_dir() else f"{self.root}/{file.name}"
            raise InputError(where=where, problem=error.problem, fix=error.fix) from error

    def note_unreadable(self, report: Report) -> None:
        """Note the archives that cannot be opened: what is missing may be in them."""
        for archive in self.unreadable:
            report.flag(file=archive, record="archive", problem="archive cannot be opened", action="left out")

    def nothing_usable(self, *, looked_for: str) -> InputError:
        """Return the error that says what was looked for in vain, and where to get it."""
        unreadable = f"; {', '.join(self.unreadable)} cannot be opened (unpack or download again)"
        problem = f"holds nothing usable: looked for {looked_for}{unreadable if self.unreadable else ''}"
        return InputError(where=self.root, problem=problem, fix=_sentence(self.obtain))

    def _walk(self, root: Path) -> Iterator[DataFile]:
        seen: set[str] = set()  # linked folders are followed, each once
        for folder, subfolders, names in os.walk(root, followlinks=True):
            real = os.path.realpath(folder)
            subfolders[:] = [] if real in seen else sorted(name for name in subfolders if not _hidden(name))
            if real in seen:
                continue
            seen.add(real)
            relative = Path(folder).relative_to(root)
            for name in names:
                path = Path(folder) / name
                if name.lower().endswith(".zip"):
                    yield from self._members(path, (relative / name).as_posix() + "/")
                elif name.lower().endswith(_OTHER_ARCHIVES):
                    self.unreadable.append((relative / name).as_posix())
                elif _wanted(name):
                    yield DataFile((relative / name).as_posix(), path)

    def _members(self, path: Path, prefix: str) -> Iterator[DataFile]:
        try:
            archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile):
            self.unreadable.append(prefix.rstrip("/") or path.name)
            return
        self._archives[path] = archive
        for member in archive.infolist():
            parts = member.filename.replace("\\", "/").split("/")
            if not member.is_dir() and _wanted(parts[-1]) and not any(map(_hidden, parts)):
                yield DataFile(prefix + "/".join(parts), path, member.filename)


def plain(name: str) -> str:
    """Return a name as it is compared: composed Unicode, no case, no separators.

    >>> plain("SARChat_Total-task train")
    'sarchattotaltasktrain'
    """
    return re.sub(r"[-_ ]+", "", unicodedata.normalize("NFC", name).casefold())


def split_of(name: str) -> str | None:
    """Return the split that a file or folder name begins with, or None where it names none or several.

    >>> [split_of(name) for name in ("train2017", "val", "Test_final", "train_test2017", "scenes")]
    ['train', 'validation', 'test', None, None]
    """
    words = _SPLIT.findall(plain(name))
    begins = _SPLIT.match(plain(name))
    return SPLIT_WORDS[begins[0]] if begins and len({SPLIT_WORDS[word] for word in words}) == 1 else None


def unpacked_first(files: list[DataFile]) -> list[DataFile]:
    """Drop archive members where the same list has files on disk: archives are often kept beside what they held."""
    return [file for file in files if file.member is None] or files


def _wanted(name: str) -> bool:
    return not _hidden(name) and splitext(name)[1].lower() in IMAGE_SUFFIXES | TEXT_SUFFIXES


def _hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _sentence(text: str) -> str:
    return text.strip().removesuffix(".")
