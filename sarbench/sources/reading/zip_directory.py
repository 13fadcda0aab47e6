"""The central directory of a zip archive: what it holds and where, read once and without opening a member.

Layout: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3. ZIP64 and data in front of the archive are understood.
"""

import os
import struct
from collections.abc import Iterator
from typing import NamedTuple
from zipfile import BadZipFile

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4sBB5H3L5H2L")
_LONGEST_COMMENT = 0xFFFF
_IN_EXTRA = 0xFFFFFFFF
_UTF8_NAME = 0x800


class Entry(NamedTuple):
    """One entry of the central directory.

    Attributes:
        name: The member's name as the archive has it.
        header: Where its local header lies in the file, in bytes.
        packed: Bytes it takes in the archive.
        size: Bytes it has when unpacked, as declared.
        crc: CRC-32 of the unpacked bytes, as declared.
        method: Compression: 0 stored, 8 deflated.
        flags: The general purpose bits; bit 0 stands for encryption.
        mode: The Unix file mode, 0 where the archive was not made on Unix.
    """

    name: str
    header: int
    packed: int
    size: int
    crc: int
    method: int
    flags: int
    mode: int


def read_directory(descriptor: int, file_size: int) -> Iterator[Entry]:
    """Yield the entries of an open archive in the order of its directory.

    Args:
        descriptor: The open file.
        file_size: Its size in bytes.

    Raises:
        BadZipFile: It is no zip archive, is cut off, is one part of several, or its directory is damaged.
    """
    end, count, size, offset = _find_end(descriptor, file_size)
    shift = end - size - offset  # bytes in front of the archive, e.g. of a program that unpacks it
    if shift < 0:
        msg = "its central directory is damaged"
        raise BadZipFile(msg)
    yield from _entries(os.pread(descriptor, size, offset + shift), count, shift)


def _find_end(descriptor: int, file_size: int) -> tuple[int, int, int, int]:
    """Return where the central directory ends, its number of entries, its size and its stated offset."""
    tail_size = min(file_size, _END.size + _LONGEST_COMMENT)
    tail = os.pread(descriptor, tail_size, file_size - tail_size)
    place = tail.rfind(b"PK\x05\x06", 0, max(0, len(tail) - _END.size + 4))
    if place < 0:
        begins = os.pread(descriptor, 4, 0)
        msg = "it is cut off: its central directory is missing" if begins == b"PK\x03\x04" else "it is no zip archive"
        raise BadZipFile(msg)
    _, disk, first_disk, _, count, size, offset, _ = _END.unpack_from(tail, place)
    end = file_size - tail_size + place
    if count == 0xFFFF or size == _IN_EXTRA or offset == _IN_EXTRA or disk == 0xFFFF:
        found = _find_end_64(descriptor, end)
        if found is not None:
            return found
    if disk or first_disk:
        msg = "it is one part of an archive in several parts"
        raise BadZipFile(msg)
    return end, count, size, offset


def _find_end_64(descriptor: int, end: int) -> tuple[int, int, int, int] | None:
    if end < _LOCATOR.size + _END_64.size:
        return None
    mark, _, stated, _ = _LOCATOR.unpack(os.pread(descriptor, _LOCATOR.size, end - _LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    for place in (end - _LOCATOR.size - _END_64.size, stated):
        record = os.pread(descriptor, _END_64.size, place) if place < end else b""
        if len(record) == _END_64.size and record.startswith(b"PK\x06\x06"):
            _, _, _, _, disk, first_disk, _, count, size, offset = _END_64.unpack(record)
            if disk or first_disk:
                msg = "it is one part of an archive in several parts"
                raise BadZipFile(msg)
            return place, count, size, offset
    msg = "its ZIP64 directory is damaged"
    raise BadZipFile(msg)


def _entries(directory: bytes, count: int, shift: int) -> Iterator[Entry]:
    place = 0
    for _ in range(count):
        if place + _ENTRY.size > len(directory) or directory[place : place + 4] != b"PK\x01\x02":
            msg = "its central directory is damaged"
            raise BadZipFile(msg)
        (
            _,
            _,
            system,
            _,
            flags,
            method,
            _,
            _,
            crc,
            packed,
            size,
            name_size,
            extra_size,
            comment_size,
            _,
            _,
            mode,
            header,
        ) = _ENTRY.unpack_from(directory, place)
        name_ends = place + _ENTRY.size + name_size
        name = _decoded(directory[place + _ENTRY.size : name_ends], flags)
        if _IN_EXTRA in (size, packed, header):
            extra = directory[name_ends : name_ends + extra_size]
            size, packed, header = _from_extra(extra, size, packed, header)
        yield Entry(name, header + shift, packed, size, crc, method, flags, mode >> 16 if system == 3 else 0)
        place = name_ends + extra_size + comment_size


def _decoded(name: bytes, flags: int) -> str:
    """Decode a name. Many tools write UTF-8 without saying so; what is no UTF-8 is code page 437 by the standard."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("utf-8", "replace") if flags & _UTF8_NAME else name.decode("cp437")


def _from_extra(extra: bytes, *stated: int) -> Iterator[int]:
    """Take the numbers that did not fit 32 bits from the ZIP64 field."""
    place, field = 0, b""
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        if kind == 1:
            field = extra[place + 4 : place + 4 + length]
        place += 4 + length
    for number in stated:
        if number != _IN_EXTRA or len(field) < 8:
            yield number
        else:
            yield int.from_bytes(field[:8], "little")
            field = field[8:]
