"""Caption metrics as facts: every protocol scores all answers together, then each answer keeps its own share.

A slice averages the shares of its answers, so that the inverse document frequency of CIDEr is that of the whole task in
every slice. Under the protocols that group rows by image, a slice holds an image if it holds one of its rows.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics import caption
from sarbench.metrics.caption.kernels import corpus_bleu
from sarbench.metrics.caption.meteor import score_statistics
from sarbench.metrics.unavailable import UnavailableError
from sarbench.questions import estimate, numbers
from sarbench.questions.facts import Facts, Text
from sarbench.questions.metric import SARLANG_CAPTION, Metric, Number

Array = npt.NDArray[np.float64]

_SOURCES = {
    "strict": "BLEU, ROUGE-L, CIDEr-D as pycocoevalcap 1.2 computes them; sarbench's own rule: grouped by image, NFC, "
    "lower case, a versioned tokeniser",
    "paper": SARLANG_CAPTION,
    "coco": "COCO caption evaluation (pycocoevalcap 1.2): grouped by image, PTBTokenizer, METEOR 1.5",
    "nltk": "nltk and rouge-score as EarthDial (arXiv 2412.15190) uses them",
}
_WORDS = {
    "cider": "CIDEr-D over 1- to 4-grams",
    "rouge_l": "longest common subsequence, F with beta 1.2",
    "meteor": "METEOR 1.5",
    "nltk_meteor": "nltk's METEOR with WordNet, another metric than METEOR 1.5",
    "rouge1_f": "F1 of stemmed words",
    "rouge2_f": "F1 of stemmed word pairs",
    "rougeL_f": "F1 of the longest common subsequence of stemmed words",
}


def _metric(name: str, protocol: str) -> Metric:
    orders = "single words" if name.endswith("1") else f"1- to {name[-1]}-grams"
    words = _WORDS.get(name, f"corpus BLEU of {orders}")
    unit, high = ("CIDEr", 10.0) if name == "cider" else ("fraction", 1.0)
    datasets = ("sarlang-1m",) if protocol == "paper" else ()
    return Metric(name, words, _SOURCES[protocol], protocol, unit, high=high, datasets=datasets)


_BLEU = tuple(f"bleu{order}" for order in (1, 2, 3, 4))
_NLTK_BLEU = tuple(f"nltk_{name}" for name in _BLEU)
CONFLICTS = Metric(
    "differing_answers",
    "images whose rows have differing answers, of which only the first is scored",
    unit="images",
    high=None,
    higher_is_better=None,
)
METRICS = (
    *(_metric(name, "strict") for name in ("cider", *_BLEU, "rouge_l")),
    *(_metric(name, "paper") for name in ("cider", *_BLEU, "rouge_l")),
    *(_metric(name, "coco") for name in ("cider", *_BLEU, "rouge_l", "meteor")),
    *(_metric(name, "nltk") for name in (*_NLTK_BLEU, "nltk_meteor", "rouge1_f", "rouge2_f", "rougeL_f")),
    CONFLICTS,
)
"""Every caption metric, the headline first."""


def with_caption_scores(facts: Facts, protocols: Collection[str]) -> Facts:
    """Add what each protocol gives each answer."""
    columns, notes, whole = dict(facts.columns), dict(facts.notes), dict(facts.whole)
    remarks = dict(facts.remarks)
    for protocol in caption.PROTOCOLS:
        if protocol not in protocols or not len(facts):
            continue
        items = _items(facts, protocol)
        if not items.predictions:
            continue
        try:
            found = caption.facts(items.predictions, items.references, protocol=protocol)
        except (UnavailableError, InputError) as error:  # not here, or no reference of the task has a word in it
            notes |= {(metric.name, protocol): str(error) for metric in METRICS if metric.protocol == protocol}
            continue
        notes |= {(name, protocol): reason for name, reason in found.unavailable.items()}
        remarks |= {(name, protocol): reason for name, reason in found.notes.items()}
        whole |= {(name, protocol): value for name, value in found.corpus.items()}
        whole[CONFLICTS.name, protocol] = float(items.conflicts)
        columns |= {f"{protocol}:{name}": value for name, value in _columns(found, items).items()}
    return replace(facts, columns=columns, notes=notes, remarks=remarks, whole=whole)


class _Items(NamedTuple):
    """What a protocol scores. A group is an image, or a row under `paper`; it may have several items."""

    predictions: Sequence[str]
    references: Sequence[Sequence[str]]
    group_of_item: npt.NDArray[np.int64]
    group_of_row: npt.NDArray[np.int64]
    """-1 where the protocol does not score the row."""
    conflicts: int = 0
    """Groups whose rows have differing answers."""


def _items(facts: Facts, protocol: str) -> _Items:
    if protocol == "paper":
        rows = np.array([text.paper == "sarlang" for text in facts.texts], dtype=bool)
        group_of_row = np.where(rows, np.cumsum(rows) - 1, -1)
        pairs = [
            (group, text.given, reference)
            for group, text in zip(group_of_row.tolist(), facts.texts, strict=True)
            if group >= 0
            for reference in text.references
        ]
        groups = np.array([group for group, _, _ in pairs], dtype=np.int64)
        return _Items([given for _, given, _ in pairs], [(text,) for _, _, text in pairs], groups, group_of_row)
    asked = [(image, text.topic) for image, text in zip(facts.images.tolist(), facts.texts, strict=True)]
    read, accepted = [text.read for text in facts.texts], [text.references for text in facts.texts]
    grouped = caption.group_by_image(asked, read, accepted)
    groups, of_row = np.arange(len(grouped.predictions)), np.asarray(grouped.image_of_row, dtype=np.int64)
    return _Items(grouped.predictions, grouped.references, groups, of_row, grouped.conflicts)


def _columns(found: caption.CaptionFacts, items: _Items) -> dict[str, Array]:
    """Sum the items of each group, and give the sums to each of its rows."""
    given: dict[str, Array] = {"items": np.ones(len(items.predictions)), **found.means}
    for name, statistics in (("bleu", found.bleu), ("meteor", found.meteor)):
        if statistics is not None:
            given |= {f"{name}:{place}": column for place, column in enumerate(statistics.T.astype(np.float64))}
    scored = items.group_of_row >= 0
    columns = {"group": np.where(scored, items.group_of_row.astype(np.float64), np.nan)}
    for name, values in given.items():
        sums = np.bincount(items.group_of_item, weights=values)
        columns[name] = np.where(scored, sums[items.group_of_row], np.nan)
    return columns


def _one_row_each(facts: Facts, protocol: str) -> Facts:
    """Return the first row of each group that is among these answers."""
    having = facts.having(f"{protocol}:group")
    first = np.zeros(len(having), dtype=bool)
    first[np.unique(having.column(f"{protocol}:group"), return_index=True)[1]] = True
    return having.only(first)


def caption_numbers(facts: Facts) -> Iterator[Number]:
    """Yield the numbers of every protocol that was prepared, and the reasons of those that could not be."""
    for metric in METRICS:
        name, protocol = metric.name, metric.protocol
        if (name, protocol) in facts.notes:
            nothing = estimate.NOTHING._replace(method="unavailable")
            yield Number(metric, nothing, note=facts.notes[name, protocol])
        elif f"{protocol}:group" in facts.columns:
            made = _estimate(metric, _one_row_each(facts, protocol), facts.whole)
            yield Number(metric, made, note=facts.remarks.get((name, protocol)))


def _estimate(metric: Metric, facts: Facts, whole: Mapping[tuple[str, str], float]) -> estimate.Estimate:
    """Return a number of the answers that were scored; `whole` is that of all of them, if these are all."""
    name, protocol = metric.name, metric.protocol
    if name == "meteor":
        return _of_sums(facts, f"{protocol}:meteor:", score_statistics)
    if name in _BLEU:
        return _of_sums(facts, f"{protocol}:bleu:", lambda sums: corpus_bleu(sums)[..., int(name[-1]) - 1])
    if f"{protocol}:{name}" in facts.columns:
        return _mean(metric, facts, f"{protocol}:{name}", f"{protocol}:items")
    if not len(facts) or (name, protocol) not in whole:
        return estimate.NOTHING._replace(method="only of all answers together")
    images = len(np.unique(facts.images))
    return estimate.Estimate(whole[name, protocol], None, None, len(facts), images, "no interval")


def _mean(metric: Metric, facts: Facts, key: str, items: str) -> estimate.Estimate:
    if (facts.column(items) == 1).all():
        return estimate.mean(facts.column(key), facts.images, top=metric.high)
    return estimate.ratio(facts.table(key, items), facts.images, numbers.share_of, rate=False, top=metric.high)


def _of_sums(facts: Facts, prefix: str, statistic: Callable[[Array], Array]) -> estimate.Estimate:
    names = sorted(
        (name for name in facts.columns if name.startswith(prefix)), key=lambda name: int(name.split(":")[-1])
    )
    return estimate.ratio(facts.table(*names), facts.images, statistic, rate=False)


def text_of(target: Mapping[str, Any], given: str, parsed: Mapping[str, Any] | None) -> Text:
    """Return the words of one answer."""
    read = parsed["text"] if parsed else ""
    return Text(
        given,
        read,
        tuple(target["captions"]),
        target.get("field") or target.get("question") or "",
        target.get("paper", ""),
    )
