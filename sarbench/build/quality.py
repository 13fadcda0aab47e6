"""`quality.json`: what was wrong with the authors' files, record by record, beside the rows they gave."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sarbench.build.index import BuiltIndex
from sarbench.files import write_text
from sarbench.sources import Report

QUALITY_NAME = "quality.json"


def write_quality(folder: Path, index: BuiltIndex, fresh: Mapping[str, Report]) -> None:
    """Write `quality.json` for everything in the index.

    Args:
        folder: The built folder.
        index: What it holds now.
        fresh: `config/split` → the report of what was built just now; the rest is taken over from the file there.
    """
    earlier = _read(folder)
    reports = {
        place: json.loads(fresh[place].to_json()) if place in fresh else earlier[place]
        for config, splits in index.configs.items()
        for place in (f"{config}/{split}" for split in splits)
        if place in fresh or place in earlier
    }
    content = {"name": index.name, "left_out": index.left_out, "splits": reports}
    write_text(folder / QUALITY_NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _read(folder: Path) -> dict[str, Any]:
    try:
        splits = json.loads((folder / QUALITY_NAME).read_bytes())["splits"]
    except (OSError, ValueError, KeyError, TypeError):  # it informs people; a build does not stand on it
        return {}
    return splits if isinstance(splits, dict) else {}
