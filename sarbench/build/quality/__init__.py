"""The quality gate: `quality.json` and `QUALITY.md`, what is wrong with the authors' files and the rows they gave."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sarbench.build.index import BuiltIndex
from sarbench.build.quality.finding import Example, Finding
from sarbench.build.quality.gate import Gate, Quality
from sarbench.build.quality.overlap import Overlap
from sarbench.build.quality.report import as_dict, page
from sarbench.build.quality.rules import ORDER, RULES, Rule, Severity
from sarbench.build.quality.stored import examine
from sarbench.files import write_text
from sarbench.sources import Report

__all__ = [
    "ORDER",
    "PAGE_NAME",
    "QUALITY_NAME",
    "RULES",
    "Example",
    "Finding",
    "Gate",
    "Overlap",
    "Quality",
    "Rule",
    "Severity",
    "examine",
    "write_quality",
]

QUALITY_NAME = "quality.json"
PAGE_NAME = "QUALITY.md"


def write_quality(folder: Path, index: BuiltIndex, fresh: Mapping[str, Report]) -> Quality:
    """Examine everything in the index and write `quality.json` and `QUALITY.md`.

    Args:
        folder: The built folder, with all files of the index in place.
        index: What it holds now.
        fresh: `config/split` → the report of what was built just now; the rest is taken over from the file there.

    Returns:
        What was found.

    Raises:
        InputError: A file of the index cannot be read.
    """
    earlier = _read(folder)
    reports = {
        place: json.loads(fresh[place].to_json()) if place in fresh else earlier[place]
        for config, splits in index.configs.items()
        for place in (f"{config}/{split}" for split in splits)
        if place in fresh or place in earlier
    }
    quality = examine(folder, index)
    content = {"name": index.name, "left_out": index.left_out, "splits": reports, **as_dict(quality)}
    write_text(folder / QUALITY_NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    write_text(folder / PAGE_NAME, page(quality, reports))
    return quality


def _read(folder: Path) -> dict[str, Any]:
    try:
        splits = json.loads((folder / QUALITY_NAME).read_bytes())["splits"]
    except (OSError, ValueError, KeyError, TypeError):  # it informs people; a build does not stand on it
        return {}
    return splits if isinstance(splits, dict) else {}
