"""Keys, tokens and passwords, taken out of what is written down or shown."""

import os
import re
from collections.abc import Callable, Mapping

_WORDS = (
    "key|apikey|token|secret|password|passwd|pwd|credentials?|auth|authorization|bearer|headers?|cookies?"
    "|sig|signature"  # of an address that was signed
)
_NAMED = rf"(?:[a-z0-9]+[_-])*(?:{_WORDS})"
_SECRET = re.compile(_NAMED, re.IGNORECASE)
# A value ends where --model_args begins another key, or at the ampersand of an address; headers hold blanks.
_PAIR = re.compile(rf"(?<![a-z0-9_-])({_NAMED})=(?:[^,&]|,(?!\s*[a-z_][\w.-]*=))*", re.IGNORECASE)
_JSON = re.compile(rf"([\"']{_NAMED}[\"']\s*:\s*)([\"'])(.*?)\2", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer)\s+[^\s,]+", re.IGNORECASE)
_USER = re.compile(r"//[^/\s]*@")
_QUERY = re.compile(rf"[?&]{_NAMED}=([^&\s]+)", re.IGNORECASE)
_LEAST = 8
"""Letters of a secret in the environment: shorter ones stand in many a sentence (`none`, `EMPTY`)."""


def is_secret(name: str) -> bool:
    """Whether an argument or variable of this name holds a secret."""
    return _SECRET.fullmatch(name) is not None


def without_secrets(args: Mapping[str, str]) -> dict[str, str]:
    """Replace the values of keys, tokens and passwords, and the user and password inside an address.

    >>> without_secrets({"model": "m", "api_key": "sk-1", "tokenizer": "t", "base_url": "http://me:pw@host/v1"})
    {'model': 'm', 'api_key': '***', 'tokenizer': 't', 'base_url': 'http://***@host/v1'}
    """
    return {key: "***" if is_secret(key) else redacted(value) for key, value in args.items()}


def redacted(word: str) -> str:
    """Return a word of a command line, or the value of an argument, as a record may show it.

    >>> redacted("--model_args=model=m,api_key=sk-1")
    '--model_args=model=m,api_key=***'
    """
    word = _JSON.sub(r"\1\2***\2", _PAIR.sub(r"\1=***", word))
    return _BEARER.sub(r"\1 ***", _USER.sub("//***@", word))


def hiding(*arguments: Mapping[str, str]) -> Callable[[str], str]:
    """Return what takes the secrets of arguments, and those of the environment, out of any text.

    >>> hiding({"model": "m", "token": "SEKRET8"})("unexpected {'token': 'SEKRET8'} at http://me:pw@host")
    "unexpected {'token': '***'} at http://***@host"
    """
    secrets = {value for args in arguments for key, value in args.items() if is_secret(key)}
    for value in (value for args in arguments for value in args.values()):
        secrets.update(_QUERY.findall(value), (found[2] for found in _JSON.findall(value)))
    secrets |= {value for key, value in os.environ.items() if is_secret(key) and len(value) >= _LEAST}
    words = "|".join(re.escape(secret) for secret in sorted(secrets, key=len, reverse=True) if secret)
    known = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None

    def hide(text: str) -> str:
        text = _BEARER.sub(r"\1 ***", _USER.sub("//***@", text))
        return known.sub("***", text) if known else text

    return hide
