"""How the `sarbench_hf` backend generates: greedily, unless the task's or the user's `gen_kwargs` say otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

from sarbench.errors import InputError, UnknownNameError

_FLOATS = ("repetition_penalty", "length_penalty")
_INTS = ("num_beams", "min_new_tokens", "no_repeat_ngram_size")
_SAMPLING = ("temperature", "top_p", "top_k", "do_sample")
_KNOWN = ("max_new_tokens", "until", *_SAMPLING, *_FLOATS, *_INTS)


@dataclass(frozen=True, kw_only=True)
class Generation:
    """One way to generate.

    Attributes:
        max_new_tokens: Most tokens of an answer, 1 or more.
        temperature: 0 for greedy decoding, else sampling at this temperature.
        top_p: Nucleus of sampling, above 0 and at most 1; None for all tokens.
        top_k: Number of tokens sampled from; None for all.
        until: An answer ends before the first of these texts.
        more: Further arguments of `generate`, handed over as they are.
    """

    max_new_tokens: int = 1024
    temperature: float = 0.0
    top_p: float | None = None
    top_k: int | None = None
    until: tuple[str, ...] = ()
    more: Mapping[str, float | int] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `generate`.

        Sampling settings are always spelled out: those that a model's own `generation_config.json` brings along must
        not turn a greedy run into a sampled one. Its other settings, such as Qwen2.5-VL's `repetition_penalty`, stay
        as its authors set them.
        """
        sampling = self.temperature > 0
        return {
            "max_new_tokens": self.max_new_tokens,
            "do_sample": sampling,
            "temperature": self.temperature if sampling else None,
            "top_p": self.top_p if sampling else None,
            "top_k": (self.top_k or 0) if sampling else None,
            **self.more,
        }

    def cut(self, text: str) -> str:
        """Cut an answer before the first text of `until`.

        >>> Generation(until=("###", "USER:")).cut("3 ships USER: and ### tanks")
        '3 ships '
        """
        places = [place for stop in self.until if (place := text.find(stop)) >= 0]
        return text[: min(places)] if places else text


def generation(gen_kwargs: Mapping[str, Any]) -> Generation:
    """Read lmms-eval's `gen_kwargs`.

    As in lmms-eval's own backends a temperature above 0 means sampling, so `--gen_kwargs temperature=0.7` is enough.

    Raises:
        InputError: A value is none of its setting, or sampling is asked for at temperature 0.
        UnknownNameError: There is no such setting.

    >>> generation({"max_new_tokens": 32, "temperature": 0, "do_sample": False, "until": []}).arguments()["do_sample"]
    False
    """
    given = {name: value for name, value in gen_kwargs.items() if value is not None}
    for name in given:
        if name not in _KNOWN:
            fix = f"sarbench_hf knows {', '.join(_KNOWN)}"
            raise UnknownNameError(where=f"--gen_kwargs {name}=", problem="is no generation setting", fix=fix)
    temperature = _number(given, "temperature", 0.0)
    if _is_true(given.get("do_sample")) and temperature <= 0:
        raise InputError(
            where="--gen_kwargs do_sample=true",
            problem="asks for sampling at temperature 0",
            fix="Give a temperature above 0 too",
        )
    return Generation(
        max_new_tokens=_whole(given, "max_new_tokens", 1024, least=1),
        temperature=temperature,
        top_p=_number(given, "top_p", 1.0, most=1) if "top_p" in given else None,
        top_k=_whole(given, "top_k", 0) or None,
        until=_texts(given.get("until")),
        more={
            **{name: _number(given, name, 0.0) for name in _FLOATS if name in given},
            **{name: _whole(given, name, 0, least=name == "num_beams") for name in _INTS if name in given},
        },
    )


def _number(
    given: Mapping[str, Any], name: str, default: float, *, least: float = 0, most: float = inf, whole: bool = False
) -> float:
    value = given.get(name, default)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = nan
    if least <= number <= most and number < inf and (number.is_integer() or not whole):
        return number
    kind = "a whole number" if whole else "a number"
    bounds = f"of {least:g} or more" if most == inf else f"from {least:g} to {most:g}"
    where, fix = f"--gen_kwargs {name}={value}", f"Give {name} such a number"
    raise InputError(where=where, problem=f"is not {kind} {bounds}", fix=fix)


def _whole(given: Mapping[str, Any], name: str, default: int, *, least: int = 0) -> int:
    return int(_number(given, name, default, least=least, whole=True))


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(text for text in ([value] if isinstance(value, str) else value) if text)


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
