"""A calibration as a file: what `--coords @FILE` reads."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from sarbench._version import __version__
from sarbench.calibrate.estimate import Calibration
from sarbench.calibrate.items import SPLITS, Source
from sarbench.coords import parse_convention
from sarbench.errors import InputError
from sarbench.files import write_text


class Frozen(BaseModel):
    """What was measured, on what, and what follows from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_version: Literal["1"] = "1"
    convention: str
    clear: bool
    why: str
    model: str | None
    tasks: tuple[str, ...]
    split: str
    asked_in: str | None
    """The convention that the prompts asked for, where it is known."""
    items: int
    images: int
    with_boxes: int
    fit: dict[str, Any] | None = None
    """How the convention fits by itself, as `sarbench.calibrate.Fit`; None in files of older versions."""
    candidates: tuple[dict[str, Any], ...]
    sarbench_version: str


def save_calibration(path: Path, calibration: Calibration, source: Source) -> Frozen:
    """Write a calibration; the file is whole or not there."""
    frozen = Frozen(
        convention=calibration.convention,
        clear=calibration.clear,
        why=calibration.why,
        model=source.model,
        tasks=source.tasks,
        split=source.split,
        asked_in=source.asked_in,
        items=calibration.items,
        images=calibration.images,
        with_boxes=calibration.with_boxes,
        fit=asdict(calibration.fit),
        candidates=tuple(asdict(candidate) for candidate in calibration.candidates),
        sarbench_version=__version__,
    )
    write_text(path, frozen.model_dump_json(indent=2) + "\n")
    return frozen


def read_calibration(path: Path) -> Frozen:
    """Read a calibration.

    Raises:
        InputError: The file is missing or none.
        UnknownNameError: Its convention does not exist.
    """
    fix = "Give what `sarbench calibrate --out` wrote"
    try:
        frozen = Frozen.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(where=path, problem=f"cannot be read ({error.strerror})", fix=fix) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(where=path, problem=f"is no calibration: {place}: {first['msg']}", fix=fix) from error
    parse_convention(frozen.convention)
    if not set(frozen.split.split("+")) <= set(SPLITS):
        raise InputError(where=path, problem=f"was made on {frozen.split!r}", fix=f"Calibrate on {' or '.join(SPLITS)}")
    return frozen


def coords_option(value: str, *, model: str | None = None) -> str:
    """Read `--coords`: the name of a convention, or `@FILE` with a clear calibration.

    Args:
        value: What was given.
        model: Id of the model that is to be asked, as a run names it; None where it is not known. A calibration of
            another model is refused; one that does not say whose it is (from a file of answers) is taken.

    Raises:
        InputError: The file is no calibration, its outcome is not clear, or it is another model's.
        UnknownNameError: There is no such convention.

    >>> coords_option("norm1000")
    'norm1000'
    """
    if not value.startswith("@"):
        return parse_convention(value).name
    frozen = read_calibration(Path(value[1:]))
    if not frozen.clear:
        fix = "Calibrate on more items, or name the convention that the model's authors declare"
        raise InputError(where=value[1:], problem=f"says that nothing is clear: {frozen.why}", fix=fix)
    if model is not None and frozen.model is not None and frozen.model != model:
        problem = f"is the calibration of {frozen.model}, and {model} is asked"
        fix = f"Calibrate {model}, or give --coords {frozen.convention} if you know that it speaks the same"
        raise InputError(where=value[1:], problem=problem, fix=fix)
    return frozen.convention
