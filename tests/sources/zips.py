"""Zip archives that no honest tool writes, made by changing the bytes of honest ones."""

import io
import stat
import struct
import zipfile
from pathlib import Path


def link(name: str) -> zipfile.ZipInfo:
    """Return the header of a symbolic link."""
    return special(name, stat.S_IFLNK)


def special(name: str, kind: int) -> zipfile.ZipInfo:
    """Return the header of a member of some kind of file."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (kind | 0o644) << 16
    return info


def archive(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes], deflated: bool = False) -> Path:
    """Write an archive with these members."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as written:
        for name, data in members:
            written.writestr(name, data)
    return path


def renamed(path: Path, old: bytes, new: bytes) -> Path:
    """Give a member another name of the same length, in both places where it stands."""
    assert len(old) == len(new)
    path.write_bytes(path.read_bytes().replace(old, new))
    return path


def redeclared(path: Path, *, size: int | None = None, flags: int | None = None, method: int | None = None) -> Path:
    """Change what the directory says about the only member."""
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02")
    if size is not None:
        struct.pack_into("<L", data, place + 24, size)
    if flags is not None:
        struct.pack_into("<H", data, place + 8, flags)
    if method is not None:
        struct.pack_into("<H", data, place + 10, method)
    path.write_bytes(bytes(data))
    return path


def zip64(name: str, data: bytes) -> bytes:
    """Return an archive whose every number stands in its ZIP64 fields."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written, written.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
        member.write(data)
    plain = bytearray(buffer.getvalue())
    entry = plain.index(b"PK\x01\x02")
    end = plain.index(b"PK\x05\x06")
    crc, packed, size = struct.unpack_from("<3L", plain, entry + 16)
    assert packed == size == len(data)
    name_size = struct.unpack_from("<H", plain, entry + 28)[0]
    header = bytearray(plain[entry : entry + 46 + name_size])
    extra = struct.pack("<HH3Q", 1, 24, size, packed, 0)
    struct.pack_into("<3L", header, 16, crc, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", header, 30, len(extra))
    struct.pack_into("<L", header, 42, 0xFFFFFFFF)
    directory = bytes(header) + extra
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(directory), entry)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, entry + len(directory), 1)
    last = bytearray(plain[end:])
    struct.pack_into("<2H2L", last, 8, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    return bytes(plain[:entry]) + directory + end64 + locator + bytes(last)
