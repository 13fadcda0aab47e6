"""Find the class that belongs to each box of an answer."""

import re
from collections.abc import Sequence

from sarbench.answers._spellings import SpelledBox
from sarbench.answers.vocabulary import Vocabulary

_EVENT = re.compile(r"[{}]|[\"'](?:label|category|class|name|object)[\"'] ?: ?[\"'](?P<value>[^\"']{0,80})[\"']")


def label_boxes(text: str, boxes: Sequence[SpelledBox], words: Vocabulary) -> list[str | None]:
    """Return one label or None for each box.

    Rules, first that applies to a box: the "label" key of the JSON object that holds it; after `<loc…>` tokens and
    where no class word stands before the first box, the first class word between the box and the next one; else the
    nearest class word before the box. A JSON label outside the vocabulary is kept as it is written, in lower case, so
    that it matches no class (a box without a label matches any).
    """
    keyed = _json_labels(text, boxes, words)
    if None not in keyed:
        return keyed
    mentions = words.find(text)
    follows = bool(boxes) and (boxes[0].spelling == "loc" or not mentions or mentions[0].start > boxes[0].start)
    worded: list[str | None] = [None] * len(boxes)
    if mentions:
        worded = _words_after(text, boxes, words) if follows else _words_before(boxes, words, text)
    return [word if key is None else key for key, word in zip(keyed, worded, strict=True)]


def _json_labels(text: str, boxes: Sequence[SpelledBox], words: Vocabulary) -> list[str | None]:
    """Give each box the label found in the same innermost pair of braces; the last brace may be cut off."""
    if "{" not in text or not ('"' in text or "'" in text):
        return [None] * len(boxes)
    label_of: dict[int, str] = {}
    object_of: list[int] = []
    open_objects: list[int] = []
    waiting = iter(boxes)
    box = next(waiting, None)
    for event in _EVENT.finditer(text):
        while box is not None and box.start < event.start():
            object_of.append(open_objects[-1] if open_objects else -1)
            box = next(waiting, None)
        if event[0] == "{":
            open_objects.append(event.start())
        elif event[0] == "}":
            if open_objects:
                open_objects.pop()
        elif open_objects:
            label_of[open_objects[-1]] = _canonical(event["value"], words)
    while box is not None:
        object_of.append(open_objects[-1] if open_objects else -1)
        box = next(waiting, None)
    return [label_of.get(number) for number in object_of]


def _canonical(value: str, words: Vocabulary) -> str:
    named = {mention.name for mention in words.find(value)}
    return named.pop() if len(named) == 1 else value.strip().lower()


def _words_before(boxes: Sequence[SpelledBox], words: Vocabulary, text: str) -> list[str | None]:
    labels: list[str | None] = []
    nearest: str | None = None
    start = 0
    for box in boxes:
        between = words.find(text[start : box.start])
        nearest = between[-1].name if between else nearest
        labels.append(nearest)
        start = box.end
    return labels


def _words_after(text: str, boxes: Sequence[SpelledBox], words: Vocabulary) -> list[str | None]:
    edges = [*(box.start for box in boxes[1:]), len(text)]
    labels: list[str | None] = []
    for box, edge in zip(boxes, edges, strict=True):
        between = words.find(text[box.end : edge])
        labels.append(between[0].name if between else None)
    return labels
