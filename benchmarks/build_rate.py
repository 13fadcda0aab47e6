"""How fast `sarbench build` writes images, against a bare pyarrow ParquetWriter that gets the same bytes.

`sarbench build` joins annotations and images, reads every image header and hashes every image (SHA-256). The bare
writer reads the same files and writes nothing but bytes and their SHA-256; for scale, a second one makes no hashes.

Claim: joined images are written at no less than 0.7 of the rate of the bare writer with the same hashes.
"""

import argparse
import hashlib
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from speckle_set import write_speckle_set

from sarbench.build import build
from sarbench.build.batches import BATCH_BYTES
from sarbench.build.index import Layout

CLAIM = 0.7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1_000, help="512 x 512 chips of speckle (default: 1000)")
    parser.add_argument("--repeats", type=int, default=7, help="runs of each, by turns (default: 7)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        megabytes = write_speckle_set(raw, options.images) / 1e6
        seconds_to_build(raw, out, "joined")  # warm up: imports, page cache
        rounds = [
            (
                seconds_to_build(raw, out, "joined"),
                seconds_to_build(raw, out, "flat"),
                seconds_to_copy(raw, out, hashed=True),
                seconds_to_copy(raw, out, hashed=False),
            )
            for _ in range(options.repeats)
        ]
    print(f"{options.images} images, {megabytes:.0f} MB, {options.repeats} runs of each by turns, median")
    names = (
        "sarbench build --layout joined",
        "sarbench build --layout flat",
        "bare ParquetWriter with the same hashes",
        "bare ParquetWriter without hashes",
    )
    for name, seconds in zip(names, zip(*rounds, strict=True), strict=True):
        print(f"{name:40s}{megabytes / statistics.median(seconds):8.0f} MB/s")
    for name, column in (("joined", 0), ("flat", 1)):
        hashed = statistics.median(times[2] / times[column] for times in rounds)
        unhashed = statistics.median(times[3] / times[column] for times in rounds)
        print(f"{name}: {hashed:.2f} of the rate of the writer with hashes, {unhashed:.2f} of the one without")
    print(f"claim: joined >= {CLAIM} of the writer with hashes")


def seconds_to_build(raw: Path, out: Path, layout: Layout) -> float:
    start = time.perf_counter()
    build("sardet-100k", data_dir=raw, out=out, layout=layout)
    seconds = time.perf_counter() - start
    shutil.rmtree(out)
    return seconds


def seconds_to_copy(raw: Path, out: Path, *, hashed: bool) -> float:
    """Write every image file's bytes and name with pyarrow, in tables of the size that `build` uses."""
    schema = pa.schema([("bytes", pa.binary()), ("name", pa.string())])
    start = time.perf_counter()
    with pq.ParquetWriter(out, schema, compression="none", use_dictionary=False) as writer:
        data: list[bytes] = []
        names: list[str] = []
        size = 0
        for path in sorted((raw / "JPEGImages" / "train").iterdir()):
            data.append(path.read_bytes())
            names.append(hashlib.sha256(data[-1]).hexdigest() if hashed else path.name)
            size += len(data[-1])
            if size >= BATCH_BYTES:
                writer.write_table(pa.table([data, names], schema=schema))
                data, names, size = [], [], 0
        writer.write_table(pa.table([data, names], schema=schema))
    seconds = time.perf_counter() - start
    out.unlink()
    return seconds


if __name__ == "__main__":
    main()
