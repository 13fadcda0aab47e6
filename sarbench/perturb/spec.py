"""Specs of perturbations: what may be asked for, and how it is written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from sarbench.errors import UnknownNameError


@dataclass(frozen=True)
class Parameter:
    """What a parameter may be: a number from `low` to `high`, whole where `whole` is set."""

    standard: float
    low: float
    high: float
    unit: str
    whole: bool = False


PARAMETERS: Mapping[str, Mapping[str, Parameter]] = {
    "speckle": {"L": Parameter(1, 0.5, 1000, "looks")},
    "looks": {"L": Parameter(4, 1, 1000, "looks")},
    "gsd": {"factor": Parameter(2, 1, 64, "old pixels for a new one", whole=True)},
    "range": {"db": Parameter(12, 1, 100, "decibels")},
    "ghost": {
        "db": Parameter(10, 0, 60, "decibels below the scene"),
        "shift": Parameter(0.25, 0.01, 0.99, "of the image's height"),
    },
    "blank": {},
    "shuffle": {},
}
"""Every perturbation with its parameters."""

NAMES: tuple[str, ...] = tuple(PARAMETERS)
"""The perturbations that there are."""

_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_MOST_STEPS = 8


@dataclass(frozen=True)
class Perturbation:
    """One way of changing images, and what is done after it.

    Attributes:
        name: A name of `NAMES`.
        parameters: All its parameters by name, in the order of `PARAMETERS`.
        then: The next step of a chain.
    """

    name: str
    parameters: tuple[tuple[str, float], ...] = ()
    then: "Perturbation | None" = None

    @property
    def steps(self) -> tuple["Perturbation", ...]:
        """This step and all that follow."""
        return (self, *(self.then.steps if self.then else ()))

    @property
    def spec(self) -> str:
        """The one spelling of it, every parameter written out: runs are compared by it.

        >>> (parse_spec("speckle+gsd:factor=2.0") or Perturbation("blank")).spec
        'speckle:L=1+gsd:factor=2'
        """
        return "+".join(_spelled(step) for step in self.steps)

    @property
    def shuffles(self) -> bool:
        """Whether the image is that of another sample."""
        return self.name == "shuffle"


@lru_cache(maxsize=64)
def parse_spec(spec: str | None) -> Perturbation | None:
    """Read what `--perturb` was given; None means that images stay as they are.

    Raises:
        UnknownNameError: A name or a parameter does not exist, or a value is no number of its range.

    >>> parse_spec("blank")
    Perturbation(name='blank', parameters=(), then=None)
    >>> parse_spec("speckle:L=4")
    Perturbation(name='speckle', parameters=(('L', 4.0),), then=None)
    """
    if spec is None:
        return None
    parts = spec.split("+")
    if len(parts) > _MOST_STEPS:
        raise _wrong(spec, f"has {len(parts)} steps", f"Give at most {_MOST_STEPS}")
    chain: Perturbation | None = None
    for part in reversed(parts):
        name, _, given = part.partition(":")
        chain = Perturbation(name, tuple(_parameters(spec, name, given if ":" in part else None)), chain)
    if chain and any(step.shuffles for step in chain.steps[1:]):
        raise _wrong(spec, "takes the image of another sample after the image was changed", "Put `shuffle` first")
    return chain


def _parameters(spec: str, name: str, given: str | None) -> Iterator[tuple[str, float]]:
    """Yield all parameters of a step, those of the spec and the standard values of the others."""
    if name not in PARAMETERS:
        problem = f"{name!r} is no perturbation that sarbench knows"
        raise _wrong(spec, problem, f"{_nearest(name, NAMES)}Use one of: {', '.join(NAMES)}")
    known = PARAMETERS[name]
    values: dict[str, float] = {}
    for pair in [] if given is None else given.split(","):
        key, _, text = pair.partition("=")
        if key not in known:
            fix = f"{_nearest(key, tuple(known))}Use {standard(name)}" if known else f"Write {name} alone"
            raise _wrong(spec, f"{name} has no parameter {key!r}", fix)
        if key in values:
            raise _wrong(spec, f"gives {key} of {name} twice", f"Give it once, as in {standard(name)}")
        values[key] = _value(spec, key, text, known[key])
    yield from ((key, values.get(key, parameter.standard)) for key, parameter in known.items())


def standard(name: str) -> str:
    """Return a perturbation with its standard values, as a spec.

    >>> standard("ghost")
    'ghost:db=10,shift=0.25'
    """
    return _spelled(Perturbation(name, tuple((key, known.standard) for key, known in PARAMETERS[name].items())))


def _value(spec: str, key: str, text: str, known: Parameter) -> float:
    kind = "a whole number" if known.whole else "a number"
    value = float(text) if _NUMBER.fullmatch(text) else -1.0
    if not known.low <= value <= known.high or (known.whole and value != int(value)):
        fix = f"Give {kind} from {known.low:g} to {known.high:g} ({known.unit})"
        raise _wrong(spec, f"{key}={text} is out of range" if value >= 0 else f"{key}={text} is no number", fix)
    return value


def _spelled(step: Perturbation) -> str:
    values = ",".join(f"{key}={value:.12g}" for key, value in step.parameters)
    return f"{step.name}:{values}" if values else step.name


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1) or [one for one in known if one.lower() == name.strip().lower()]
    return f"Did you mean {near[0]}? " if near else ""


def _wrong(spec: str, problem: str, fix: str) -> UnknownNameError:
    return UnknownNameError(where=f"--perturb {spec}", problem=problem, fix=fix)
