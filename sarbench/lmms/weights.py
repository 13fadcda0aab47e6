"""The state of the weights that a run's arguments name, adapters included: what `revision` in its manifest says."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from sarbench.lmms.model_args import MODEL_NAMES, model_name, names_folder
from sarbench.runs.weights import fingerprint, hub_snapshot

_SERVED = re.compile(r"openai|gpt|claude|gemini|litellm|reka|_api|generation_api|dummy|from_log")
"""Backends that ask a server, or nobody: the weights of that name here are not those that answer."""
_ADDED = re.compile(r"peft|lora|adapter|model_base|base_model|mm_projector")
"""Arguments that name weights beside the model's own."""


def weights_revision(backend: str, args: Mapping[str, str], *, hub: bool = True) -> str | None:
    """Return the fingerprint of a local folder, or the commit of a Hub id that lies in the local Hub cache.

    Args:
        backend: lmms-eval's name of it.
        args: Its arguments.
        hub: Whether to look for Hub ids: before the model is loaded the cache may not have them, or another commit.

    Returns:
        It, with `+<argument>:<its own>` behind for every adapter; None where nothing is known, as of a server's model.

    Raises:
        InputError: A file of a folder cannot be read.
    """
    if "base_url" in args or _SERVED.search(backend):
        return None
    return "+".join(_states(args, hub=hub)) or None


def model_folder_of(backend: str, args: Mapping[str, str]) -> Path | None:
    """Return the folder with the model's own files, in the local Hub cache for a Hub id; None where it is not here."""
    if "base_url" in args or _SERVED.search(backend):
        return None
    name = model_name(args)
    if name is None:
        return None
    if names_folder(name):
        folder = Path(name).expanduser()
        return folder if folder.is_dir() else None
    return hub_snapshot(name, args.get("revision"))


def _states(args: Mapping[str, str], *, hub: bool) -> Iterator[str]:
    main = next((key for key in MODEL_NAMES if key in args), None)
    if main is not None and (state := _state(args[main], args.get("revision"), hub=hub)):
        yield state
    for key, value in sorted(args.items()):
        if key != main and _ADDED.search(key) and (state := _state(value, None, hub=hub)):
            yield f"{key}:{state[:16]}"


def _state(name: str, revision: str | None, *, hub: bool) -> str | None:
    if names_folder(name):
        folder = Path(name).expanduser()
        return fingerprint(folder) if folder.is_dir() else None
    snapshot = hub_snapshot(name, revision) if hub and name.count("/") == 1 else None
    return snapshot.name if snapshot else None
