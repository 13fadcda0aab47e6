"""`sarbench leakage`: which images built datasets and their splits share, and what is left of each test split."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sarbench.errors import InputError
from sarbench.files import replacing, write_text
from sarbench.hub import lookup
from sarbench.leakage import (
    KNOWN,
    CleanSubset,
    KnownOverlap,
    LeakageReport,
    Place,
    SplitName,
    clean_ids,
    clusters,
    is_training,
    matrix,
    shared_clusters,
    shared_ids,
)
from sarbench.leakage_scan._census import ShownSplit, census
from sarbench.leakage_scan._compared import find_pairs
from sarbench.leakage_scan._described import VERSION, Described, describe_all

__all__ = ["report_paths", "scan"]


def scan(folders: Sequence[Path], *, out: Path, progress: Callable[[int], object] | None = None) -> LeakageReport:
    """Find the images that built datasets and their splits share, and write a report.

    Written are `REPORT.json` with everything, `REPORT.md` to read, and `REPORT-clean/<dataset>--<config>--<split>.json`
    for each split that is not for training: `{"dataset", "config", "split", "data_digest", "against": training splits,
    "image_ids", "row_ids", "seen": {training split: row ids}}`, where `image_ids` and `row_ids` are the clean ones,
    whose images no training split shows, and `seen` lists the rows that each of them shows.
    `REPORT.descriptors-2` keeps what was computed about each image, so that the next scan reads only new ones; it may
    be deleted.

    Args:
        folders: Folders that `sarbench build` wrote, in any order. Several may hold one dataset: the report then names
            each by its folder too, `sardet-100k@hrsid`.
        out: REPORT, with or without `.json` or `.md`.
        progress: Called with the number of images newly described.

    Raises:
        InputError: A folder is not a usable built set, one is named twice, none has images, or nothing can be
            written at `out`.
    """
    as_json, as_markdown = report_paths(out)
    splits = census(folders)
    stem = as_json.with_suffix("")
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        cache = stem.with_name(f"{stem.name}.descriptors-{VERSION}")
        described = describe_all(splits, cache=cache, progress=progress)
        report = _report(splits, described, stem)
        write_text(as_json, report.to_json())
        write_text(as_markdown, report.to_text())
    except OSError as error:
        fix = "Name a place with enough room where files may be written"
        raise InputError(where=out, problem=f"the report cannot be written ({error})", fix=fix) from error
    return report


def report_paths(out: Path) -> tuple[Path, Path]:
    """Return where the JSON and the readable report lie.

    >>> [path.as_posix() for path in report_paths(Path("a/shared.json"))]
    ['a/shared.json', 'a/shared.md']
    >>> [path.as_posix() for path in report_paths(Path("v1.2"))]
    ['v1.2.json', 'v1.2.md']
    """
    stem = out.stem if out.suffix in (".json", ".md") else out.name
    return out.with_name(f"{stem}.json"), out.with_name(f"{stem}.md")


def _report(splits: Sequence[ShownSplit], described: Described, stem: Path) -> LeakageReport:
    pairs, crowded = find_pairs(splits, described, folder=stem.parent)
    blank, plain = (described.having(field) for field in ("blank", "plain"))
    keys = {sha256 for split in splits for sha256 in split.images.values()}
    groups = clusters(keys, [(pair.first, pair.second) for pair in pairs])
    shown = _shown(splits, {key: group[0] for group in groups for key in group}, blank)
    by_name = _merged(splits, shown)
    places = shared_clusters(by_name)
    return LeakageReport(
        splits=tuple(split.about for split in splits),
        files=len(keys),
        matrix=matrix(by_name),
        pairs=tuple(pairs),
        clusters=tuple(tuple(_place(name, image_id) for name, image_id in cluster) for cluster in places.values()),
        blank=tuple(place for place, _ in _places(splits, dict.fromkeys(blank, ""))),
        plain=tuple(place for place, _ in _places(splits, dict.fromkeys(plain - blank, ""))),
        unreadable=tuple(_places(splits, described.problems)),
        crowded=tuple(place for place, _ in _places(splits, dict.fromkeys(crowded, ""))),
        clean=tuple(_clean(splits, shown, by_name, stem)),
        lineage=tuple(_known(splits, shown)),
    )


def _shown(splits: Sequence[ShownSplit], cluster: Mapping[str, str], blank: set[str]) -> list[dict[str, str]]:
    """Return what each split shows: image id → cluster. A blank image is a cluster of its own wherever it stands."""
    return [
        {
            image_id: f"blank {split.name} {image_id}" if sha256 in blank else cluster[sha256]
            for image_id, sha256 in split.images.items()
        }
        for split in splits
    ]


def _merged(splits: Sequence[ShownSplit], shown: Sequence[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return `dataset/split` → what its configs show together."""
    merged: dict[str, dict[str, str]] = {}
    for split, images in zip(splits, shown, strict=True):
        merged.setdefault(split.name, {}).update(images)
    return merged


