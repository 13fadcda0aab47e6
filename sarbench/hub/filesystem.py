"""Images of joined sets as files of fsspec, so that `datasets.Image` decodes them when a row is read."""

import io
from typing import Any

import fsspec

from sarbench.errors import InputError
from sarbench.hub.stored import PROTOCOL, image_bytes


class SarbenchFileSystem(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """Read-only: `sarbench://…` → the bytes of one image, read from the built folder when it is opened."""

    protocol = PROTOCOL

    def _open(self, path: str, mode: str = "rb", *args: Any, **kwargs: Any) -> io.BytesIO:
        if mode != "rb":
            fix = "Copy the image to a file of your own"
            raise InputError(where=path, problem="images of a built set cannot be written", fix=fix)
        return _File(image_bytes(path))

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any) -> bytes:
        """Return the bytes of an image, or a part of them."""
        return image_bytes(self._strip_protocol(path))[start:end]

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """Return name, size in bytes and type of an image."""
        path = self._strip_protocol(path)
        try:
            size = len(image_bytes(path))
        except InputError as error:
            raise FileNotFoundError(str(error)) from error
        return {"name": path, "size": size, "type": "file"}


class _File(io.BytesIO):
    """`datasets` sets an attribute on what it opens, which a plain BytesIO refuses."""


def register() -> None:
    """Make `sarbench://` known to fsspec in this process; an installed sarbench is found without it."""
    fsspec.register_implementation(PROTOCOL, SarbenchFileSystem, clobber=True)
