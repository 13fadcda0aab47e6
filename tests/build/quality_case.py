"""Rows for the quality gate and what it finds in them."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sarbench.build.quality import Finding, Gate, Quality
from sarbench.schema import Box, Row, to_text_table
from tests.build.fake import make_row

SIDE = 512


def row(number: int = 0, *, image: str | None = "0000001", **columns: Any) -> Row:
    """One row about an image of 512 × 512 pixels, named by `image`; its bytes hang on the name or on `content`."""
    content = columns.pop("content", image)
    known: dict[str, Any] = {
        "image_id": image,
        "image_sha256": hashlib.sha256(content.encode()).hexdigest() if content else None,
        "width": SIDE if image else None,
        "height": SIDE if image else None,
    }
    if isinstance(columns.get("answers"), str):
        columns["answers"] = (columns["answers"],)
    return make_row(number, None, **{**known, **columns})


def boxed(*edges: tuple[float, ...], number: int = 0, label: str | None = "ship", **columns: Any) -> Row:
    """One referring row with these boxes."""
    boxes = tuple(Box(label, each) for each in edges)  # type: ignore[arg-type]
    known = {"task": "referring", "answers": "see boxes", "image": f"{number:07d}"}
    return row(number, boxes=boxes, **{**known, **columns})


def examined(rows: Iterable[Row], *, name: str = "fake", step: int = 0) -> Quality:
    """Run the gate over the splits that the rows name, `step` rows at a time (0: all at once)."""
    gate = Gate(name)
    splits: dict[tuple[str, str], list[Row]] = {}
    for each in rows:
        splits.setdefault((each.config, each.split), []).append(each)
    for (config, split), held in splits.items():
        size = step or len(held)
        gate.examine(config, split, (to_text_table(held[at : at + size]) for at in range(0, len(held), size)))
    return gate.quality()


def findings(rows: Iterable[Row], *, name: str = "fake", step: int = 0) -> dict[str, Finding]:
    """Rule → what it found; for rows of one split."""
    return {finding.rule: finding for finding in examined(rows, name=name, step=step).findings}


def numbers(finding: Finding) -> list[int]:
    """The numbers of the rows that a finding names."""
    return [int(example.row.rpartition("/")[2]) for example in finding.examples]


def answering(texts: Sequence[str], **columns: Any) -> list[Row]:
    """Rows with these answers, each about another image."""
    return [row(at, image=f"{at:07d}", answers=text, **columns) for at, text in enumerate(texts)]
