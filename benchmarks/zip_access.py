"""Images straight out of a zip archive, against a loop that knows every offset beforehand and checks nothing.

The archive holds small stored members, so that what is measured is the way to them and not the disk. The bare loop
looks an offset up in a dictionary and calls `os.pread`. sarbench reads the same members through `DataFolder.read`, for
the first time (local header found, CRC-32 compared) and again.

Claims: an archive of 118,000 members is open and one of its images read within 1.5 seconds; a member that was read
before is read at no less than 0.8 of the rate of the bare loop.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from sarbench.sources.reading.files import DataFile, DataFolder
from sarbench.sources.reading.images import ImageIndex

OPEN_CLAIM = 1.5
RATE_CLAIM = 0.8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=118_000, help="members of the archive (default: 118000)")
    parser.add_argument("--size", type=int, default=1_000, help="bytes of each (default: 1000)")
    parser.add_argument("--reads", type=int, default=20_000, help="random members read in a turn (default: 20000)")
    parser.add_argument("--repeats", type=int, default=7, help="turns (default: 7)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "images.zip"
        write_archive(path, options.members, options.size)
        opening = [seconds_to_open(path) for _ in range(options.repeats)]
        offsets = offsets_of(path)
        turns = [one_turn(path, offsets, options.reads, seed) for seed in range(options.repeats)]
    print(f"{options.members:,} stored members of {options.size:,} bytes, {options.repeats} turns, median")
    rates = [options.reads / statistics.median(seconds) for seconds in zip(*turns, strict=True)]
    for what, rate in zip(
        ("bare offset index and pread", "sarbench, first time", "sarbench, again"), rates, strict=True
    ):
        print(f"{what:30s}{rate:12,.0f} members/s")
    first = statistics.median(bare / first for bare, first, _ in turns)
    again = statistics.median(bare / again for bare, _, again in turns)
    print(f"claim: open and one image read in <= {OPEN_CLAIM} s; measured: {statistics.median(opening):.2f} s")
    print(f"claim: ratio to the bare loop >= {RATE_CLAIM}; measured: {again:.2f} (for the first time: {first:.2f})")


def write_archive(path: Path, members: int, size: int) -> None:
    """Write stored members of random bytes."""
    draw = random.Random(0)
    pool = draw.randbytes(size + 256)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(members):
            archive.writestr(f"JPEGImages/train/{number:07d}.png", pool[number % 256 :][:size])


def seconds_to_open(path: Path) -> float:
    """Open the archive, index its images, find one of them by name and read it."""
    start = time.perf_counter()
    with DataFolder(path, obtain="") as folder:
        folder.read(ImageIndex(folder).find("0000077.png"))
    return time.perf_counter() - start


def offsets_of(path: Path) -> dict[str, tuple[int, int]]:
    """Return where each member's bytes begin, and how many they are."""
    offsets = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for info in archive.infolist():
            file.seek(info.header_offset + 26)
            name_size, extra_size = (int.from_bytes(file.read(2), "little") for _ in range(2))
            offsets[info.filename] = (info.header_offset + 30 + name_size + extra_size, info.compress_size)
    return offsets


def one_turn(path: Path, offsets: dict[str, tuple[int, int]], reads: int, seed: int) -> tuple[float, float, float]:
    """Return the seconds of the bare loop, of a first reading and of a second one, of the same random members."""
    with DataFolder(path, obtain="") as folder:
        files = random.Random(seed).sample(folder.files, min(reads, len(folder.files)))
        names = [file.name for file in files]
        descriptor = os.open(path, os.O_RDONLY)
        try:
            bare = seconds(lambda: read_bare(descriptor, offsets, names))
        finally:
            os.close(descriptor)
        first = seconds(lambda: read_all(folder, files))
        return bare, first, seconds(lambda: read_all(folder, files))


def read_bare(descriptor: int, offsets: dict[str, tuple[int, int]], names: list[str]) -> None:
    for name in names:
        offset, size = offsets[name]
        os.pread(descriptor, size, offset)


def read_all(folder: DataFolder, files: list[DataFile]) -> None:
    for file in files:
        folder.read(file)


def seconds(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
