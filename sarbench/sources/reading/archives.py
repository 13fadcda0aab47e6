"""Reading members of a zip archive in place: nothing is extracted, and no member is trusted.

The offsets are read once; a stored member is then one `os.pread`, which several threads may make at a time.
"""

import os
import re
import stat
import struct
import unicodedata
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile

from sarbench.sources.reading.zip_directory import Entry, read_directory

LARGEST_MEMBER = 4 << 30
"""A member that declares more bytes than this is not read."""

_SUSPICIOUS_SIZE = 100_000_000
_SUSPICIOUS_RATIO = 200  # the JSON of templated texts deflates by 10 to 40
_LOCAL = struct.Struct("<4s22xHH")
_ELSEWHERE = "the archive has no such member where its directory says"
_READ_TOGETHER = 1 << 16
_DRIVE = re.compile(r"[A-Za-z]:")


class Archive:
    """One open zip archive.

    Attributes:
        members: The members that may be read, in the order of the directory; of members with one name, the last.
        faults: (member's name, what is wrong with it, what was done) for the others.

    Raises:
        BadZipFile: It is no zip archive, or is cut off.
        OSError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.faults: list[tuple[str, str, str]] = []
        self._starts: dict[int, int] = {}  # local header → first byte, of members whose checksum was right
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            self._size = os.fstat(self._descriptor).st_size
            self.members = tuple(self._usable())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; twice does no harm."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def read(self, member: Entry) -> bytes:
        """Return the bytes of a member. Its checksum is compared when it is read for the first time.

        Raises:
            BadZipFile: It is damaged, or is not what the directory says.
            OSError: The file cannot be read.
        """
        start = self._starts.get(member.header)
        if start is None:
            return self._first(member)
        data = self._bytes(start, member.packed)
        return data if member.method == ZIP_STORED else _inflated(data, member.size)

    def _first(self, member: Entry) -> bytes:
        """Find where the member's bytes begin, read and check them. Small members take one read with their header."""
        if member.header + _LOCAL.size > self._size:
            raise BadZipFile(_ELSEWHERE)
        together = member.packed if member.packed <= _READ_TOGETHER else 0
        block = os.pread(self._descriptor, _LOCAL.size + len(member.name) + together, member.header)
        mark, name_size, extra_size = _LOCAL.unpack_from(block) if len(block) >= _LOCAL.size else (b"", 0, 0)
        if mark != b"PK\x03\x04":
            raise BadZipFile(_ELSEWHERE)
        begins = _LOCAL.size + name_size + extra_size
        data = block[begins : begins + member.packed]
        if len(data) < member.packed:
            data = self._bytes(member.header + begins, member.packed)
        if member.method == ZIP_DEFLATED:
            data = _inflated(data, member.size)
        if len(data) != member.size or zlib.crc32(data) != member.crc:
            msg = "its checksum is wrong: the archive is damaged here"
            raise BadZipFile(msg)
        self._starts[member.header] = member.header + begins
        return data

    def _bytes(self, start: int, size: int) -> bytes:
        if start + size > self._size:
            msg = "the archive ends before its member does"
            raise BadZipFile(msg)
        data = os.pread(self._descriptor, size, start)
        if len(data) == size:
            return data
        parts = [data]  # one call reads 2 GiB at most
        while (size := size - len(parts[-1])) > 0:
            start += len(parts[-1])
            parts.append(os.pread(self._descriptor, size, start))
            if not parts[-1]:
                msg = "the archive was cut while it was read"
                raise BadZipFile(msg)
        return b"".join(parts)

    def _usable(self) -> list[Entry]:
        chosen: dict[str, Entry] = {}
        for entry in read_directory(self._descriptor, self._size):
            if entry.name.endswith(("/", "\\")):
                continue
            if problem := _fault(entry):
                self.faults.append((entry.name, problem, "left out"))
                continue
            if entry.name in chosen:
                self.faults.append((entry.name, "archive member named twice", "the last one counts"))
            chosen[entry.name] = entry
        self._note_alike(list(chosen))
        return list(chosen.values())

    def _note_alike(self, names: list[str]) -> None:
        """Note names that many file systems would not tell apart."""
        met: dict[str, str] = {}
        for name in names:
            first = met.setdefault(name.casefold() if name.isascii() else _folded(name), name)
            if first is not name:
                problem = "archive members whose names differ only in case or Unicode form"
                self.faults.append((f"{name} and {first}", problem, "both kept"))


def _fault(entry: Entry) -> str | None:
    """Say why a member may not be read, if so."""
    if not _safe(entry.name):
        return "archive member with an unsafe name"
    if kind := stat.S_IFMT(entry.mode):
        if stat.S_ISLNK(kind):
            return "archive member is a symbolic link"
        if not stat.S_ISREG(kind):
            return "archive member is a device or a pipe"
    if entry.name[-4:].lower() == ".zip":
        return "archive inside an archive"
    if entry.flags & 1:
        return "archive member is encrypted"
    if entry.method not in (ZIP_STORED, ZIP_DEFLATED):
        return "archive member in an unknown compression"
    if entry.method == ZIP_STORED and entry.packed != entry.size:
        return "archive member with two sizes"
    ratio_is_absurd = entry.size > _SUSPICIOUS_SIZE and entry.size > _SUSPICIOUS_RATIO * entry.packed
    return "archive member would unpack to an absurd size" if entry.size > LARGEST_MEMBER or ratio_is_absurd else None


def _safe(name: str) -> bool:
    """Tell whether a name stays inside the folder it would be unpacked to.

    >>> [_safe(name) for name in ("a/b.png", "../b.png", "a/../b.png", "/b.png", "C:/b.png", "a..b/c..png")]
    [True, False, False, False, False, True]
    """
    if "\\" in name:
        name = name.replace("\\", "/")
    risky = name[:1] in "/" or (".." in name and ".." in name.split("/")) or "\0" in name
    return not risky and not (":" in name and _DRIVE.match(name))


def _inflated(data: bytes, size: int) -> bytes:
    """Unpack deflated bytes, no further than the declared size."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        whole = inflater.decompress(data, size + 1)
    except zlib.error as error:
        msg = f"it cannot be unpacked: {error}"
        raise BadZipFile(msg) from error
    if len(whole) > size:
        msg = f"it unpacks to more than the {size:,} bytes that it declares"
        raise BadZipFile(msg)
    if len(whole) < size or not inflater.eof:
        msg = f"it unpacks to less than the {size:,} bytes that it declares"
        raise BadZipFile(msg)
    return whole


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
