"""From the images and captions of a gallery to unit vectors, a batch at a time."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from sarbench.errors import RunError
from sarbench.retrieval.cache import cache_folder, cached
from sarbench.retrieval.encoder import Embeddings, Encoder
from sarbench.retrieval.gallery import Gallery, items_digest

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Called with what is embedded (`images` or `texts`), how many came in, and how many there are."""


@dataclass
class Batches:
    """How many inputs go through the encoder at once: fewer from the first time on that memory ends."""

    size: int
    notes: list[str] = field(default_factory=list)
    """What a reader of the run must know of how its embeddings were made."""

    def run(self, items: Sequence[T], embed: Callable[[Sequence[T]], Embeddings]) -> list[Embeddings]:
        """Embed all items.

        Raises:
            RunError: Not even one fits into memory, or the encoder gives NaN.
        """
        found: list[Embeddings] = []
        start = 0
        while start < len(items):
            try:
                found.append(embed(items[start : start + self.size]))
            except MemoryError as error:
                if self.size == 1:
                    fix = "Use a smaller encoder, or --device cpu"
                    raise RunError(where="encoder", problem="has no memory for one input", fix=fix) from error
                self.size //= 2
                self.notes.append(f"memory ended: the batch size was halved to {self.size}")
                continue
            if np.isnan(found[-1]).any():
                fix = "Look at the encoder's weights"
                raise RunError(where="encoder", problem="gives NaN", fix=fix)
            start += self.size
        return found


def embedded(
    gallery: Gallery, encoder: Encoder, cache: Path, batches: Batches, progress: Progress
) -> tuple[Embeddings, Embeddings]:
    """Return the unit vectors of a gallery's images [I, d] and of its different captions [C, d].

    An image that cannot be read has a row of NaN.
    """
    captions = gallery.captions

    def note(text: str) -> None:
        batches.notes.append(f"{gallery.task.name}: {text}")

    folder = cache_folder(cache, encoder.key, "texts", items_digest(captions))
    texts = cached(
        folder,
        len(captions),
        lambda places: np.concatenate(batches.run([captions[place] for place in places], encoder.embed_texts)),
        progress=lambda done: progress("texts", done, len(captions)),
        note=note,
    )
    folder = cache_folder(cache, encoder.key, "images", items_digest(gallery.image_hashes))
    images = cached(
        folder,
        len(gallery.image_ids),
        lambda places: _images(gallery.image_bytes(places), encoder, batches, width=texts.shape[1]),
        progress=lambda done: progress("images", done, len(gallery.image_ids)),
        note=note,
    )
    return images, texts


def _images(stored: Sequence[bytes | None], encoder: Encoder, batches: Batches, *, width: int) -> Embeddings:
    """Embed the images that can be read; only one batch of them is decoded at a time."""
    found = np.full((len(stored), width), np.nan, dtype=np.float32)
    start = 0
    while start < len(stored):
        size = batches.size
        images = [_decoded(data) for data in stored[start : start + size]]
        readable = [place for place, image in enumerate(images, start) if image is not None]
        if readable:
            rows = batches.run([image for image in images if image is not None], encoder.embed_images)
            found[readable] = np.concatenate(rows)
        start += size
    return found


def _decoded(data: bytes | None) -> Image.Image | None:
    """Return an image as RGB, as the prompts of other models show it."""
    if data is None:
        return None
    try:
        return Image.open(io.BytesIO(data)).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
