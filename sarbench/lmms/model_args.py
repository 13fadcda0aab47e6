"""lmms-eval's `--model_args` string: `key=value` pairs with commas between."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from sarbench.errors import InputError, UnknownNameError
from sarbench.lmms.secrets import is_secret, redacted

MODEL_NAMES = ("pretrained", "model", "model_version")
"""Arguments that name the model, first one first."""
_GENERIC = re.compile(
    r"(checkpoints?|ckpts?|final|best|last|latest|outputs?|models?|weights|hf|merged|export|steps?|epochs?)?[-_]?\d*"
)
"""Folders that every training writes."""
_SAVED = "Give the folder that save_pretrained wrote"


def parse_model_args(text: str, *, option: str = "--model_args") -> dict[str, str]:
    """Split `--model_args` where lmms-eval 0.7.3 splits it (`utils.py`, `_smart_comma_split`).

    Raises:
        UnknownNameError: A part is not `key=value`, a key is given twice with different values, or commas stand behind
            a quote or bracket that lmms-eval takes to be open: it would read the rest as one value.

    >>> parse_model_args("pretrained=org/model,device_map=cpu")
    {'pretrained': 'org/model', 'device_map': 'cpu'}
    >>> parse_model_args('model=m,mm_processor_kwargs={"min_pixels": 3136, "max_pixels": 50176}')
    {'model': 'm', 'mm_processor_kwargs': '{"min_pixels": 3136, "max_pixels": 50176}'}
    """
    pairs: dict[str, str] = {}
    last = ""
    parts, whole = _split(text)
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals or not key.isidentifier():
            shown = "***" if is_secret(last) else redacted(part)  # the rest of a secret with a comma
            fix = "Write key=value,key=value, without blanks before the equals signs"
            raise UnknownNameError(where=f"{option} {shown!r}", problem="is not key=value", fix=fix)
        last = key
        if pairs.setdefault(last, value.strip()) != value.strip():
            fix = "Give it once"
            raise UnknownNameError(where=f"{option} {last}=", problem="is given twice with different values", fix=fix)
    if not whole and "," in parts[-1]:
        where, problem = f"{option} {last}=", "holds a quote or bracket without its other half, and commas behind it"
        raise UnknownNameError(where=where, problem=problem, fix="Close it, or put this argument last")
    return pairs


def _split(text: str) -> tuple[list[str], bool]:
    """Split at commas outside quotes and brackets; say whether all of these are closed in the end."""
    parts, depth, quote, before = [""], 0, "", ""
    for letter in text:
        if letter in "\"'" and before != "\\" and quote in ("", letter):
            quote = "" if quote else letter
        elif not quote:
            depth += (letter in "{[") - (letter in "}]")
        if letter == "," and not quote and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
        before = letter
    return [part.strip() for part in parts if part.strip()], not quote and depth == 0


def model_name(args: Mapping[str, str]) -> str | None:
    """Return what the arguments call the model: a folder, a Hub id or a server's name; None where they name none."""
    return next((args[key] for key in MODEL_NAMES if key in args), None)


def model_id(backend: str, args: Mapping[str, str]) -> str:
    """Name the model on the board: its Hub id, or the last two parts of its folder; the backend where neither is given.

    Where both parts are what every training calls its folders, the next one above that says more stands before them.

    >>> model_id("llava_hf", {"pretrained": "/models/tiny/llava"})
    'tiny/llava'
    >>> model_id("llava_hf", {"pretrained": "/exp1/checkpoint/final"})
    'exp1/checkpoint-final'
    """
    name = model_name(args)
    if name is None:
        return backend
    if not names_folder(name):
        return name
    parts = Path(name).expanduser().absolute().parts[1:]
    telling = max((place for place, part in enumerate(parts) if not _GENERIC.fullmatch(part.lower())), default=0)
    if telling >= len(parts) - 2:
        return "/".join(parts[-2:])
    return f"{parts[telling]}/{'-'.join(parts[telling + 1 :])}"


def require_files(args: Mapping[str, str]) -> None:
    """Check that a model named by a path is there; what a server at `base_url` calls its model is its own affair.

    Raises:
        InputError: The folder does not exist, or holds no `config.json` that is one.
    """
    if "base_url" in args:
        return
    for key in (key for key in MODEL_NAMES if key in args):
        name = args[key]
        if not names_folder(name) and not (key == "pretrained" and name.count("/") > 1):
            continue
        if not Path(name).is_dir():
            raise InputError(where=name, problem="is not a model folder: it does not exist", fix=f"Check {key}=")
        config = Path(name) / "config.json"
        if not config.is_file():
            raise InputError(where=name, problem="is no model: it holds no config.json", fix=_SAVED)
        try:
            sound = isinstance(json.loads(config.read_bytes()), dict)
        except ValueError:
            sound = False
        if not sound:
            raise InputError(where=config, problem="is not the JSON object that describes a model", fix=_SAVED)


def names_folder(name: str) -> bool:
    """Whether a name is a path: it starts like one, or is a folder here; others are Hub ids or a server's names."""
    return name.startswith(("/", "./", "../", "~")) or Path(name).is_dir()
