"""lmms-eval's `--model_args` string: `key=value` pairs with commas between."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from sarbench.errors import InputError, UnknownNameError

_NAMES = ("pretrained", "model", "model_version")
_WORDS = "key|apikey|token|secret|password|passwd|pwd|credentials?|auth|authorization|bearer|headers?|cookies?"
_NAMED = rf"(?:[a-z0-9]+[_-])*(?:{_WORDS})"
_SECRET = re.compile(_NAMED, re.IGNORECASE)
# A value ends at the comma of --model_args or the ampersand of an address; headers hold blanks.
_PAIR = re.compile(rf"(?<![a-z0-9_-])({_NAMED})=[^,&]*", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer)\s+[^\s,]+", re.IGNORECASE)
_SAVED = "Give the folder that save_pretrained wrote"
_USER = re.compile(r"//[^/@\s]+@")


def parse_model_args(text: str, *, option: str = "--model_args") -> dict[str, str]:
    """Split `--model_args`.

    Raises:
        UnknownNameError: A part is not `key=value`.

    >>> parse_model_args("pretrained=org/model,device_map=cpu")
    {'pretrained': 'org/model', 'device_map': 'cpu'}
    """
    pairs = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        if not equals:
            raise UnknownNameError(
                where=f"{option} {part!r}", problem="is not key=value", fix="Write key=value,key=value"
            )
        pairs[key.strip()] = value.strip()
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


def _clean(text: str) -> str:
    return _BEARER.sub(r"\1 ***", _USER.sub("//***@", _PAIR.sub(r"\1=***", text)))


def model_id(backend: str, args: dict[str, str]) -> str:
    """Name the model on the board: its Hub id, or the last two parts of its folder; the backend where neither is given.

    >>> model_id("llava_hf", {"pretrained": "/models/tiny/llava"})
    'tiny/llava'
    """
    name = next((args[key] for key in _NAMES if key in args), None)
    if name is None:
        return backend
    return "/".join(Path(name).parts[-2:]) if _is_path(name) else name


def require_files(args: dict[str, str]) -> None:
    """Check that a model named by a path is there; what a server at `base_url` calls its model is its own affair.

    Raises:
        InputError: The folder does not exist, or holds no `config.json` that is one.
    """
    if "base_url" in args:
        return
    for key in (key for key in _NAMES if key in args):
        name = args[key]
        if not _is_path(name) and not (key == "pretrained" and name.count("/") > 1):
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


def _is_path(name: str) -> bool:
    """A path starts like one, or is a folder here; everything else is a Hub id or a server's model name."""
    return name.startswith(("/", "./", "../", "~")) or Path(name).is_dir()
