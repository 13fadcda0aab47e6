"""What a public record calls a model, and whom it names as its developer: nobody where only a folder's name says so."""

import re
from pathlib import Path

from sarbench.runs.record import Manifest

UNKNOWN = "unknown"

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_NAMED_BY = ("pretrained", "model", "model_version")
"""Arguments that name the model, in the order in which the run's id was taken from them."""


def developer_of(manifest: Manifest) -> str:
    """Return the owner in a Hub id, `unknown` for all other names.

    A run names a model in a folder by the last two parts of its path, `checkpoints/final`, say: that looks like a Hub
    id and is none. A Hub id is what the backend was given letter by letter, and no folder here.
    """
    name, args = manifest.model.id, manifest.backend.args
    given = next((args[key] for key in _NAMED_BY if key in args), None)
    if given != name or not _HUB_ID.fullmatch(name) or Path(name).is_dir():
        return UNKNOWN
    return name.partition("/")[0]


def public_id(manifest: Manifest) -> str:
    """Return a model's id, in which what stands before a slash is read as the developer: `unknown` for a folder's."""
    name = manifest.model.id
    return name if "/" not in name or developer_of(manifest) != UNKNOWN else f"{UNKNOWN}/{name.replace('/', '_')}"
