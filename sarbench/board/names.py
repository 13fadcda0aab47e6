"""Names for files and for readers, from names that anyone may have written."""

import hashlib
import re
import unicodedata

from sarbench.questions.judged import ENDING

_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_LONGEST = 80
_METRICS = {"macro_f1": "macro-F1", "cider": "CIDEr", "rouge_l": "ROUGE-L"}
_SPELLED = re.compile(r"^(f1|iou|bleu(?=\d)|meteor|spice|mae|rmse)")


def slug(name: str) -> str:
    """Turn any name into a file name: safe in a URL, alike on every file system, different for different names.

    >>> slug("sarbench_sarlang_vqa1_counting")
    'sarbench_sarlang_vqa1_counting'
    >>> slug("Org/<Model>")
    'org-model-9a55de5c'
    """
    safe = _UNSAFE.sub("-", name.lower())[:_LONGEST].strip(".-")
    if safe and safe == name:
        return safe
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{safe}-{digest}" if safe else digest


def task_label(task: str, dataset: str) -> str:
    """Shorten a task name for a column that stands under its dataset.

    >>> task_label("sarbench_sarchat_rebuilt_counting_lite", "sarchat-2m")
    'rebuilt counting lite'
    >>> task_label("sarbench_sartext_vqa", "sar-text")
    'vqa'
    """
    first, _, rest = task.removeprefix("sarbench_").partition("_")
    short = rest if rest and dataset.replace("-", "").startswith(first) else task.removeprefix("sarbench_")
    return short.replace("_", " ")


def metric_label(metric: str, protocol: str) -> str:
    """Name a metric for a heading; `strict` goes without saying.

    >>> metric_label("macro_f1", "strict"), metric_label("accuracy", "paper"), metric_label("mention_f1@0.5", "strict")
    ('macro-F1', 'accuracy (paper)', 'mention F1@0.5')
    >>> metric_label("macro_f1_judged", "strict")
    'macro-F1, judged'
    """
    rule = metric.removesuffix(ENDING)
    words = _METRICS.get(rule) or " ".join(_SPELLED.sub(_spell, word) for word in rule.split("_"))
    words += "" if rule == metric else ", judged"
    return words if protocol == "strict" else f"{words} ({protocol})"


def _spell(found: re.Match[str]) -> str:
    return {"iou": "IoU", "bleu": "BLEU-"}.get(found[0], found[0].upper())


def printable(text: str) -> str:
    r"""Make control characters visible, except tab and line feed, so that a page shows what a model really wrote.

    >>> printable("a\x00b\x7f\u202ec")
    'a␀b␡⟨U+202E⟩c'
    """
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character in "\t\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    # A joiner is part of a letter or an emoji; every other invisible character could reorder or hide text.
    if character in "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}":
        return character
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else f"⟨U+{code:04X}⟩"
