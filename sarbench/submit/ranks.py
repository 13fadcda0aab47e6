"""Retrieval in a submitted run: ranks that nobody can find again are held against all that follows from them.

A rank needs the embeddings that it was found by, which a run does not hold. What can be checked is that the recorded
scores are the sums of the recorded queries, that every query is there once, and that its rank and its hits agree.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sarbench.questions.retrieval import CUTS, DIRECTIONS, fact
from sarbench.runs.record import Score, TaskScores
from sarbench.runs.tally import score_task

_TOLERANCE = 1e-6
_HITS = tuple(f"r@{k}" for k in CUTS)

Line = Mapping[str, Any]


def rank_faults(task: str, lines: Sequence[Line], recorded: TaskScores | None) -> Iterator[str]:
    """Yield what is wrong with the recorded queries of one task, as sentences.

    Args:
        task: Its name.
        lines: Its lines of the run record.
        recorded: Its scores as the run holds them; None where it holds none.
    """
    asked = [line for line in lines if line["outcome"] != "failed"]
    if not asked:
        yield f"{task}: none of its queries was ranked"
        return
    protocols = sorted({name.partition(":")[0] for line in asked for name in line["scores"]})
    images = Counter(line["image_id"] for line in asked)
    gallery = {"i2t": len(asked), "t2i": len(images)}
    faults = [fault for line in asked if (fault := _query_fault(line, protocols, gallery)) is not None]
    if faults:
        yield f"{task}: {faults[0]}" + (f" ({len(faults) - 1} more)" if len(faults) > 1 else "")
    for protocol in protocols:
        told = Counter(line["image_id"] for line in asked if fact(protocol, "i2t", "rank") in line["scores"])
        if told != Counter(dict.fromkeys(images, 1)):
            yield f"{task}: not every image has one query ({protocol})"
    if recorded is None:
        yield f"{task}: it has no scores that its ranks could be held against; run `sarbench score` on it"
    else:
        yield from _sum_faults(task, lines, recorded)


def _query_fault(line: Line, protocols: Sequence[str], gallery: Mapping[str, int]) -> str | None:
    """Say what is wrong with the query of a caption, or with that of its image where it is written on this line."""
    for protocol in protocols:
        for direction, words in DIRECTIONS.items():
            rank, *hits = (line["scores"].get(fact(protocol, direction, what)) for what in ("rank", *_HITS))
            given = [value for value in (rank, *hits) if value is not None]
            if not given and direction == "i2t":
                continue
            if len(given) <= len(hits) or not agree(rank, hits, gallery=gallery[direction]):
                return f"rank and hits of {line['id']} ({words}, {protocol}) contradict each other"
    return None


def agree(rank: float, hits: Sequence[float], *, gallery: int) -> bool:
    """Tell whether an expected rank can go with the chances to be among the first 1, 5 and 10 of a gallery.

    An expected rank is the sum over j ≥ 0 of the chance to stand behind place j. That chance never grows with j, so
    that the three chances that are known bound the sum from both sides.

    >>> agree(1.0, [1.0, 1.0, 1.0], gallery=24), agree(7.0, [0.0, 0.0, 1.0], gallery=24)
    (True, True)
    >>> agree(1.0, [0.0, 1.0, 1.0], gallery=24), agree(30.0, [0.0, 0.0, 0.0], gallery=24)
    (False, False)
    """
    grows = all(before <= after + _TOLERANCE for before, after in pairwise((0.0, *hits, 1.0)))
    behind = [1.0 - hit for hit in hits]
    low = 1.0 + sum((k - last) * chance for last, k, chance in zip((0, *CUTS), CUTS, behind, strict=False))
    ends = (*CUTS[1:], max(gallery, CUTS[-1]))
    high = 1.0 + sum((end - k) * chance for k, end, chance in zip(CUTS, ends, behind, strict=True))
    slack = _TOLERANCE * gallery
    return grows and low - slack <= rank <= min(high, gallery) + slack


def _sum_faults(task: str, lines: Iterable[Line], recorded: TaskScores) -> Iterator[str]:
    """Hold the recorded scores over all queries against their sums."""
    summed = _values(score_task(task, "retrieval", lines).scores)
    held = _values(recorded.scores)
    for metric, protocol in sorted(summed.keys() | held.keys()):
        then, now = held.get((metric, protocol)), summed.get((metric, protocol))
        if then is None or now is None or abs(then - now) > _TOLERANCE:
            yield (
                f"{task}: {metric} ({protocol}) is recorded as {_said(then)} and its ranks give {_said(now)}; ranks "
                "cannot be found again without the embeddings, so `sarbench retrieve` must be run again"
            )
            return


def _values(scores: Iterable[Score]) -> dict[tuple[str, str], float | None]:
    return {(score.metric, score.protocol): score.value for score in scores if score.slice == "all"}


def _said(value: float | None) -> str:
    return "none" if value is None else f"{value:.6f}"
