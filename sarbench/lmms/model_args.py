"""lmms-eval's `--model_args` string: `key=value` pairs with commas between."""

import re
from collections.abc import Sequence
from pathlib import Path

from sarbench.errors import InputError, UnknownNameError

_NAMES = ("pretrained", "model", "model_version")
_NAMED = r"(?:[a-z0-9]+[_-])*(?:key|apikey|token|secret|password|passwd|pwd|credentials?)"
_SECRET = re.compile(_NAMED, re.IGNORECASE)
_PAIR = re.compile(rf"(?<![a-z0-9_])({_NAMED})=[^,\s]*", re.IGNORECASE)
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
    return {key: "***" if _SECRET.fullmatch(key) else _USER.sub("//***@", value) for key, value in args.items()}


def redacted(command: Sequence[str]) -> tuple[str, ...]:
    """Return a command line as the manifest may show it: without what `without_secrets` hides.

    >>> redacted(["sarbench", "eval", "--model_args", "model=m,api_key=sk-1", "--model_args=token=t"])
    ('sarbench', 'eval', '--model_args', 'model=m,api_key=***', '--model_args=token=***')
    """
    return tuple(_USER.sub("//***@", _PAIR.sub(r"\1=***", word)) for word in command)


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
    """Check that a model named by a path is there.

    Raises:
        InputError: The folder does not exist or holds no `config.json`.
    """
    for name in (args[key] for key in _NAMES if key in args):
        if not _is_path(name):
            continue
        if not Path(name).is_dir():
            raise InputError(where=name, problem="is not a model folder: it does not exist", fix="Check pretrained=")
        if not (Path(name) / "config.json").is_file():
            raise InputError(
                where=name, problem="holds no config.json", fix="Give the folder that save_pretrained wrote"
            )


def _is_path(name: str) -> bool:
    """A path starts like one, or is a folder here; everything else is a Hub id or a server's model name."""
    return name.startswith(("/", "./", "../", "~")) or Path(name).is_dir()
