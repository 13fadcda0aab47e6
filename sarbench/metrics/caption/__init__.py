"""Scores of captions: four protocols, each with its own name, and the facts behind their intervals."""

from sarbench.metrics.caption.caption_facts import CaptionFacts
from sarbench.metrics.caption.grouping import Grouped, group_by_image
from sarbench.metrics.caption.protocols import PROTOCOLS, corpus_scores, facts, sentence_scores
from sarbench.metrics.caption.tokeniser import TOKENISER_VERSION, tokenise

__all__ = [
    "PROTOCOLS",
    "TOKENISER_VERSION",
    "CaptionFacts",
    "Grouped",
    "corpus_scores",
    "facts",
    "group_by_image",
    "sentence_scores",
    "tokenise",
]
