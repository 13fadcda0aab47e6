"""Scores of SARChat-2M's text answers about targets: identification fields and description mentions.

The paper (arXiv 2502.08168) splits a description into short phrases, extracts category and position and compares the
content sets; for identification it compares the answer with the truth. It leaves open whether every field must agree,
whether sets must be equal or overlap, how phrases are split and which words are synonyms. Here, by rules of our own:
fields are compared one by one and all together; mentions are compared as multisets of words, as they were read by
`sarbench.answers.parse`, and scored both by overlap (F1) and by equality of the whole set.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sarbench.errors import InputError
from sarbench.metrics._paired import check_paired
from sarbench.metrics.rates import f1_from_counts, jaccard_from_counts, precision_from_counts, recall_from_counts

FIELDS = ("category", "size", "position")

Fields = Mapping[str, str | None]
"""`category`, `size` and `position`, each a word or None."""

Mention = tuple[str, ...]
"""(category, position) or (category, position, size)."""


@dataclass(frozen=True)
class Agreement:
    """One identification answer: True where a field agrees, None where the truth does not have it."""

    category: bool | None
    size: bool | None
    position: bool | None
    all: bool
    """Whether every field that the truth has agrees: the headline, as a fraction in 0..1, higher is better."""


@dataclass(frozen=True)
class AgreementRates:
    """N identification answers: shares of agreement, fractions in 0..1, higher is better; None where never asked."""

    category: float | None
    size: float | None
    position: float | None
    all: float | None
    n: int


class Overlap(NamedTuple):
    """Counts of one description; `metrics.rates.f1_from_counts` of their sums is the score (0..1, higher is better)."""

    tp: int
    fp: int
    fn: int

    @property
    def exact(self) -> bool:
        """Whether nothing is missing and nothing is too much: set equality, the strictest reading of the paper."""
        return self.fp == self.fn == 0


@dataclass(frozen=True)
class MentionScores:
    """N descriptions: fractions in 0..1, higher is better; None of nothing. Counts are summed over descriptions."""

    f1: float | None
    precision: float | None
    recall: float | None
    jaccard: float | None
    """tp / (tp + fp + fn): the paper's printed Acc, applied to mentions."""
    exact_set: float | None
    """Share of descriptions whose mentions are the true ones, each as often as it should be."""
    n: int


def agreement(predicted: Fields | None, true: Fields) -> Agreement:
    """Compare the fields of one identification answer with the truth.

    Args:
        predicted: `category`, `size` and `position`, each a word or None; None where the answer could not be read.
        true: The same of the target; a field that is None is not asked for.

    >>> agreement({"category": "ship", "size": None}, {"category": "ship", "size": "small"})
    Agreement(category=True, size=False, position=None, all=False)
    """
    said = {} if predicted is None else predicted
    if not isinstance(said, Mapping) or not isinstance(true, Mapping):
        raise InputError(
            where=f"fields {predicted!r} against {true!r}",
            problem="are no mappings",
            fix="Give category, size and position by name; None for an answer that could not be read",
        )
    told: dict[str, bool | None] = {
        field: None if true.get(field) is None else said.get(field) == true[field] for field in FIELDS
    }
    asked = [value for value in told.values() if value is not None]
    return Agreement(told["category"], told["size"], told["position"], bool(asked) and all(asked))


def agreement_rates(predicted: Sequence[Fields | None], true: Sequence[Fields]) -> AgreementRates:
    """Return how often each field agrees, over the answers that are asked for it, and how often all do, over all.

    An unread answer (None) is wrong in every field. `ID-M` and `ID-S` of the paper lie at 94 to 99 % without saying
    which fields they compare; `category` and `all` are the two ends.

    Raises:
        InputError: The lists differ in length.

    >>> agreement_rates([{"category": "ship"}, None], [{"category": "ship"}, {"category": "car"}])
    AgreementRates(category=0.5, size=None, position=None, all=0.5, n=2)
    """
    check_paired(predicted, true)
    found = [agreement(said, meant) for said, meant in zip(predicted, true, strict=True)]
    shares = {name: _share([value for one in found if (value := getattr(one, name)) is not None]) for name in FIELDS}
    return AgreementRates(**shares, all=_share([one.all for one in found]), n=len(found))


def mention_overlap(
    predicted: Iterable[Mention] | None, true: Iterable[Mention], *, with_size: bool = False
) -> Overlap:
    """Compare the mentions of a description with the true ones, as multisets of (category, position).

    Two true ships in one cell need two mentions; a third one is a false positive. There is no partial credit: the right
    class in the wrong cell is one false positive and one miss.

    Args:
        predicted: (category, position) or (category, position, size); None where the answer could not be read.
        true: The same of the targets.
        with_size: Whether the size must agree too; every mention then has to have one.

    Raises:
        InputError: A mention that is too short.

    >>> mention_overlap([("ship", "top left")] * 3, [("ship", "top left")] * 2 + [("car", "top left")])
    Overlap(tp=2, fp=1, fn=1)
    >>> mention_overlap([("ship", "top left", "small")], [("ship", "top left", "large")], with_size=True)
    Overlap(tp=0, fp=1, fn=1)
    """
    said = _counted(() if predicted is None else predicted, "predicted", with_size=with_size)
    meant = _counted(true, "true", with_size=with_size)
    tp = (said & meant).total()
    return Overlap(tp, said.total() - tp, meant.total() - tp)


def mention_scores(
    predicted: Sequence[Collection[Mention] | None], true: Sequence[Collection[Mention]], *, with_size: bool = False
) -> MentionScores:
    """Score the mentions of N descriptions.

    An unread description (None) misses everything, and is never an exact set, not even where there was nothing to say.

    Args, errors: as `mention_overlap`, in lists of one length.

    >>> found = mention_scores([[("ship", "top left")], None], [[("ship", "top left")], [("car", "top left")]])
    >>> round(found.f1, 4), found.exact_set
    (0.6667, 0.5)
    """
    check_paired(predicted, true)
    found = [mention_overlap(said, meant, with_size=with_size) for said, meant in zip(predicted, true, strict=True)]
    if not found:
        return MentionScores(None, None, None, None, None, 0)
    tp, fp, fn = (sum(column) for column in zip(*found, strict=True))
    exact = [said is not None and one.exact for said, one in zip(predicted, found, strict=True)]
    return MentionScores(
        f1=float(f1_from_counts(tp, fp, fn)),
        precision=float(precision_from_counts(tp, fp)),
        recall=float(recall_from_counts(tp, fn)),
        jaccard=float(jaccard_from_counts(tp, fp, fn)),
        exact_set=_share(exact),
        n=len(found),
    )


def _counted(mentions: Iterable[Mention], name: str, *, with_size: bool) -> Counter[Mention]:
    parts = 3 if with_size else 2
    counted: Counter[Mention] = Counter()
    fix = "Give (category, position), and the size as a third part where it counts"
    if not isinstance(mentions, Iterable):
        raise InputError(where=f"{name} {mentions!r}", problem="are no list of mentions", fix=fix)
    for mention in mentions:
        if not isinstance(mention, tuple | list) or not all(isinstance(part, str | None) for part in mention):
            raise InputError(where=f"{name} mention {mention!r}", problem="is no tuple of words", fix=fix)
        if len(mention) < parts:
            problem = f"has {len(mention)} parts of {parts}"
            raise InputError(where=f"{name} mention {tuple(mention)!r}", problem=problem, fix=fix)
        counted[tuple(mention[:parts])] += 1
    return counted


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None
