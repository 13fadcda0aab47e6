"""What a scan found, as values, as JSON and as a page to read."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sarbench.leakage.lineage import Lineage
from sarbench.leakage.overlap import Overlap

LISTED = 20
"""Lines of a list on the readable page; the JSON has them all."""


@dataclass(frozen=True)
class ScannedSplit:
    """One split of one config that was looked at."""

    dataset: str
    """Its name, with that of its folder behind an @ where several folders hold it."""
    config: str
    split: str
    rows: int
    images: int
    data_digest: str
    """Of the build, from its `sarbench.json`."""


@dataclass(frozen=True)
class Place:
    """Where an image is shown; configs of one split show one set of images."""

    dataset: str
    split: str
    image_id: str

    def __str__(self) -> str:
        return f"{self.dataset}/{self.split}/{self.image_id}"


@dataclass(frozen=True)
class FoundPair:
    """Two files that show one image.

    Attributes:
        first: SHA-256 of the bytes of one.
        second: SHA-256 of the bytes of the other.
        kind: `pixels`: equal in every pixel; `near`: confirmed by correlation.
        score: Normalised cross-correlation; 1 for equal pixels.
        orientation: How the second must be turned to lie on the first, 0 to 7 as in `leakage.dihedral`.
        shared: Shared area as a share of the larger image's.
    """

    first: str
    second: str
    kind: Literal["pixels", "near"]
    score: float
    orientation: int
    shared: float


@dataclass(frozen=True)
class CleanSubset:
    """What is left of a split without the images that training splits show.

    Attributes:
        dataset: Dataset of the split.
        config: Config of the split.
        split: A split that is not for training.
        against: The training splits, as `dataset/split`.
        images: Images of the split.
        clean_images: Those that no training split shows.
        rows: Rows of the split.
        clean_rows: Those that show a clean image, or none.
        seen: Training split → images of this split that it shows.
        file: Where the ids are, relative to the report.
    """

    dataset: str
    config: str
    split: str
    against: tuple[str, ...]
    images: int
    clean_images: int
    rows: int
    clean_rows: int
    seen: dict[str, int]
    file: str


@dataclass(frozen=True)
class KnownOverlap:
    """What is known of two splits beforehand, and what was found.

    Attributes:
        known: The statement.
        measured: Images of `known.images_of` that `known.come_from` shows; None where not both are at hand.
    """

    known: Lineage
    measured: Overlap | None


@dataclass(frozen=True)
class LeakageReport:
    """What a scan found; everything is sorted, so that equal data gives equal reports.

    Attributes:
        splits: What was looked at.
        files: How many different encoded images that is.
        matrix: `dataset/split` → `dataset/split` → what the first shares with the second.
        pairs: Files that show one image.
        clusters: Images that are shown more than once, and where.
        blank: Images that show nothing, and are not compared.
        plain: Images that show little; only copies with equal pixels are found.
        unreadable: Images that cannot be decoded, and why; only copies with the same bytes are found.
        crowded: Images that look like too many others; copies of these may have been missed.
        clean: What is left of each test split.
        lineage: What is known about these datasets beforehand.
    """

    splits: tuple[ScannedSplit, ...]
    files: int
    matrix: dict[str, dict[str, Overlap]]
    pairs: tuple[FoundPair, ...]
    clusters: tuple[tuple[Place, ...], ...]
    blank: tuple[Place, ...]
    plain: tuple[Place, ...]
    unreadable: tuple[tuple[Place, str], ...]
    crowded: tuple[Place, ...]
    clean: tuple[CleanSubset, ...]
    lineage: tuple[KnownOverlap, ...]

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    def to_text(self) -> str:
        """Return a page to read, in Markdown."""
        parts = [_heading(self), _matrix(self), _clean(self), _lineage(self.lineage), _clusters(self), _aside(self)]
        return "\n\n".join(part for part in parts if part) + "\n"


def _heading(report: LeakageReport) -> str:
    near = sum(pair.kind == "near" for pair in report.pairs)
    names = ", ".join(f"{split.dataset}/{split.config}/{split.split}" for split in report.splits)
    return (
        f"# Shared images\n\n{report.files:,} different image files in {len(report.splits)} splits ({names}).\n"
        f"{len(report.pairs) - near:,} pairs of files are equal in every pixel, {near:,} more show the same image.\n"
        f"{len(report.clusters):,} images are shown more than once."
    )


def _matrix(report: LeakageReport) -> str:
    names = list(report.matrix)
    lines = [
        [f"{one} ({next(iter(row.values())).of:,})", *(f"{row[other].images:,}" for other in names)]
        for one, row in report.matrix.items()
    ]
    note = (
        "Images of the split at the left (how many it has) that the split above shows too; on the diagonal, those that "
        "it shows under other names as well."
    )
    return f"## Who shares with whom\n\n{note}\n\n{_table(['split', *names], lines)}"


def _clean(report: LeakageReport) -> str:
    if not report.clean:
        return ""
    lines = [
        [
            f"{subset.dataset}/{subset.config}/{subset.split}",
            f"{subset.clean_images:,} of {subset.images:,}",
            f"{subset.clean_rows:,} of {subset.rows:,}",
            ", ".join(f"{name}: {images:,}" for name, images in subset.seen.items() if images) or "none",
            subset.file,
        ]
        for subset in report.clean
    ]
    header = ["split", "clean images", "clean rows", "images seen in", "ids"]
    against = ", ".join(sorted({name for subset in report.clean for name in subset.against})) or "no training split"
    return f"## Clean subsets\n\nShared with none of: {against}.\n\n{_table(header, lines)}"


def _lineage(lineage: Iterable[KnownOverlap]) -> str:
    lines = [
        [
            f"{found.known.images_of} {_RELATIONS[found.known.relation]} {found.known.come_from}",
            found.known.certainty,
            f"{found.measured.images:,} of {found.measured.of:,}" if found.measured else "not both at hand",
            found.known.evidence,
            found.known.source,
        ]
        for found in lineage
    ]
    if not lines:
        return ""
    header = ["images", "certainty", "measured", "evidence", "source"]
    return f"## Known beforehand\n\n{_table(header, lines)}"


_RELATIONS = {"equals": "=", "within": "⊂", "overlaps": "∩"}


def _clusters(report: LeakageReport) -> str:
    lines = [" = ".join(f"`{place}`" for place in cluster) for cluster in report.clusters]
    return _list("Images shown more than once", lines)


def _aside(report: LeakageReport) -> str:
    lists = (
        (
            "Cannot be decoded: only copies with the same bytes were found",
            [f"{p}: {why}" for p, why in report.unreadable],
        ),
        ("Blank: not compared", [str(place) for place in report.blank]),
        ("Almost blank: only copies with equal pixels were found", [str(place) for place in report.plain]),
        ("Too much like too many others: copies may have been missed", [str(place) for place in report.crowded]),
    )
    return "\n\n".join(part for title, lines in lists if (part := _list(title, lines)))


def _list(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = f"\n- … and {len(lines) - LISTED:,} more in the JSON report" if len(lines) > LISTED else ""
    return (
        f"## {title} ({len(lines):,})\n\n" + "\n".join(f"- {' '.join(line.split())}" for line in lines[:LISTED]) + more
    )


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
