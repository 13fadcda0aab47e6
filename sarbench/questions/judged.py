"""The numbers that a judge can change; they stand beside those of the rules, under names of their own."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from sarbench.questions.family import Family
from sarbench.questions.metric import Metric

ENDING = "_judged"

JUDGED: Mapping[Family, tuple[str, ...]] = MappingProxyType(
    {
        "vqa": ("accuracy", "accuracy_at_most"),
        "classification": ("macro_f1", "accuracy"),
        "presence": ("accuracy",),
        "position": ("accuracy",),
        "region": ("all_fields",),
    }
)
"""The numbers of the protocol `strict` that a verdict can change."""


def judged(kind: Family, metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
    """Return what a judge adds to the metrics of a kind, under `strict`."""
    return tuple(
        replace(
            metric, name=metric.name + ENDING, summary=f"{metric.summary}; a judge decides what the rules leave open"
        )
        for metric in metrics
        if metric.protocol == "strict" and metric.name in JUDGED.get(kind, ())
    )
