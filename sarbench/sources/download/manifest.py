"""What earlier downloads wrote down: the files of a commit, and which commit a branch was."""

import json
from pathlib import Path
from typing import Any

import msgspec

from sarbench.files import write_text
from sarbench.sources._card import HubRepo
from sarbench.sources.download.listing import MANIFEST, Listing, is_commit

_REVISIONS = "revisions.json"


def read_manifest(folder: Path) -> Listing | None:
    """Return the listing that an earlier download left in a folder; None where there is none to rely on."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Listing)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def origin(folder: Path) -> HubRepo | None:
    """Return the repository and commit that the files of a data folder were fetched from; None for other folders."""
    known = read_manifest(folder)
    return None if known is None else HubRepo(known.repo, known.commit)


def write_manifest(folder: Path, listing: Listing) -> None:
    """Write the listing beside the files."""
    write_text(folder / MANIFEST, json.dumps(msgspec.to_builtins(listing), indent=1, ensure_ascii=False) + "\n")


def recorded_commit(into: Path, repo_id: str, revision: str) -> str | None:
    """Return the commit that a branch or tag was when it was last fetched."""
    commit = _recorded(into).get(f"{repo_id}@{revision}")
    return commit if isinstance(commit, str) and is_commit(commit) else None


def record_commit(into: Path, repo_id: str, revision: str, commit: str) -> None:
    """Keep which commit a branch or tag was."""
    known = _recorded(into)
    if known.get(f"{repo_id}@{revision}") != commit:
        write_text(into / _REVISIONS, json.dumps({**known, f"{repo_id}@{revision}": commit}, indent=1) + "\n")


def _recorded(into: Path) -> dict[str, Any]:
    try:
        known = json.loads((into / _REVISIONS).read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
