"""The files under a data folder, unpacked or inside zip archives, and the names that authors give their splits."""

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from operator import attrgetter
from pathlib import Path
from posixpath import basename, splitext
from types import TracebackType
from typing import BinaryIO
from zipfile import BadZipFile

from sarbench.errors import InputError
from sarbench.sources._report import Report
from sarbench.sources.reading.archives import Archive
from sarbench.sources.reading.zip_directory import Entry

IMAGE_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp"})
TEXT_SUFFIXES = frozenset({".json", ".jsonl", ".csv", ".txt"})
SIMULATED_MARK = "sarbench_simulated.json"
"""A file of this name at the root of a data folder says that everything in it was simulated."""

MAPPED_BYTES = 64_000_000
"""Larger files are mapped into memory where that is asked for."""

_SPLIT = re.compile(r"(train|validation|valid|val|test)")
SPLIT_WORDS = {
    "train": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
}
_HIDDEN_PART = re.compile(r"(?:^|/)(?:\.[^/]|__MACOSX(?:/|$))")
_WANTED = tuple(IMAGE_SUFFIXES | TEXT_SUFFIXES)
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".z01")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of the authors.

    Attributes:
        name: Path under the data folder with `/`; a member of an archive has the archive's name in front.
        disk: The file itself, or the archive that holds it.
        member: Its entry in the archive's directory; None for a file on disk.
    """

    name: str
    disk: Path
    member: Entry | None = None

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

    Hidden files are left out. Archives stay open until the folder is closed, and nothing is ever unpacked to disk.
    Files may be read from several threads.

    Raises:
        InputError: There is no such folder; `obtain` is the next step in the message.
    """

    def __init__(self, root: Path, *, obtain: str) -> None:
        self.root = root
        self.obtain = obtain
        self.unreadable: dict[str, str] = {}
        """Archives that cannot be opened here, and why."""
        self._archives: dict[Path, Archive] = {}
        self._faults: list[tuple[str, str, str, str]] = []
        if not root.exists():
            raise InputError(where=root, problem="there is no such folder", fix=_sentence(obtain))
        try:
            found = list(self._walk(root) if root.is_dir() else self._members(root, ""))
        except BaseException:
            self.close()
            raise
        if root.is_file() and not self._archives:
            problem = f"is neither a folder nor a zip archive ({self.unreadable[root.name]})"
            raise InputError(where=root, problem=problem, fix="Give the folder that holds the files")
        self.files = tuple(sorted(found, key=attrgetter("name")))
        self.simulated = (root / SIMULATED_MARK).is_file() or any(file.name == SIMULATED_MARK for file in self.files)

    def __enter__(self) -> "DataFolder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the archives."""
        for archive in self._archives.values():
            archive.close()

    def read(self, file: DataFile) -> bytes:
        """Return the bytes of one file.

        Raises:
            InputError: It cannot be read, or its archive is damaged there.
        """
        try:
            if file.member is None:
                with _regular(file.disk) as opened:
                    return opened.read()
            return self._archives[file.disk].read(file.member)
        except (OSError, BadZipFile) as error:
            fix = "Check the file's permissions, or download it again"
            raise InputError(where=self.root / file.name, problem=f"cannot be read ({error})", fix=fix) from error

    def map(self, file: DataFile) -> bytes | memoryview:
        """Return the bytes of one file; those of a file on disk of over 64 MB as a read-only view of the file itself.

        Processes that map the same file share its pages, and pages that nobody needs cost nothing. The view may outlive
        the folder. The file must not change meanwhile: whoever reads behind the new end of a mapped file that was cut
        is killed by the system (SIGBUS). Smaller files and members of archives are read as by `read`.

        Raises:
            InputError: It cannot be read, or its archive is damaged there.
        """
        if file.member is None:
            with suppress(OSError), _regular(file.disk) as opened:  # a system that cannot map may still read
                if os.fstat(opened.fileno()).st_size > MAPPED_BYTES:
                    return memoryview(mmap(opened.fileno(), 0, access=ACCESS_READ))
        return self.read(file)

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
        """Note the archives that cannot be opened and the members that are not read: what is missing may be in them."""
        for archive, why in self.unreadable.items():
            report.flag(file=archive, record=why, problem="archive cannot be opened", action="left out")
        for archive, member, problem, action in self._faults:
            report.flag(file=archive, record=member, problem=problem, action=action)

    def nothing_usable(self, *, looked_for: str) -> InputError:
        """Return the error that says what was looked for in vain, and where to get it."""
        problem = f"holds nothing usable: looked for {looked_for}"
        if self.unreadable:
            named = ", ".join(f"{archive} ({why})" for archive, why in self.unreadable.items())
            problem += f"; cannot be opened, so unpack or download again: {named}"
        if self._faults:
            archive, member, what, _ = self._faults[0]
            problem += f"; members of archives were left out, e.g. {member} in {archive} ({what})"
        return InputError(where=self.root, problem=problem, fix=_sentence(self.obtain))

    def _walk(self, root: Path) -> Iterator[DataFile]:
        seen: set[str] = set()  # linked folders are followed, each once
        for folder, subfolders, names in os.walk(root, followlinks=True, onerror=self._closed):
            real = os.path.realpath(folder)
            subfolders[:] = [] if real in seen else sorted(name for name in subfolders if not _hidden(name))
            if real in seen:
                continue
            seen.add(real)
            relative = Path(folder).relative_to(root)
            for name in names:
                path = Path(folder) / name
                if name.lower().endswith(".zip") and path.is_file():
                    yield from self._members(path, (relative / name).as_posix() + "/")
                elif name.lower().endswith(_OTHER_ARCHIVES):
                    self.unreadable[(relative / name).as_posix()] = "only zip archives can be read in place"
                elif _wanted(name):
                    yield DataFile((relative / name).as_posix(), path)

    def _closed(self, error: OSError) -> None:
        """Note a folder that cannot be entered."""
        name = os.path.relpath(error.filename, self.root)
        self.unreadable[name] = f"the folder cannot be entered ({error.strerror})"

    def _members(self, path: Path, prefix: str) -> Iterator[DataFile]:
        try:
            archive = Archive(path)
        except (OSError, BadZipFile) as error:
            self.unreadable[prefix.rstrip("/") or path.name] = str(error)
            return
        self._archives[path] = archive
        self._faults += [(prefix.rstrip("/") or path.name, *fault) for fault in archive.faults]
        for member in archive.members:
            name = member.name.replace("\\", "/") if "\\" in member.name else member.name
            if name.lower().endswith(_WANTED) and not _HIDDEN_PART.search(name):
                yield DataFile(prefix + name.removeprefix("./"), path, member)


def _regular(path: Path) -> BinaryIO:
    """Open a file that is one: a pipe or a device would keep its reader waiting.

    Raises:
        OSError: It cannot be opened, or is something else.
    """
    opened = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        opened.close()
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return opened


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
    return name.lower().endswith(_WANTED) and not _hidden(name)


def _hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _sentence(text: str) -> str:
    return text.strip().removesuffix(".")
