"""Lines of the run record for retrieval: one a caption, with the facts of its query and of its image's.

A caption is a query for its image. The query of an image for its captions is written on the line of its first one, so
that every line is about one image and every query is written once.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sarbench.metrics.retrieval import Direction, RetrievalScores
from sarbench.questions.retrieval import CUTS, DIRECTIONS, fact
from sarbench.retrieval.gallery import Gallery, Text
from sarbench.retrieval.ranking import Ranked

PROMPT_ID = "none"
PROMPT_VERSION = "1.0"
"""An encoder gets the caption itself and the image itself."""

_NO_PROMPT = hashlib.sha256(b"").hexdigest()


def lines(gallery: Gallery, ranked: Ranked) -> Iterator[dict[str, Any]]:
    """Yield the lines of a task in the order of its texts; those that could not be asked have failed."""
    told: set[int] = set()
    for place, text in enumerate(gallery.texts):
        query = ranked.texts.get(place)
        if query is None or text.image is None:
            yield _line(text, "", {})
            continue
        queries = {"t2i": query}
        if text.image not in told:
            told.add(text.image)
            queries = {"i2t": ranked.images[text.image], **queries}
        yield _line(text, _said(queries, next(iter(ranked.found.values()))), _facts(queries, ranked.found))


def _facts(queries: Mapping[str, int], found: Mapping[str, RetrievalScores]) -> dict[str, float]:
    facts: dict[str, float] = {}
    for protocol, scores in found.items():
        for name, query in queries.items():
            side = _side(scores, name)
            facts[fact(protocol, name, "rank")] = float(side.rank[query])
            for k in CUTS:  # a chance may round to a hair above 1
                facts[fact(protocol, name, f"r@{k}")] = min(float(side.hits[f"r@{k}"][query]), 1.0)
    return facts


def _said(queries: Mapping[str, int], scores: RetrievalScores) -> str:
    """Say in words what became of the queries, for readers of the record."""
    among = {"i2t": scores.texts, "t2i": scores.images}
    return "; ".join(
        f"{DIRECTIONS[name]}: rank {_side(scores, name).rank[query]:g} of {among[name]}"
        for name, query in queries.items()
    )


def _side(scores: RetrievalScores, direction: str) -> Direction:
    return scores.image_to_text if direction == "i2t" else scores.text_to_image


def _line(text: Text, said: str, facts: dict[str, float]) -> dict[str, Any]:
    return {
        "id": text.id,
        "sample_sha256": text.sample_sha256,
        "image_id": text.image_id,
        "width": text.width,
        "height": text.height,
        "prompt_id": PROMPT_ID,
        "prompt_sha256": _NO_PROMPT,
        "prompt": "",
        "coords": "pixel",
        "perturbation": None,
        "target": msgspec.json.encode({"captions": [text.caption]}).decode(),
        "prediction": said,
        "parsed": msgspec.json.encode({"text": said}).decode() if facts else "null",
        "outcome": "ok" if facts else "failed",
        "rule": "embeddings" if facts else "no caption or no readable image",
        "scores": facts,
        "seconds": None,
        "tokens": None,
    }
