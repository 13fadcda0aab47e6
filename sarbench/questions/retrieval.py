"""Retrieval: the right text for an image and the right image for a text, by the similarity of their embeddings.

There are no answers to read here: an encoder gives numbers, which `sarbench.metrics.retrieval` ranks and
`sarbench.retrieval` writes down query by query. What is read again later are those ranks and hits.
"""

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from sarbench.answers import Parsed
from sarbench.errors import UnknownNameError
from sarbench.questions import estimate
from sarbench.questions.estimate import Estimate
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import SARBENCH, Metric, Number

VERSION = "1.0"
"""Version X.Y of every retrieval task, for which no task file stands; results with different X are not comparable."""

CUTS = (1, 5, 10)
DIRECTIONS = {"i2t": "image to text", "t2i": "text to image"}

_PROTOCOLS = {
    "strict": SARBENCH + ": every pair whose caption is the same is right; the expected value where scores tie",
    "paper": "SARCLIP/SARVLM (arXiv 2510.22665) and SAR-TEXT (arXiv 2507.18743): the own pair alone is right",
}
_TASK_WORD = "_retrieval_"

Array = npt.NDArray[np.float64]


def _metrics(protocol: str, source: str) -> tuple[Metric, ...]:
    mean = Metric("mean_recall", "mean of recall at 1, 5 and 10 in both directions", source=source, protocol=protocol)
    recalls = tuple(
        Metric(
            f"{direction}_r@{k}", f"{words}, share of queries with a right item among the first {k}", source, protocol
        )
        for direction, words in DIRECTIONS.items()
        for k in CUTS
    )
    ranks = tuple(
        Metric(
            f"{direction}_median_rank",
            f"{words}, median rank of the first right item",
            source,
            protocol,
            unit="rank",
            low=1.0,
            high=None,
            higher_is_better=False,
        )
        for direction, words in DIRECTIONS.items()
    )
    return (mean, *recalls, *ranks)


METRICS = tuple(metric for protocol, source in _PROTOCOLS.items() for metric in _metrics(protocol, source))
"""Every retrieval metric, the headline first."""


def task_name(dataset: str, config: str, split: str) -> str:
    """Name retrieval on one split of captions in the run record.

    >>> task_name("sar-text", "retrieval-hrsid", "test")
    'sarbench_sartext_retrieval_hrsid_test'
    """
    return f"sarbench_{dataset.replace('-', '')}{_TASK_WORD}{config.removeprefix('retrieval-')}_{split}"


def is_retrieval(task: str) -> bool:
    """Tell whether a task of a run record is retrieval, which no task file knows.

    >>> is_retrieval("sarbench_sartext_retrieval_hrsid_test"), is_retrieval("sarbench_sartext_caption")
    (True, False)
    """
    return _TASK_WORD in task


def fact(protocol: str, direction: str, what: str) -> str:
    """Name a fact of one query: `rank`, or `r@k` for the probability that something right is among the first k.

    >>> fact("strict", "i2t", "r@5")
    'strict:i2t_r@5'
    """
    return f"{protocol}:{direction}_{what}"


def target_of(row: Row) -> dict[str, Any]:
    """Return the captions of a row."""
    return {"captions": list(row["answers"])}


def _numbers(facts: Facts) -> Iterator[Number]:
    """Sum up queries. Intervals cluster by image; they are about other images and texts before the same gallery."""
    for metric in METRICS:
        if fact(metric.protocol, "t2i", "rank") not in facts.columns:
            continue
        if metric.name == "mean_recall":
            yield Number(metric, _mean_recall(facts, metric.protocol))
            continue
        direction, _, what = metric.name.partition("_")
        if what == "median_rank":
            yield Number(metric, _median(facts, fact(metric.protocol, direction, "rank")))
        else:
            name = fact(metric.protocol, direction, what)
            queries = facts.having(name)
            yield Number(metric, estimate.mean(queries.column(name), queries.images))


def _mean_recall(facts: Facts, protocol: str) -> Estimate:
    """Bootstrap the mean of six recalls over whole images: hits and queries of both directions are drawn together."""
    return estimate.ratio(recall_columns(facts, protocol), facts.images, mean_recall)


def recall_columns(facts: Facts, protocol: str) -> Array:
    """Lay out what the mean recall is summed up from: [n, 8], 0 where a line has no query of a direction.

    The columns are hits at 1, 5 and 10 and the number of queries (0 or 1), image to text, then text to image.
    """
    columns = []
    for direction in DIRECTIONS:
        hits = [facts.column(fact(protocol, direction, f"r@{k}")) for k in CUTS]
        columns += [*hits, (~np.isnan(hits[0])).astype(np.float64)]
    return np.nan_to_num(np.stack(columns, axis=1))


def mean_recall(sums: Array) -> Array:
    """Return the mean recall of sums [..., 8] of `recall_columns`.

    >>> mean_recall(np.array([1.0, 2, 2, 2, 0, 0, 4, 4])).tolist()
    0.5833333333333334
    """
    halves = sums.reshape(*sums.shape[:-1], len(DIRECTIONS), len(CUTS) + 1)
    queries = np.maximum(halves[..., -1:], 1.0)
    mean: Array = (halves[..., :-1] / queries).mean(axis=(-2, -1))
    return mean


def _median(facts: Facts, name: str) -> Estimate:
    """Return a median without an interval: it is a function of no sums, so that images cannot simply be redrawn."""
    queries = facts.having(name)
    if not len(queries):
        return estimate.NOTHING
    value = float(np.median(queries.column(name)))
    return Estimate(value, None, None, len(queries), len(np.unique(queries.images)), "none")


def _no_words(target: Target, answer: Answer) -> NoReturn:
    problem = "is scored from embeddings, not from an answer in words"
    raise UnknownNameError(where="retrieval", problem=problem, fix="Run `sarbench retrieve` again")


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"text": read.value}


KIND = Kind(
    name="retrieval",
    summary="the right text for an image, the right image for a text",
    metrics=METRICS,
    target=target_of,
    reads=fixed("text"),
    parsed=_parsed,
    score=_no_words,
    numbers=_numbers,
)
"""How recorded queries are summed up; a recorded query is never read again."""
