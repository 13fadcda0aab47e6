"""lmms-eval's `--model_args` string: `key=value` pairs with commas between."""

import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from sarbench.errors import InputError, UnknownNameError

MODEL_NAMES = ("pretrained", "model", "model_version")
"""Arguments that name the model, first one first."""
_GENERIC = re.compile(
    r"(checkpoints?|ckpts?|final|best|last|latest|outputs?|models?|weights|hf|merged|export|steps?|epochs?)?[-_]?\d*"
)
"""Folders that every training writes."""
_WORDS = (
    "key|apikey|token|secret|password|passwd|pwd|credentials?|auth|authorization|bearer|headers?|cookies?"
    "|sig|signature"  # of an address that was signed
)
_NAMED = rf"(?:[a-z0-9]+[_-])*(?:{_WORDS})"
_SECRET = re.compile(_NAMED, re.IGNORECASE)
# A value ends where --model_args begins another key, or at the ampersand of an address; headers hold blanks.
_PAIR = re.compile(rf"(?<![a-z0-9_-])({_NAMED})=(?:[^,&]|,(?!\s*[a-z_][\w.-]*=))*", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer)\s+[^\s,]+", re.IGNORECASE)
_SAVED = "Give the folder that save_pretrained wrote"
_USER = re.compile(r"//[^/\s]*@")
_QUERY = re.compile(rf"[?&]{_NAMED}=([^&\s]+)", re.IGNORECASE)
_LEAST = 8
"""Letters of a secret in the environment: shorter ones stand in many a sentence (`none`, `EMPTY`)."""


def parse_model_args(text: str, *, option: str = "--model_args") -> dict[str, str]:
    """Split `--model_args`.

    Raises:
        UnknownNameError: A part is not `key=value`.

    >>> parse_model_args("pretrained=org/model,device_map=cpu")
    {'pretrained': 'org/model', 'device_map': 'cpu'}
    """
    pairs: dict[str, str] = {}
    last = ""
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        if not equals:
            shown = "***" if _SECRET.fullmatch(last) else part  # the rest of a secret with a comma
            raise UnknownNameError(
                where=f"{option} {shown!r}", problem="is not key=value", fix="Write key=value,key=value"
            )
        last = key.strip()
        pairs[last] = value.strip()
    return pairs


def without_secrets(args: dict[str, str]) -> dict[str, str]:
    """Replace the values of keys, tokens and passwords, and the user and password inside an address.

    >>> without_secrets({"model": "m", "api_key": "sk-1", "tokenizer": "t", "base_url": "http://me:pw@host/v1"})
    {'model': 'm', 'api_key': '***', 'tokenizer': 't', 'base_url': 'http://***@host/v1'}
    """
    return {key: "***" if _SECRET.fullmatch(key) else _clean(value) for key, value in args.items()}


def redacted(command: Sequence[str]) -> tuple[str, ...]:
    """Return a command line as the manifest may show it: without what `without_secrets` hides.

    >>> redacted(["sarbench", "eval", "--model_args", "model=m,api_key=sk-1", "--model_args=token=t"])
    ('sarbench', 'eval', '--model_args', 'model=m,api_key=***', '--model_args=token=***')
    """
    return tuple(_clean(word) for word in command)


def hiding(*arguments: str | None) -> Callable[[str], str]:
    """Return what takes the secrets of `key=value,…` strings, and those of the environment, out of any text.

    >>> hiding("model=m,token=SEKRET8", None)("unexpected {'token': 'SEKRET8'} at http://me:pw@host")
    "unexpected {'token': '***'} at http://***@host"
    """
    given = [parse_model_args(text) for text in arguments if text]
    secrets = {value for args in given for key, value in args.items() if _SECRET.fullmatch(key)}
    secrets |= {found for args in given for value in args.values() for found in _QUERY.findall(value)}
    secrets |= {value for key, value in os.environ.items() if _SECRET.fullmatch(key) and len(value) >= _LEAST}
    words = "|".join(re.escape(secret) for secret in sorted(secrets, key=len, reverse=True) if secret)
    known = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None

    def hide(text: str) -> str:
        text = _BEARER.sub(r"\1 ***", _USER.sub("//***@", text))
        return known.sub("***", text) if known else text

    return hide


def _clean(text: str) -> str:
    return _BEARER.sub(r"\1 ***", _USER.sub("//***@", _PAIR.sub(r"\1=***", text)))


def model_id(backend: str, args: dict[str, str]) -> str:
    """Name the model on the board: its Hub id, or the last two parts of its folder; the backend where neither is given.

    Where both parts are what every training calls its folders, the next one above that says more stands before them.

    >>> model_id("llava_hf", {"pretrained": "/models/tiny/llava"})
    'tiny/llava'
    >>> model_id("llava_hf", {"pretrained": "/exp1/checkpoint/final"})
    'exp1/checkpoint-final'
    """
    name = next((args[key] for key in MODEL_NAMES if key in args), None)
    if name is None:
        return backend
    if not names_folder(name):
        return name
    parts = Path(name).expanduser().absolute().parts[1:]
    telling = max((place for place, part in enumerate(parts) if not _GENERIC.fullmatch(part.lower())), default=0)
    if telling >= len(parts) - 2:
        return "/".join(parts[-2:])
    return f"{parts[telling]}/{'-'.join(parts[telling + 1 :])}"


def require_files(args: dict[str, str]) -> None:
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
