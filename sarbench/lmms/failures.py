"""Why answers failed in the harness, in a sentence for the one who waits for them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from sarbench.runs.store import load_samples

_PREFACE = re.compile(r"^\s*\[LMMS_EVAL_\w+[^\]]*\]\s*")
_LENGTH = 160


def commonest_failure(folder: Path, tasks: Iterable[str], *, hide: Callable[[str], str]) -> str | None:
    """Return what most failed answers of a run say, on one line and shortened; None where none failed.

    Args:
        folder: The run.
        tasks: Its tasks with failures.
        hide: Takes secrets out of a text.
    """
    counted: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for task in tasks:
        table = load_samples(folder, task).select(["outcome", "rule", "prediction"])
        for line in table.to_pylist():
            if line["outcome"] == "failed":
                said = " ".join(_reason(line["rule"], line["prediction"]).split())
                kind = re.sub(r"\d+", "0", said)  # numbers of requests and places differ
                counted[kind] += 1
                examples.setdefault(kind, said)
    if not counted:
        return None
    said = hide(examples[counted.most_common(1)[0][0]])
    return said if len(said) <= _LENGTH else f"{said[:_LENGTH]}…"


def _reason(rule: str | None, prediction: str | None) -> str:
    """Take the harness's own message from where its answer should be; what else failed has its reason as rule."""
    message = _PREFACE.sub("", prediction or "")
    if rule and rule not in ("harness_message", "request-failed"):
        return rule
    return message or rule or "no reason given"
