"""How a Qwen-VL image processor resizes, read from the files of the model that is evaluated."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILES = ("preprocessor_config.json", "processor_config.json")
"""Later files of a model go before earlier ones: transformers 5 writes the second, 4 the first."""
_PATCH, _MERGE = 14, 2
_LEAST, _MOST = 56 * 56, 28 * 28 * 1280
"""What `Qwen2VLImageProcessor` of transformers takes where its file says nothing."""


def resize_of(folder: Path) -> tuple[int, int, int] | None:
    """Return factor, `min_pixels` and `max_pixels` of a model folder; None where it holds no readable image processor.

    `min_pixels` and `max_pixels` go before `size`, as in transformers 5.23
    (`models/qwen2_vl/image_processing_qwen2_vl.py`).
    """
    for name in reversed(_FILES):
        settings = _settings(folder / name)
        if settings is None:
            continue
        size = settings.get("size")
        size = size if isinstance(size, Mapping) else {}
        low = _first(settings.get("min_pixels"), size.get("min_pixels"), size.get("shortest_edge"), _LEAST)
        high = _first(settings.get("max_pixels"), size.get("max_pixels"), size.get("longest_edge"), _MOST)
        factor = _first(settings.get("patch_size"), _PATCH) * _first(settings.get("merge_size"), _MERGE)
        return factor, low, high
    return None


def model_type_of(folder: Path) -> str:
    """Return the architecture in a folder's `config.json`, e.g. `qwen2_5_vl`; empty where it says none."""
    kind = (_json(folder / "config.json") or {}).get("model_type")
    return kind if isinstance(kind, str) else ""


def _settings(path: Path) -> Mapping[str, Any] | None:
    content = _json(path)
    if content is None:
        return None
    inner = content.get("image_processor")
    if isinstance(inner, dict):
        return inner
    return content if path.name == _FILES[0] else None


def _first(*values: object) -> int:
    return next(value for value in values if isinstance(value, int) and not isinstance(value, bool) and value > 0)


def _json(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
