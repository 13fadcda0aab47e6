"""Retrieval from images to texts and from texts to images, scored together."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError, UnknownNameError
from sarbench.metrics.retrieval._embeddings import Vectors, unit_vectors
from sarbench.metrics.retrieval._engine import choose
from sarbench.metrics.retrieval._search import Found, search
from sarbench.metrics.retrieval._sides import Side, image_side, pair, text_side
from sarbench.metrics.retrieval._ties import checked_k, expected_hits, expected_rank

Array = npt.NDArray[np.float64]
Protocol = Literal["strict", "paper"]


@dataclass(frozen=True)
class Direction:
    """Queries of one side looking for items of the other; per-query arrays are in the order of the embeddings."""

    recall: Mapping[str, float]
    """`r@1`, `r@5`, …: fractions in 0..1, higher is better; the means of `hits`."""
    median_rank: float
    """Median over the queries of `rank`; from 1, lower is better."""
    mean_rank: float
    """Mean over the queries of `rank`; from 1, lower is better."""
    hits: Mapping[str, Array]
    """Per cut-off [queries]: the probability that something right is among the first k. For
    `stats.clustered_interval`, with the image as cluster."""
    rank: Array
    """[queries]: expected rank of the best-placed right item."""


@dataclass(frozen=True)
class RetrievalScores:
    """Both directions of one encoder on one test set."""

    image_to_text: Direction
    text_to_image: Direction
    mean_recall: float
    """Mean of the recalls of both directions: of six numbers for k = 1, 5, 10. Fraction in 0..1, higher is better."""
    protocol: Protocol
    images: int
    texts: int
    captions: int
    """How many different captions the texts are; with few, `paper` cannot come near 1."""

    def table(self) -> dict[str, float]:
        """Return `mean_recall`, `i2t_r@1`, …, `i2t_median_rank`, `t2i_r@1`, …, as `sarbench.questions` names them."""
        found = {"mean_recall": self.mean_recall}
        for name, side in (("i2t", self.image_to_text), ("t2i", self.text_to_image)):
            found |= {f"{name}_{key}": value for key, value in side.recall.items()}
            found[f"{name}_median_rank"] = side.median_rank
        return found


def scores(
    image_embeddings: object,
    text_embeddings: object,
    *,
    image_ids: Sequence[Hashable] | None = None,
    text_image_ids: Sequence[Hashable] | None = None,
    captions: Sequence[Hashable] | None = None,
    protocol: Protocol = "strict",
    k: Sequence[int] = (1, 5, 10),
    device: Any = None,
    chunk: int | None = None,
) -> RetrievalScores:
    """Score how well images find their texts and texts their images by cosine similarity.

    `strict` (sarbench's own rule) takes a text for right if it was written for the image, or says exactly what a text
    written for the image says; an image is right for a text under the same condition. Of equal similarities every order
    is equally likely, and the expected value is reported.

    `paper` takes only the own pair for right, an identical caption elsewhere for wrong, as the retrieval scripts of
    SARVLM (arXiv 2510.22665) and of SARCLIP by CAESAR-Radi do; where an image has several texts, the best placed of
    them counts, as in FUSAR-KLIP (arXiv 2509.23927). Equal similarities stand in the order of the rows, as after a
    stable descending argsort; torch's `topk` and unstable sort promise no order at all.

    The matrix of similarities is never formed: tiles are multiplied and counted in both directions at once. Memory
    beyond the embeddings is their unit vectors twice, and one tile. Equal embeddings are multiplied once, so that their
    similarities are equal to the last bit; how other similarities round depends on the library that multiplies.

    Args:
        image_embeddings: [I, d] numpy array or torch tensor; any length but zero. float64 is multiplied in float64,
            everything else in float32.
        text_embeddings: [T, d].
        image_ids: I names, by default 0..I−1. With `strict` a repeated name is the same image.
        text_image_ids: T names of the images that the texts were written for. By default row i of the texts belongs to
            row i of the images.
        captions: T texts, or names of texts: equal ones are the same caption. By default all differ. `paper` only
            counts them.
        protocol: `strict` or `paper`.
        k: Cut-offs.
        device: A torch device such as "cuda". By default that of the tensors where they lie on an accelerator, else the
            processor with numpy, and numba where it is installed, which is faster there than torch.
        chunk: Edge of a tile, in embeddings: 2048 with numpy (16 MiB of float32), 8192 on a device.

    Raises:
        InputError: Shapes that do not fit, NaN or length zero, a text of an unknown image, an image without a text,
            with `paper` and `text_image_ids` an image given twice.
        UnknownNameError: No such protocol.
        MissingExtraError: `device` is given and torch is not installed.

    >>> found = scores([[1, 0], [0, 1]], [[1, 0], [1, 0]], captions=["a port", "a port"], k=(1,))
    >>> found.mean_recall, found.captions
    (1.0, 1)
    >>> scores([[1, 0], [0, 1]], [[1, 0], [1, 0]], protocol="paper", k=(1,)).mean_recall
    0.5
    """
    cuts = checked_k(k)
    if protocol not in get_args(Protocol):
        known = " or ".join(get_args(Protocol))
        raise UnknownNameError(where=f"protocol {protocol!r}", problem="does not exist", fix=f"Say {known}")
    if chunk is not None and (not isinstance(chunk, int | np.integer) or chunk < 1):
        raise InputError(
            where=f"chunk {chunk}", problem="is no size", fix="Give a whole number of embeddings, or leave it out"
        )
    paper = protocol == "paper"
    target = _device(image_embeddings, text_embeddings) if device is None else device
    vectors = _vectors(image_embeddings, text_embeddings)
    images, texts = len(vectors[0]), len(vectors[1])
    pairing = pair(images, texts, image_ids=image_ids, text_image_ids=text_image_ids, captions=captions, own_only=paper)
    left = image_side(vectors[0], pairing, merge=not paper)
    right = text_side(vectors[1], pairing, merge=not paper)
    engine, edge = choose(left.vectors, right.vectors, device=target, chunk=chunk)
    found = search(left, right, engine, edge=edge, in_order=paper)
    there, back = (_direction(*one, cuts) for one in zip(found, (left, right), strict=True))
    recalls = [*there.recall.values(), *back.recall.values()]
    return RetrievalScores(there, back, float(np.mean(recalls)), protocol, images, texts, pairing.captions)


def _direction(found: Found, side: Side, cuts: Sequence[int]) -> Direction:
    queries = side.unit_of_item
    counts = found.greater, found.level, found.relevant
    hits = {f"r@{cut}": expected_hits(*counts, cut)[queries] for cut in cuts}
    rank = expected_rank(*counts)[queries]
    recall = {name: float(values.mean()) for name, values in hits.items()}
    return Direction(MappingProxyType(recall), float(np.median(rank)), float(rank.mean()), MappingProxyType(hits), rank)


def _vectors(image_embeddings: object, text_embeddings: object) -> tuple[Vectors, Vectors]:
    """Return the unit vectors of both sides, of one type and width."""
    images = unit_vectors(image_embeddings, "image_embeddings")
    texts = unit_vectors(text_embeddings, "text_embeddings")
    if images.shape[1] != texts.shape[1]:
        raise InputError(
            where="image_embeddings and text_embeddings",
            problem=f"have {images.shape[1]} and {texts.shape[1]} dimensions",
            fix="Take both from the same encoder, after its projections",
        )
    kind = np.result_type(images, texts)
    return images.astype(kind, copy=False), texts.astype(kind, copy=False)


def _device(*embeddings: object) -> Any:
    """Return the accelerator that tensors lie on; None for arrays and for tensors of the processor."""
    devices = [one.device for one in embeddings if hasattr(one, "detach") and hasattr(one, "device")]
    return next((device for device in devices if device.type != "cpu"), None)
