"""All kinds of question, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from sarbench.answers import ANSWERS_VERSION, SYNONYMS_VERSION
from sarbench.metrics.caption import TOKENISER_VERSION
from sarbench.metrics.vqa import SYNONYM_PAIRS_VERSION
from sarbench.questions import (
    caption,
    classification,
    counting,
    description,
    field,
    grounding,
    identification,
    library,
    position,
    presence,
    referring,
    region,
    retrieval,
    vqa,
)
from sarbench.questions.family import Family
from sarbench.questions.judged import judged
from sarbench.questions.kind import Kind
from sarbench.questions.metric import Metric

KINDS: Mapping[Family, Kind] = MappingProxyType(
    {
        module.KIND.name: module.KIND
        for module in (
            classification,
            presence,
            counting,
            position,
            region,
            identification,
            description,
            grounding,
            referring,
            vqa,
            caption,
            field,
            retrieval,
        )
    }
)


def all_metrics() -> dict[str, tuple[Metric, ...]]:
    """Return every metric that a user can name, by kind of question, the headline of each first.

    Those of `library` are functions of `sarbench.metrics`.
    """
    by_kind: dict[str, tuple[Metric, ...]] = {
        name: (*kind.metrics, *judged(name, kind.metrics)) for name, kind in KINDS.items()
    }
    return {**by_kind, "library": library.METRICS}


def rule_versions() -> dict[str, str]:
    """Return the versions of the readings, the word lists and the tokeniser that scores depend on."""
    return {
        "answers": ANSWERS_VERSION,
        "class_words": SYNONYMS_VERSION,
        "equal_words": SYNONYM_PAIRS_VERSION,
        "caption_tokeniser": str(TOKENISER_VERSION),
    }
