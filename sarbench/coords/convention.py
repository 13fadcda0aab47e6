"""The names of coordinate conventions."""

import difflib
import re
from dataclasses import dataclass
from numbers import Integral

from sarbench.errors import UnknownNameError

_SCALES: dict[str, float] = {"norm1": 1.0, "norm100": 100.0, "norm999": 999.0, "norm1000": 1000.0}
_RESIZED_FORM = "pixel_resized(factor,min_pixels,max_pixels)"
_RESIZED = re.compile(r"pixel_resized\(([0-9]{1,9}), ?([0-9]{1,9}), ?([0-9]{1,9})\)")
_NAME = re.compile(r"(?P<base>pixel_resized\([^()]*\)|[^_]*)(?P<padded>_padded)?(?P<yx>_yx)?(?P<xywh>_xywh)?")
_ORDERS = ("", "_yx", "_xywh", "_yx_xywh")
_FORM = f"<base>[_padded][_yx][_xywh] with one of the bases pixel, {', '.join(_SCALES)}, {_RESIZED_FORM}"

CONVENTIONS: tuple[str, ...] = tuple(
    f"{base}{order}"
    for order in _ORDERS
    for base in ("pixel", *_SCALES, _RESIZED_FORM, *(f"{base}_padded" for base in _SCALES))
)
"""Every name that `parse_convention` reads, with words where `pixel_resized` has numbers."""


@dataclass(frozen=True)
class Resize:
    """Sides become multiples of `factor`, with an area between `min_pixels` and `max_pixels`."""

    factor: int
    min_pixels: int
    max_pixels: int


@dataclass(frozen=True)
class Convention:
    """How four numbers stand for a box."""

    name: str
    scale: float | None = None
    """What the right and bottom edge of the image (or of its padded square) are called; None for pixels."""
    y_first: bool = False
    resize: Resize | None = None
    padded: bool = False
    """Whether the image stands centred in a square of its longer side."""
    xywh: bool = False
    """Whether width and height follow the near corner, in place of the far corner."""

    @property
    def integer(self) -> bool:
        """Whether the convention is written in whole numbers."""
        return self.scale != 1.0

    @property
    def needs_size(self) -> bool:
        """Whether the conversion depends on the size of the image."""
        return self.scale is not None or self.resize is not None


def parse_convention(name: str) -> Convention:
    """Read the name of a convention.

    Args:
        name: One of `CONVENTIONS`, with numbers in place of the parameters of `pixel_resized`.

    Raises:
        UnknownNameError: The name is none of these (the message names the nearest one that is), or the parameters of
            `pixel_resized` make no sense.

    >>> parse_convention("norm1000_yx")
    Convention(name='norm1000_yx', scale=1000.0, y_first=True, resize=None, padded=False, xywh=False)
    >>> parse_convention("pixel_resized(28,200704,1605632)_xywh").resize
    Resize(factor=28, min_pixels=200704, max_pixels=1605632)
    """
    given: object = name
    if not isinstance(given, str):
        problem = "is no name of a coordinate convention"
        raise UnknownNameError(where=f"{name!r}"[:80], problem=problem, fix=f"A name is {_FORM}")
    parts = _NAME.fullmatch(name)
    base = parts["base"] if parts else ""
    resize = _resize(base)
    padded = bool(parts and parts["padded"])
    if parts is None or not (base in _SCALES or (not padded and (base == "pixel" or resize))):
        raise _unknown(name)
    endings = "".join(f"_{ending}" for ending in ("padded", "yx", "xywh") if parts[ending])
    if resize is not None:
        base = f"pixel_resized({resize.factor},{resize.min_pixels},{resize.max_pixels})"
    return Convention(
        name=base + endings,
        scale=_SCALES.get(base),
        y_first=bool(parts["yx"]),
        resize=resize,
        padded=padded,
        xywh=bool(parts["xywh"]),
    )


def _resize(base: str) -> Resize | None:
    match = _RESIZED.fullmatch(base)
    if match is None:
        return None
    factor, low, high = (int(group) for group in match.groups())
    check_resize(factor, low, high)
    return Resize(factor, low, high)


def check_resize(factor: int, min_pixels: int, max_pixels: int) -> None:
    """Refuse limits that no image can be resized to.

    Raises:
        UnknownNameError: They are no whole numbers, or make no sense together.
    """
    whole = all(isinstance(number, Integral) for number in (factor, min_pixels, max_pixels))
    if not whole or factor < 1 or not factor * factor <= max_pixels or not 1 <= min_pixels <= max_pixels:
        raise UnknownNameError(
            where=f"pixel_resized({factor},{min_pixels},{max_pixels})"[:80],
            problem="is no resize: it needs factor ≥ 1, 1 ≤ min_pixels ≤ max_pixels and factor² ≤ max_pixels",
            fix="Give the numbers of the model's image processor, e.g. pixel_resized(28,200704,1605632)",
        )


def _unknown(name: str) -> UnknownNameError:
    nearest = _nearest(name)
    meant = f"Did you mean {nearest}? A" if nearest else "A"
    return UnknownNameError(
        where=name or "the empty name", problem="is no coordinate convention", fix=f"{meant} name is {_FORM}"
    )


def _nearest(name: str) -> str | None:
    """Return the same parts in the right order, else the name that is spelled most alike, else None."""
    base, *endings = name.lower().replace("-", "_").replace(" ", "").split("_")
    ordered = base + "".join(f"_{ending}" for ending in ("padded", "yx", "xywh") if ending in endings)
    alike = difflib.get_close_matches(ordered, CONVENTIONS, n=1) if {*endings} <= {"padded", "yx", "xywh"} else []
    alike = alike or difflib.get_close_matches(name, CONVENTIONS, n=1)
    return alike[0] if alike else None
