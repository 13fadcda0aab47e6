"""Where the task YAMLs find their rows, and the images of those rows.

lmms-eval reads any attribute of a module that a YAML names as `!function`, and this module makes them up when they are
asked for, not when it is imported:

- `sarbench.lmms.data.<dataset>/<config>/<split>`: the Parquet files of the asked split alone, so that `datasets` does
  not convert the train split of the same config on the way; `<split>|<other>` takes the other one where the first is
  not built;
- `sarbench.lmms.data.only_<task>`: keeps the rows of one task. All tasks of a config share one conversion that way.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from glob import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from sarbench import paths
from sarbench.build import ImageStore
from sarbench.lmms.shuffled import process_docs
from sarbench.schema import TASKS

Docs = Any
"""A `datasets.Dataset`, which is not imported here."""

_ONLY = "only_"


def __getattr__(name: str) -> str | Callable[[Docs], Docs]:
    """Return the Parquet glob of a split under `$SARBENCH_HOME`, or the function that keeps the rows of one task."""
    if name.startswith(_ONLY) and name.removeprefix(_ONLY) in TASKS:
        return _only(name.removeprefix(_ONLY))
    parts = name.split("/")
    if len(parts) != 3:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    dataset, config, splits = parts
    folder = paths.built(dataset) / config
    asked = splits.split("|")
    there = next((split for split in asked if any(folder.glob(f"{split}-*.parquet"))), asked[0])
    return f"{escape(str(folder / there))}-*.parquet"


def image_of(doc: Mapping[str, Any]) -> Image.Image | None:
    """Return the image of a row: the one in it or, of a joined set, the one stored beside it; None where it has none.

    Raises:
        InputError: The stored image is not there or cannot be read.
    """
    if doc.get("image") is not None:
        image: Image.Image = doc["image"]
        return image
    if doc["image_sha256"] is None:
        return None
    store = _store(paths.built(doc["dataset"]), doc["split"])
    return Image.open(BytesIO(store.get(doc["image_id"], doc["image_sha256"]).bytes))


def _only(task: str) -> Callable[[Docs], Docs]:
    def only(docs: Docs) -> Docs:
        """Keep the rows of one task; the images are not looked at."""
        tasks = docs.select_columns(["task"])[:]["task"]
        return process_docs(docs.select([place for place, held in enumerate(tasks) if held == task]))

    return only


@lru_cache(maxsize=4)
def _store(folder: Path, split: str) -> ImageStore:
    return ImageStore(folder, split)
