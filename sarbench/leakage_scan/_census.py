"""Which built split shows which image."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sarbench.build.images.store import ImageStore
from sarbench.build.index import SplitIndex, read_index
from sarbench.errors import InputError
from sarbench.hub import lookup
from sarbench.leakage import ScannedSplit

_HELD_BYTES = 48 << 20
_HELD = 512
"""Bytes of images, and images, that are asked for at a time."""


@dataclass(frozen=True)
class ShownSplit:
    """One split of one config, and the images that its rows show.

    Attributes:
        folder: The built folder.
        dataset: The dataset's own name; `about` has the one that tells its folder from others.
        about: Names and counts.
        images: Image id → SHA-256 of its bytes, in file order.
        joined: Whether the images lie beside the rows.
        batch: Images of a flat split that are read at a time.
    """

    folder: Path
    dataset: str
    about: ScannedSplit
    images: dict[str, str]
    joined: bool
    batch: int

    @property
    def name(self) -> str:
        """`dataset/split`."""
        return f"{self.about.dataset}/{self.about.split}"

    def read(self, image_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (SHA-256, bytes) of some of its images, in the order asked for."""
        if self.joined:
            with closing(ImageStore(self.folder, self.about.split)) as store:
                for image_id in image_ids:
                    yield self.images[image_id], store.read(image_id, self.images[image_id])
            return
        for start in range(0, len(image_ids), self.batch):
            batch = image_ids[start : start + self.batch]
            found = lookup.images_by_id(self.folder, self.about.config, self.about.split, batch)
            for image_id in batch:
                if image_id in found:
                    yield self.images[image_id], found[image_id]


def census(folders: Sequence[Path]) -> list[ShownSplit]:
    """Read which image each row shows; lite splits are left out, as they repeat rows of others.

    Where several folders hold one dataset (HRSID built as `sardet-100k`, say, beside SARDet-100K), each is named by its
    folder too: `sardet-100k@hrsid`.

    Returns:
        The splits, sorted by dataset, split and config.

    Raises:
        InputError: A folder is not a usable built set, one is named twice, or none of them has images.
    """
    if not folders:
        fix = "Name at least one folder that `sarbench build` wrote"
        raise InputError(problem="there is no folder to look at", fix=fix)
    shown: list[ShownSplit] = []
    indices = [read_index(folder) for folder in folders]
    names = _names(folders, [index.name for index in indices])
    for folder, index, name in zip(folders, indices, names, strict=True):
        for config, splits in index.configs.items():
            for split, about in splits.items():
                if about.lite_of is None:
                    shown.append(_shown(folder, index.name, name, config, split, about))
    if not any(split.images for split in shown):
        where = ", ".join(map(str, folders))
        raise InputError(where=where, problem="no row has an image", fix="Build configs with images")
    return sorted(shown, key=lambda split: (split.about.dataset, split.about.split, split.about.config))


def _names(folders: Sequence[Path], datasets: Sequence[str]) -> list[str]:
    """Return the dataset of each folder, with the end of the folder's path where several hold that dataset.

    >>> _names([Path("/a/hrsid"), Path("/a/sardet"), Path("/a/x")], ["sardet-100k", "sardet-100k", "fusar-geovl"])
    ['sardet-100k@hrsid', 'sardet-100k@sardet', 'fusar-geovl']
    """
    parts = [folder.resolve().parts[1:] for folder in folders]
    for number, folder in enumerate(folders):
        if parts[number] in parts[:number]:
            raise InputError(where=folder, problem="is named twice", fix="Name each folder once")
    for length in range(1, max(map(len, parts), default=1) + 1):
        names = [
            dataset if datasets.count(dataset) == 1 else f"{dataset}@{'-'.join(where[-length:])}"
            for dataset, where in zip(datasets, parts, strict=True)
        ]
        if len(set(names)) == len(names):
            return names
    problem = "cannot be told apart by their paths"
    raise InputError(where=", ".join(map(str, folders)), problem=problem, fix="Rename one of them")


def _shown(folder: Path, dataset: str, name: str, config: str, split: str, about: SplitIndex) -> ShownSplit:
    return ShownSplit(
        folder=folder,
        dataset=dataset,
        about=ScannedSplit(name, config, split, about.rows, about.images, about.data_digest),
        images=_images(folder, config, split),
        joined=about.layout == "joined",
        batch=min(_HELD, max(1, _HELD_BYTES * max(1, about.images) // max(1, about.bytes))),
    )


def _images(folder: Path, config: str, split: str) -> dict[str, str]:
    return {
        row["image_id"]: row["image_sha256"]
        for row in lookup.rows(folder, config, split, columns=["image_id", "image_sha256"])
        if row["image_id"] is not None and row["image_sha256"] is not None
    }
