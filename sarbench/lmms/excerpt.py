"""A task asked on other rows than its own: some of another split, for `sarbench calibrate`.

What a task's YAML names is a test split, and a convention is never chosen by its truth. So the worker hands lmms-eval
the same task with the file and the choice of rows replaced; prompt, generation and scoring stay the YAML's.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from sarbench.lmms import data
from sarbench.lmms.job import Excerpt
from sarbench.lmms.shuffled import process_docs

Docs = Any
"""A `datasets.Dataset`, which is not imported here."""


def chosen(ids: Sequence[str], size: int | None, *, seed: int) -> list[int]:
    """Return the places of so many rows (None: all), in ascending order: those whose ids hash lowest under the seed.

    So the rows come from everywhere in the split, whose order is that of its upstream sets, and a larger choice holds
    every smaller one.

    >>> chosen(["a", "b", "c", "d"], 2, seed=0), chosen(["a", "b", "c", "d"], 9, seed=0)
    ([1, 2], [0, 1, 2, 3])
    """
    order = sorted(range(len(ids)), key=lambda place: hashlib.sha256(f"{seed}/{ids[place]}".encode()).digest())
    return sorted(order[:size])


def on_excerpt(task: str, excerpt: Excerpt) -> dict[str, Any]:
    """Return a task for lmms-eval's `TaskManager`, with those of its keys that say which rows it asks."""
    files = getattr(data, f"{excerpt.dataset}/{excerpt.config}/{excerpt.split}")
    # The YAML's own name of its split stays; lmms-eval needs one, and every row knows the split that it is of.
    return {"task": task, "dataset_kwargs": {"data_files": {"test": files}}, "process_docs": _only(excerpt)}


def _only(excerpt: Excerpt) -> Callable[[Docs], Docs]:
    asked: Callable[[Docs], Docs] = getattr(data, f"only_{excerpt.asks}") if excerpt.asks else process_docs

    def only(docs: Docs) -> Docs:
        """Keep the chosen rows; the images are not looked at."""
        kept = asked(docs)
        ids = kept.select_columns(["id"])[:]["id"]
        return kept.select(chosen(ids, excerpt.size, seed=excerpt.seed))

    return only
