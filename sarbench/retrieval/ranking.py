"""From the embeddings of a gallery to ranks under every protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sarbench.errors import InputError
from sarbench.metrics.retrieval import RetrievalScores, scores
from sarbench.questions.retrieval import CUTS
from sarbench.retrieval.encoder import Embeddings
from sarbench.retrieval.gallery import Gallery


@dataclass(frozen=True)
class Ranked:
    """Who asked, and what was found."""

    texts: Mapping[int, int]
    """Place among the gallery's texts → number of the query."""
    images: Mapping[int, int]
    """Place among the gallery's images → number of the query."""
    found: Mapping[str, RetrievalScores]
    """Protocol → scores; arrays per query are in the order of the numbers."""


def ranked(
    gallery: Gallery, images: Embeddings, captions: Embeddings, *, protocols: Sequence[str], device: str | None
) -> Ranked:
    """Rank every readable image for every text with a caption, and the other way round.

    Args:
        gallery: The texts and images.
        images: [I, d] in the gallery's order; a row of NaN is an image that could not be read.
        captions: [C, d], one for each different caption.
        protocols: `strict`, `paper` or both.
        device: The torch device that multiplies; None for this machine's processor.

    Raises:
        InputError: No image of a caption could be read.
    """
    readable = [not np.isnan(row).any() for row in images]
    held = [
        (place, text.image, text.caption)
        for place, text in enumerate(gallery.texts)
        if text.image is not None and readable[text.image] and text.caption.strip()
    ]
    if not held:
        fix = "Look at the files with `sarbench check`, and build it again"
        raise InputError(where=gallery.task.name, problem="has no caption whose image can be read", fix=fix)
    shown = {image: query for query, image in enumerate(dict.fromkeys(image for _, image, _ in held))}
    number = {caption: place for place, caption in enumerate(gallery.captions)}
    said = [number[caption] for _, _, caption in held]
    found = {
        protocol: scores(
            images[list(shown)],
            captions[said],
            image_ids=list(shown),
            text_image_ids=[image for _, image, _ in held],
            captions=said,
            protocol="paper" if protocol == "paper" else "strict",
            k=CUTS,
            device=device,
        )
        for protocol in protocols
    }
    return Ranked({place: query for query, (place, _, _) in enumerate(held)}, shown, found)
