"""The parts of a split → its files, numbered from end to end, and what is known of them."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sarbench.build.engines.local import Run
from sarbench.build.folder.commit import link_or_copy
from sarbench.build.images.writer import merged_offsets, read_offsets, write_offsets
from sarbench.build.index import IMAGES, FileIndex, ImagesIndex, SplitIndex
from sarbench.build.parts import HASHES_NAME, OFFSETS_NAME, PartRecord, SplitJob, read_part
from sarbench.build.report_state import restored_report
from sarbench.errors import RunError
from sarbench.sources import Report


@dataclass(frozen=True)
class ImageFiles:
    """Some files with images and the places of the images in them.

    Attributes:
        files: The files, in order.
        offsets: An offsets file; its file 0 is `files[0]`.
    """

    files: tuple[Path, ...]
    offsets: Path


@dataclass(frozen=True)
class WrittenSplit:
    """A split with its files in place.

    Attributes:
        index: Paths in it are relative to the built folder.
        report: What was wrong with its records.
        images: The images that it stores, part by part; empty for a flat split.
    """

    index: SplitIndex
    report: Report
    images: tuple[ImageFiles, ...]


def write_split(job: SplitJob, opening: Report, new: Path, *, run: Run, progress: Callable[[int], Any]) -> WrittenSplit:
    """Write those parts of a split that are not finished yet, and put all of them together.

    Args:
        job: The split.
        opening: What was wrong with its texts.
        new: Where the folder of its config goes.
        run: What writes parts.
        progress: Called with the number of rows written since the last call.

    Raises:
        InputError: The authors' files cannot be read.
        RunError: A worker was killed, or its files did not arrive.
        OSError: A file cannot be written.
    """
    finished = {part: record for part in job.parts if (record := read_part(job, part))}
    missing = [part for part in job.parts if part not in finished]
    progress(sum(record.rows for record in finished.values()))
    if missing:
        job.folder.mkdir(parents=True, exist_ok=True)
        run(job, missing, progress, lambda part: progress(_record(job, part).rows))
    records = [_record(job, part) for part in job.parts]
    report = Report()
    report.merge(opening)
    for record in records:
        report.merge(restored_report(record.report))
    texts = [(job.part_folder(part) / name, size) for part, record in enumerate(records) for name, size in record.texts]
    files = place_files(texts, new / job.config, job.split)
    index = SplitIndex(
        rows=sum(record.rows for record in records),
        images=sum(record.images for record in records),
        bytes=sum(file.bytes for file in files),
        data_digest=_digest(job, records),
        simulated=any(record.simulated for record in records),
        files=files,
        problems=report.counts,
        layout=job.layout,
    )
    return WrittenSplit(index, report, _images(job, records))


def place_files(sources: Iterable[tuple[Path, int]], folder: Path, split: str) -> tuple[FileIndex, ...]:
    """Give files their final names `<folder>/<split>-00000-of-NNNNN.parquet`, as links where they can be made.

    Args:
        sources: Files with their sizes in bytes.
        folder: A folder of a built set.
        split: Split name.

    Returns:
        The files, with paths relative to the folder above `folder`.
    """
    given = list(sources)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, (source, size) in enumerate(given):
        name = f"{split}-{number:05d}-of-{len(given):05d}.parquet"
        link_or_copy(source, folder / name)
        files.append(FileIndex(path=f"{folder.name}/{name}", bytes=size))
    return tuple(files)


def place_images(images: Iterable[ImageFiles], new: Path, split: str) -> ImagesIndex:
    """Put the images of a split together: their files, numbered from end to end, and one offsets file.

    Args:
        images: In the order of precedence: of an image that occurs twice, the first place counts.
        new: Where the folder `images` goes.
        split: Split name.
    """
    sources: list[tuple[Path, int]] = []
    tables = []
    for given in images:
        tables.append((read_offsets(given.offsets), len(sources)))
        sources += [(path, path.stat().st_size) for path in given.files]
    files = place_files(sources, new / IMAGES, split)
    table = merged_offsets(tables)
    offsets = write_offsets(new / IMAGES / f"{split}-offsets.arrow", table, files)
    return ImagesIndex(
        rows=len(table),
        bytes=sum(file.bytes for file in files),
        files=files,
        offsets=offsets.model_copy(update={"path": f"{IMAGES}/{offsets.path}"}),
    )


def _record(job: SplitJob, part: int) -> PartRecord:
    record = read_part(job, part)
    if record is None:
        problem = "is not there, although its worker has finished"
        fix = "Let every node see the folder that is built in under the same path, then build again"
        raise RunError(where=job.part_folder(part), problem=problem, fix=fix)
    return record


def _digest(job: SplitJob, records: list[PartRecord]) -> str:
    """Hash the sample hashes as `index.data_digest` does."""
    digest = hashlib.sha256()
    for part in range(len(records)):
        hashes = (job.part_folder(part) / HASHES_NAME).read_bytes()
        digest.update(hashes.hex().encode())
    return digest.hexdigest()


def _images(job: SplitJob, records: list[PartRecord]) -> tuple[ImageFiles, ...]:
    if job.layout == "flat":
        return ()
    folders = [job.part_folder(part) for part in job.parts]
    return tuple(
        ImageFiles(tuple(folder / name for name, _ in record.pictures), folder / OFFSETS_NAME)
        for folder, record in zip(folders, records, strict=True)
    )
