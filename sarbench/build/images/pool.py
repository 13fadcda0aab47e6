"""The images that the joined configs of a build share, split by split."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from sarbench.build.images.writer import Keys, keys_of, read_offsets, sorted_keys
from sarbench.build.index import ImagesIndex
from sarbench.build.split import ImageFiles, place_images


class ImagePool:
    """Knows which images of a split are stored, so that each is stored by the first config that shows it.

    Args:
        out: The built folder.
        kept: Split → images of an earlier build that stay, because a joined config that stays shows some of them.
        folder: Where the keys of stored images are put for workers to read.
    """

    def __init__(self, out: Path, kept: Mapping[str, ImagesIndex], folder: Path) -> None:
        self._out = out
        self._folder = folder
        self._images: dict[str, list[ImageFiles]] = {}
        self._keys: dict[str, Keys] = {}
        for split, stored in kept.items():
            self.add(split, [_files(out, stored)])
        self._kept = frozenset(kept)

    def add(self, split: str, images: Iterable[ImageFiles]) -> None:
        """Take note of images that are stored."""
        given = list(images)
        self._images.setdefault(split, []).extend(given)
        keys = [sorted_keys(keys_of(read_offsets(files.offsets))) for files in given]
        self._keys[split] = np.unique(np.concatenate([self._keys.get(split, sorted_keys(())), *keys]))

    def known(self, split: str) -> tuple[Path | None, str]:
        """Return the file with the keys of the stored images, None where there are none, and a digest of the keys."""
        keys = self._keys.get(split, sorted_keys(()))
        digest = hashlib.sha256(keys.tobytes()).hexdigest()[:8]
        if not len(keys):
            return None, digest
        path = self._folder / f"known-{digest}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, keys)
        return path, digest

    def place(self, split: str, new: Path, *, also: ImagesIndex | None = None) -> ImagesIndex:
        """Put the images of a split in place.

        Args:
            split: Split name.
            new: Where the folder `images` goes.
            also: Images of an earlier build that turned out to be needed after all.
        """
        extra = [_files(self._out, also)] if also and split not in self._kept else []
        return place_images([*self._images.get(split, []), *extra], new, split)


def _files(out: Path, stored: ImagesIndex) -> ImageFiles:
    return ImageFiles(tuple(out / file.path for file in stored.files), out / stored.offsets.path)
