"""Retrieval: the right text for an image and the right image for a text, by the similarity of their embeddings.

There are no answers to read here: an encoder gives numbers, which `sarbench.metrics.retrieval` scores.
"""

from sarbench.questions.metric import SARBENCH, Metric

_PROTOCOLS = {
    "strict": SARBENCH + ": every pair whose caption is the same is right; the expected value where scores tie",
    "paper": "SARCLIP/SARVLM (arXiv 2510.22665) and SAR-TEXT (arXiv 2507.18743): the own pair alone is right",
}
_DIRECTIONS = {"i2t": "image to text", "t2i": "text to image"}


def _metrics(protocol: str, source: str) -> tuple[Metric, ...]:
    mean = Metric("mean_recall", "mean of recall at 1, 5 and 10 in both directions", source=source, protocol=protocol)
    recalls = tuple(
        Metric(
            f"{direction}_r@{k}", f"{words}, share of queries with a right item among the first {k}", source, protocol
        )
        for direction, words in _DIRECTIONS.items()
        for k in (1, 5, 10)
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
        for direction, words in _DIRECTIONS.items()
    )
    return (mean, *recalls, *ranks)


METRICS = tuple(metric for protocol, source in _PROTOCOLS.items() for metric in _metrics(protocol, source))
"""Every retrieval metric, the headline first."""
