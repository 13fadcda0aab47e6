"""The arguments of the `sarbench_hf` backend, read from `--model_args` before anything heavy is imported."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches

from sarbench.errors import InputError, UnknownNameError

_DTYPES = {
    "auto": "auto",
    "bfloat16": "bfloat16",
    "bf16": "bfloat16",
    "float16": "float16",
    "fp16": "float16",
    "half": "float16",
    "float32": "float32",
    "fp32": "float32",
    "float": "float32",
}
_NUMBERS = frozenset({"min_pixels", "max_pixels", "batch_size"})
_SWITCHES = frozenset({"trust_remote_code", "allow_missing_weights"})
_OURS = frozenset({"max_batch_size"})
"""What lmms-eval hands to every backend and this one has no use for."""


@dataclass(frozen=True, kw_only=True)
class HfArgs:
    """How to load a model and how many questions to ask it at once.

    Attributes:
        pretrained: A folder that `save_pretrained` wrote, or a Hub id.
        revision: Commit, tag or branch of a Hub id.
        dtype: `auto` (as saved), `bfloat16`, `float16` or `float32`.
        device: `cpu`, `cuda`, `cuda:1` …; None for the first GPU, or the CPU where there is none.
        device_map: As `from_pretrained` takes it, e.g. `auto` to spread one model over several GPUs.
        attn_implementation: `eager`, `sdpa`, `flash_attention_2` …; None for the library's choice.
        min_pixels: Smallest image area in pixels that the processor resizes to.
        max_pixels: Largest image area in pixels that the processor resizes to.
        chat_template: File with a Jinja chat template, for models that come without one.
        trust_remote_code: Run the Python code that lies beside the weights.
        allow_missing_weights: Go on although the files lack some weights, which are then random.
        batch_size: Questions asked at once, 1 or more.
    """

    pretrained: str
    revision: str | None = None
    dtype: str = "auto"
    device: str | None = None
    device_map: str | None = None
    attn_implementation: str | None = None
    min_pixels: int | None = None
    max_pixels: int | None = None
    chat_template: str | None = None
    trust_remote_code: bool = False
    allow_missing_weights: bool = False
    batch_size: int = 1


def hf_args(given: Mapping[str, object]) -> HfArgs:
    """Read the arguments, whether as the texts of `--model_args` or as lmms-eval has converted them.

    Raises:
        InputError: No model is named, or a value is none of its argument.
        UnknownNameError: There is no such argument.

    >>> hf_args({"pretrained": "org/model", "dtype": "bf16", "max_pixels": "1605632"}).max_pixels
    1605632
    """
    known = {field.name for field in fields(HfArgs)}
    values: dict[str, str | int | bool] = {}
    for name, value in given.items():
        if value is None or name in _OURS:
            continue
        if name not in known:
            raise _unknown(name, known)
        values[name] = _value(name, str(value))
    if not values.get("pretrained"):
        raise InputError(
            where="--model_args", problem="names no model", fix="Give pretrained= a model folder or a Hub id"
        )
    low, high = values.get("min_pixels"), values.get("max_pixels")
    if low is not None and high is not None and int(low) > int(high):
        problem = f"min_pixels={low} is above max_pixels={high}"
        raise InputError(where="--model_args", problem=problem, fix="Give areas in pixels, the smaller one first")
    return HfArgs(**values)  # type: ignore[arg-type]


def _value(name: str, text: str) -> str | int | bool:
    if name in _NUMBERS:
        return _number(name, text)
    if name in _SWITCHES:
        if text.lower() not in {"true", "false"}:
            raise InputError(where=f"{name}={text}", problem="is not true or false", fix="Write true or false")
        return text.lower() == "true"
    if name == "dtype":
        if text.lower() not in _DTYPES:
            choices = ", ".join(dict.fromkeys(_DTYPES.values()))
            raise UnknownNameError(where=f"dtype={text}", problem="does not exist", fix=f"Use one of {choices}")
        return _DTYPES[text.lower()]
    return text


def _number(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise InputError(where=f"{name}={text}", problem="is not a whole number above 0", fix=f"Give {name} a number")
    return int(text)


def _unknown(name: str, known: set[str]) -> UnknownNameError:
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    fix = f"{hint}sarbench_hf takes {', '.join(sorted(known))}"
    return UnknownNameError(where=f"--model_args {name}=", problem="is no argument of sarbench_hf", fix=fix)
