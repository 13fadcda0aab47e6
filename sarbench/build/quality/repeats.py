"""Rules about rows that repeat each other within a split."""

from collections.abc import Iterator

import numpy as np

from sarbench.build.quality.batch import Hit, nonzero
from sarbench.build.quality.keys import OPEN_TASKS, Keys, RowIds
from sarbench.build.quality.texts import Hashes, Mask, Rows, mixed
from sarbench.schema import TASKS


def repeat_rules(keys: Keys, ids: RowIds) -> Iterator[Hit]:
    """Find repeated ids, repeated samples, contradictions, and repeats under another image name.

    Rows without an image are compared by image name; rows without either, and rows that ask nothing and answer nothing,
    repeat nothing.
    """
    everything = np.arange(len(keys))
    first = _firsts(keys.id)
    yield _repeated("id-repeated", everything, first, ids)

    known = nonzero((keys.shows != 0) & ((keys.question != 0) | (keys.target != 0)))
    sample = _firsts(mixed(keys.shows, keys.subject, keys.target)[known])
    named = mixed(keys.shows, keys.subject, keys.target, keys.name)[known]
    same_name = _firsts(named)
    yield _repeated("sample-repeated", known, same_name, ids)
    renamed = (sample != np.arange(len(known))) & (same_name == np.arange(len(known))) & (keys.image[known] != 0)
    rows, originals = known[renamed], known[sample[renamed]]
    yield _pointing("image-renamed", rows, originals, len(known), "as", ids)
    yield _contradictions(keys, ids)


def _contradictions(keys: Keys, ids: RowIds) -> Hit:
    """Find rows with one question about one image whose answers differ in more than case and end mark."""
    closed = ~np.isin(keys.task, [TASKS.index(task) for task in OPEN_TASKS])
    rows = nonzero(closed & (keys.shows != 0) & (keys.question != 0))
    asked = _firsts(mixed(keys.shows, keys.subject)[rows])
    answered = _firsts(mixed(keys.shows, keys.subject, keys.answer)[rows])
    others = (answered == np.arange(len(rows))) & (asked != answered)
    torn_groups = np.zeros(len(rows), dtype=bool)
    torn_groups[asked[others]] = True
    torn = torn_groups[asked]
    first_other = np.zeros(len(rows), dtype=np.int64)
    first_other[asked[others][::-1]] = nonzero(others)[::-1]  # the first that differs from the first of its group
    against = np.where(answered != asked, asked, first_other[asked])
    return _pointing("answers-contradict", rows[torn], rows[against[torn]], len(rows), "against", ids)


def _firsts(values: Hashes) -> Rows:
    """Return for each entry the place of the first entry that equals it.

    >>> _firsts(np.array([7, 9, 7, 9, 9], dtype=np.uint64)).tolist()
    [0, 1, 0, 1, 1]
    """
    _, first, group = np.unique(values, return_index=True, return_inverse=True)
    return first[group.ravel()]


def _repeated(rule: str, rows: Rows, first: Rows, ids: RowIds) -> Hit:
    later: Mask = first != np.arange(len(rows))
    return _pointing(rule, rows[later], rows[first[later]], len(rows), "as", ids)


def _pointing(rule: str, rows: Rows, others: Rows, looked_at: int, how: str, ids: RowIds) -> Hit:
    def what(row: int) -> str:
        return f"{how} {ids[int(others[np.searchsorted(rows, row)])]}"

    return Hit(rule, rows, looked_at, what)