def _place(name: str, image_id: str) -> Place:
    dataset, split = name.split("/", 1)
    return Place(dataset, split, image_id)


def _places(splits: Sequence[ShownSplit], wanted: Mapping[str, str]) -> list[tuple[Place, str]]:
    """Return where some files are shown, sorted, each with what is said of it."""
    found = {
        (split.name, image_id): wanted[sha256]
        for split in splits
        for image_id, sha256 in split.images.items()
        if sha256 in wanted
    }
    return [(_place(*where), said) for where, said in sorted(found.items())]


def _clean(
    splits: Sequence[ShownSplit], shown: Sequence[dict[str, str]], by_name: Mapping[str, dict[str, str]], stem: Path
) -> list[CleanSubset]:
    training = {name: images for name, images in by_name.items() if is_training(name.split("/", 1)[1])}
    folder = stem.with_name(f"{stem.name}-clean")
    return [
        _clean_subset(split, images, training, folder)
        for split, images in zip(splits, shown, strict=True)
        if not is_training(split.about.split)
    ]


def _clean_subset(
    split: ShownSplit, images: Mapping[str, str], training: Mapping[str, Mapping[str, str]], folder: Path
) -> CleanSubset:
    about = split.about
    seen = {name: set(shared_ids(images, other)) for name, other in training.items()}
    clean = clean_ids(images, training.values())
    unseen = set(clean)
    row_ids: list[str] = []
    seen_rows: dict[str, list[str]] = {name: [] for name in training}
    for row in lookup.rows(split.folder, about.config, about.split, columns=["id", "image_id"]):
        if row["image_id"] not in images or row["image_id"] in unseen:
            row_ids.append(row["id"])
        for name, ids in seen.items():
            if row["image_id"] in ids:
                seen_rows[name].append(row["id"])
    content = {
        "dataset": split.dataset,
        "config": about.config,
        "split": about.split,
        "data_digest": about.data_digest,
        "against": list(training),
        "image_ids": clean,
        "row_ids": row_ids,
        "seen": seen_rows,
    }
    path = folder / f"{about.dataset}--{about.config}--{about.split}.json"
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    return CleanSubset(
        dataset=about.dataset,
        config=about.config,
        split=about.split,
        against=tuple(training),
        images=len(images),
        clean_images=len(clean),
        rows=about.rows,
        clean_rows=len(row_ids),
        seen={name: len(ids) for name, ids in seen.items()},
        file=f"{folder.name}/{path.name}",
    )


def _known(splits: Sequence[ShownSplit], shown: Sequence[dict[str, str]]) -> list[KnownOverlap]:
    """Return the statements that concern a split of the scan on either side, whether the other is at hand or not."""

    def side(name: SplitName) -> dict[str, str]:
        covered: dict[str, str] = {}
        for split, images in zip(splits, shown, strict=True):
            if name.covers(split.dataset, split.about.config, split.about.split):
                covered.update(images)
        return covered

    found = []
    for known in KNOWN:
        images_of, come_from = side(known.images_of), side(known.come_from)
        if images_of or come_from:
            both = matrix({"images_of": images_of, "come_from": come_from})["images_of"]["come_from"]
            found.append(KnownOverlap(known, both if images_of and come_from else None))
    return found
