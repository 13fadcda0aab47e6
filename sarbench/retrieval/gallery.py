"""The images and texts of one split, as retrieval sees them: every image once, every caption a text of its own."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sarbench.errors import InputError
from sarbench.hub.lookup import images_by_id, rows
from sarbench.retrieval.tasks import CAPTIONED, RetrievalTask

_COLUMNS = ("id", "sample_sha256", "image_id", "image_sha256", "width", "height", "task", "answers")


@dataclass(frozen=True)
class Text:
    """One caption of one row."""

    id: str
    """Of its row; a second caption of the same row has `#2` behind it."""
    sample_sha256: str
    image_id: str | None
    width: int | None
    height: int | None
    caption: str
    image: int | None
    """Place of its image in the gallery; None where the row has none."""


@dataclass(frozen=True)
class Gallery:
    """All texts in file order, and all images in the order in which they first come."""

    task: RetrievalTask
    texts: tuple[Text, ...]
    image_ids: tuple[str, ...]
    image_hashes: tuple[str, ...]
    """SHA-256 of the stored bytes."""

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Every different caption once: equal captions have one embedding."""
        return tuple(dict.fromkeys(text.caption for text in self.texts if text.caption.strip()))

    def image_bytes(self, places: Sequence[int]) -> list[bytes | None]:
        """Read some images; None for one that is not stored."""
        wanted = [self.image_ids[place] for place in places]
        found = images_by_id(self.task.folder, self.task.config, self.task.split, wanted)
        return [found.get(image_id) for image_id in wanted]


def read_gallery(task: RetrievalTask) -> Gallery:
    """Read the texts of a split, and which images they are about; no image is read.

    Raises:
        InputError: The split holds no caption, other rows than captions, or no image at all.
    """
    gallery = gallery_of(task, rows(task.folder, task.config, task.split, columns=_COLUMNS))
    if not gallery.captions:
        raise InputError(where=task.name, problem="holds no caption", fix="Name a split of captions")
    if not gallery.image_ids:
        fix = f"Build it with its images: `sarbench build {task.dataset} --data-dir DIR --configs {task.config}`"
        raise InputError(where=task.name, problem="holds captions without images", fix=fix)
    return gallery


def gallery_of(task: RetrievalTask, found: Iterable[Mapping[str, Any]]) -> Gallery:
    """Sort rows of captions into texts and images."""
    places: dict[str, int] = {}
    hashes: list[str] = []
    texts: list[Text] = []
    for row in found:
        if row["task"] not in CAPTIONED:
            problem = f"asks for {row['task']}, where only captions can be retrieved"
            raise InputError(where=row["id"], problem=problem, fix="Name a config of captions")
        image = None
        if row["image_id"] is not None and row["image_sha256"] is not None:
            image = places.setdefault(row["image_id"], len(places))
            if image == len(hashes):
                hashes.append(row["image_sha256"])
        for number, caption in enumerate(row["answers"] or [""], start=1):
            texts.append(
                Text(
                    id=row["id"] if number == 1 else f"{row['id']}#{number}",
                    sample_sha256=row["sample_sha256"],
                    image_id=row["image_id"],
                    width=row["width"],
                    height=row["height"],
                    caption=caption,
                    image=image,
                )
            )
    return Gallery(task, tuple(texts), tuple(places), tuple(hashes))


def items_digest(items: Iterable[str]) -> str:
    """Hash a sequence of texts or hashes: equal digests mean the same items in the same order.

    >>> items_digest(["ab", "c"]) == items_digest(["a", "bc"])
    False
    """
    digest = hashlib.sha256()
    for item in items:
        digest.update(hashlib.sha256(item.encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()
