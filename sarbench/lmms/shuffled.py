"""A task's documents with each other's images, for `--perturb shuffle`.

A document alone does not know which others its task asks, and lmms-eval hands out one at a time. So the pairs are made
where lmms-eval gives all of them: in `process_docs`.
"""

from collections.abc import Mapping
from typing import Any

from PIL import Image

from sarbench.errors import InputError
from sarbench.lmms.settings import from_environment
from sarbench.perturb import parse_spec
from sarbench.perturb.shuffle import donors

_FROM = ("shuffled_image_id", "shuffled_image_sha256")
"""Columns that tell whose image a document has got: without them, it shows its own."""


def process_docs(docs: Any) -> Any:
    """Return the task's documents, each with another's image where the run shuffles images, else as they are.

    Args:
        docs: All rows that the task asks, before any limit, as a `datasets.Dataset`.

    Raises:
        InputError: The task shows one image only.
    """
    perturbation = parse_spec(from_environment().perturbation)
    return shuffled(docs) if perturbation and perturbation.shuffles else docs


def shuffled(docs: Any) -> Any:
    """Return a `datasets.Dataset` whose rows name another row's image and, where images lie in the rows, hold it.

    Images are read when a row is; nothing is written.

    Args:
        docs: Rows of the schema, with the column `image` or, of a joined set, without.

    Raises:
        InputError: The rows show one image only.
    """
    texts = docs.select_columns(["id", "image_id", "image_sha256"]).to_dict()
    given = dict(zip(texts["id"], donors(texts["image_sha256"]), strict=True))
    images = docs.select_columns(["image"]) if "image" in docs.column_names else None

    def swapped(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        if "id" not in batch:  # a column is read by itself; images alone cannot be told apart
            return {name: values for name, values in batch.items() if name != "image"}
        places = [given[sample_id] for sample_id in batch["id"]]
        names = [(None, None) if at is None else (texts["image_id"][at], texts["image_sha256"][at]) for at in places]
        columns = dict(zip(_FROM, map(list, zip(*names, strict=True)), strict=True))
        if images is not None and "image" in batch:
            columns["image"] = [None if at is None else images[at]["image"] for at in places]
        return {**batch, **columns}

    return docs.with_transform(swapped)


def named(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shuffled document under the name of the image that it has got.

    Raises:
        InputError: Nobody shuffled the documents.
    """
    if _FROM[0] not in doc:
        fix = "Have the task's YAML call `sarbench.lmms.shuffled.process_docs`"
        raise InputError(where=doc["id"], problem="shows its own image although images are to be shuffled", fix=fix)
    return {**doc, "image_id": doc[_FROM[0]], "image_sha256": doc[_FROM[1]]}


def fitted(image: Image.Image, doc: Mapping[str, Any]) -> Image.Image:
    """Bring another's image to the size of a document's own, whatever that does to proportions.

    So the size stays, and with it prompt, target and coordinates.
    """
    size = (doc["width"], doc["height"])
    if not all(size) or image.size == size:
        return image
    return image.convert("RGB").resize(size, Image.Resampling.BICUBIC)
