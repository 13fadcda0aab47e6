"""Which samples a task page shows: a few, spread over what became of the answers and how they scored."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sarbench.board.entries import Entry
from sarbench.board.standings import Standings

MOST_RUNS = 4


@dataclass(frozen=True)
class Answered:
    """What choosing needs to know about one answer."""

    id: str
    image_id: str | None
    outcome: str
    score: float | None


def shown_entries(held: Standings) -> tuple[Entry, ...]:
    """Choose up to four rows whose answers stand side by side: the best models, a blind run and the best floor.

    Whole results go before partial ones. The blind run is the best model's own where there is one. Places that stay
    free go to further models.
    """
    by_role: dict[str, list[Entry]] = defaultdict(list)
    for entry in held.entries:
        by_role[entry.role].append(entry)
    models = sorted(by_role["model"] or by_role["other_prompt"], key=lambda entry: held.cells[entry.key].rank is None)
    own = [entry for entry in by_role["blind"] if models and entry.identity == models[0].identity]
    own.sort(key=lambda entry: (held.cells[entry.key].result.task.ended, entry.key), reverse=True)
    blind = (own or by_role["blind"])[:1]
    floor = by_role["floor"][:1]
    room = MOST_RUNS - len(blind) - len(floor)
    return (*models[:room], *blind, *floor) if models else (*blind, *by_role["floor"][: MOST_RUNS - len(blind)])


def sample_score(scores: Mapping[str, float], metric: str | None) -> float | None:
    """Return the one number of a sample that is closest to the headline.

    That is the headline metric itself; for an F1, the F1 of this sample from its true and false positives and misses;
    else whether the answer is exactly right, where that is a fact.

    >>> sample_score({"tp@0.5": 1, "fp@0.5": 1, "fn@0.5": 0}, "f1@0.5")
    0.6666666666666666
    """
    if metric is not None and metric in scores:
        return scores[metric]
    parts = [(metric or "").replace("f1", part) for part in ("tp", "fp", "fn")]
    if all(part in scores for part in parts):
        hits, false, missed = (scores[part] for part in parts)
        total = 2 * hits + false + missed
        return 2 * hits / total if total else None
    return scores.get("exact")


def choose(runs: Sequence[Sequence[Answered]], wanted: int) -> list[str]:
    """Choose sample ids, taking turns between runs and, within a run, between kinds of answers.

    A kind is an outcome together with a quarter of the run's scores. Within a kind the order is that of the hashes of
    the ids: it looks random, and is the same wherever the samples come from. An image is shown twice only when there
    are no others left.

    Args:
        runs: The answers of each run to the same samples.
        wanted: How many ids to choose at most.
    """
    images = {answer.id: answer.image_id or answer.id for run in runs for answer in run}
    chosen: list[str] = []
    for repeat_images in (False, True):
        turns = [_taking_turns(run) for run in runs]
        while turns and len(chosen) < wanted:
            turns = [turn for turn in turns if _take(turn, chosen, images, wanted, repeat_images=repeat_images)]
    return chosen


def _take(
    turn: Iterator[str], chosen: list[str], images: Mapping[str, str], wanted: int, *, repeat_images: bool
) -> bool:
    """Add the run's next usable sample; False when it has no more."""
    if len(chosen) >= wanted:
        return False
    seen = {images[sample] for sample in chosen}
    for sample in turn:
        if sample not in chosen and (repeat_images or images[sample] not in seen):
            chosen.append(sample)
            return True
    return False


def _taking_turns(run: Sequence[Answered]) -> Iterator[str]:
    """Yield every id, one from each kind at a time; the most frequent kind goes first."""
    quarters = _quarters(run)
    kinds: dict[tuple[str, int], list[str]] = defaultdict(list)
    for answer in run:
        kinds[answer.outcome, quarters.get(answer.score, -1)].append(answer.id)
    queues = [sorted(kinds[kind], key=_hash) for kind in sorted(kinds, key=lambda kind: (-len(kinds[kind]), kind))]
    for place in range(max((len(queue) for queue in queues), default=0)):
        yield from (queue[place] for queue in queues if place < len(queue))


def _quarters(run: Sequence[Answered]) -> dict[float | None, int]:
    """Map every score that occurs to 0..3 by its place among the different scores."""
    values = sorted({answer.score for answer in run if answer.score is not None})
    return {value: min(3, place * 4 // len(values)) for place, value in enumerate(values)}


def _hash(sample: str) -> str:
    return hashlib.sha256(sample.encode()).hexdigest()
