"""The address of an image of a joined set, and the bytes behind it.

`sarbench://<folder>/<split>/<SHA-256>/<image id>` stands in the `path` of an image in the rows of a joined set. Folder
and split are percent-encoded whole, so the parts can be told apart; the image id keeps its slashes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from sarbench.build.images.store import ImageStore, StoredImage
from sarbench.errors import InputError, SarbenchError

PROTOCOL = "sarbench"

T = TypeVar("T")


@dataclass(frozen=True)
class Address:
    """Where one image is stored.

    >>> address = Address("/data/set", "test", "ab12", "set/a 1.png")
    >>> address.url
    'sarbench://%2Fdata%2Fset/test/ab12/set/a%201.png'
    >>> parse_address(address.url) == address
    True
    """

    folder: str
    split: str
    sha256: str
    image_id: str

    @property
    def url(self) -> str:
        """The address as text; it holds no `::`, `*` or `?`, which fsspec would interpret."""
        folder, split = quote(self.folder, safe=""), quote(self.split, safe="")
        return f"{PROTOCOL}://{folder}/{split}/{self.sha256}/{quote(self.image_id)}"


def parse_address(url: str) -> Address:
    """Read an address, with or without `sarbench://`.

    Raises:
        InputError: It is none.
    """
    parts = url.removeprefix(f"{PROTOCOL}://").split("/", 3)
    if len(parts) != 4:
        fix = "Take the path that a row of a joined set has in its image"
        raise InputError(where=url, problem="is not the address of an image", fix=fix)
    folder, split, sha256, image_id = (unquote(part) for part in parts)
    return Address(folder, split, sha256, image_id)


def image_bytes(image: str | Mapping[str, Any]) -> bytes:
    """Return the encoded bytes of an image that was not decoded.

    Args:
        image: A row, its `image` (`{"bytes": …, "path": …}`, as `Image(decode=False)` gives it) or the image's path.

    Raises:
        InputError: There is no image, or its file is gone or was changed.
    """
    if isinstance(image, str):
        return _bytes_at(image)
    value = image.get("image", image)
    if isinstance(value, Mapping):
        if (data := value.get("bytes")) is not None:
            return bytes(data)
        if (path := value.get("path")) is not None:
            return _bytes_at(str(path))
    fix = 'Take a row with an image, undecoded: dataset.cast_column("image", datasets.Image(decode=False))'
    raise InputError(where=str(image.get("id") or "this row"), problem="has no undecoded image", fix=fix)


def stored_image(address: Address) -> StoredImage:
    """Return an image with its name and its raw bytes.

    Raises:
        InputError: The built folder is gone, was built again with other images, or was changed.
    """
    return _from_store(address, ImageStore.get)


@lru_cache(maxsize=16)
def _store(folder: str, split: str) -> ImageStore:
    return ImageStore(Path(folder), split)


class _Reader:
    """Reads images, and keeps one that was asked for twice in a row: neighbouring rows show the same image.

    Images asked for once are not kept, so that reading at random reuses one piece of memory.
    """

    def __init__(self) -> None:
        self._last: tuple[str, bytes | None] = ("", None)

    def __call__(self, url: str) -> bytes:
        last, kept = self._last
        if url == last and kept is not None:
            return kept
        data = _from_store(parse_address(url), ImageStore.read)
        self._last = (url, data if url == last else None)
        return data


_bytes_at = _Reader()


def _from_store(address: Address, read: Callable[[ImageStore, str, str], T]) -> T:
    """Read from the open store, or else from what lies in the folder now: it may have been built again."""
    store = _store(address.folder, address.split)
    try:
        return read(store, address.image_id, address.sha256)
    except SarbenchError:
        store.close()
        return read(store, address.image_id, address.sha256)
