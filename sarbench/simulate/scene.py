"""Whole scenes: a kind of place, targets where such places have them, speckle, 8-bit picture and boxes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sarbench.simulate.canvas import Canvas, Xywh
from sarbench.simulate.clutter import LAND, clutter, rotated_grid, smooth_noise
from sarbench.simulate.speckle import speckle, to_amplitude_8bit
from sarbench.simulate.targets import DRAW, Target

SIDES = (256, 320, 384, 448, 512, 640, 800)
"""Image sides in pixels; SARDet-100K's lie between 256 and 800."""
_SIDE_WEIGHTS = (0.15, 0.1, 0.15, 0.1, 0.3, 0.12, 0.08)

_SIZES: Mapping[str, tuple[float, float, float]] = {
    "ship": (0.06, 0.30, 16),
    "aircraft": (0.09, 0.26, 20),
    "car": (0.05, 0.13, 14),
    "tank": (0.05, 0.17, 12),
    "bridge": (0.2, 0.5, 40),
    "harbor": (0.28, 0.45, 60),
}
"""Label → least and greatest length as a share of the shorter image side, and the least in pixels."""


@dataclass(frozen=True)
class Scene:
    """A simulated scene and what is in it.

    Attributes:
        intensity: [height, width] float32, linear intensity with speckle, before quantisation.
        image: [height, width] uint8, its 8-bit amplitude.
        targets: Label and tight box (x, y, width, height in pixels, as COCO's bbox) of each target.
        kind: One of `KINDS`.
        looks: Equivalent number of looks of the speckle.
    """

    intensity: NDArray[np.float32]
    image: NDArray[np.uint8]
    targets: tuple[tuple[str, Xywh], ...]
    kind: str
    looks: float


def scene(
    rng: np.random.Generator,
    *,
    kind: str | None = None,
    size: tuple[int, int] | None = None,
    looks: float | None = None,
) -> Scene:
    """Simulate one scene; the same generator state and arguments give the same scene.

    Args:
        rng: Where every random number comes from.
        kind: One of `KINDS`; drawn when None.
        size: Height and width in pixels, each at least 128; drawn from `SIDES` when None.
        looks: Equivalent number of looks; drawn from 1, 2, 3 and 4 when None.

    Returns:
        The scene, with 1 to 6 targets.

    Raises:
        ValueError: An unknown kind, or a side below 128.
    """
    kind = str(rng.choice(KINDS)) if kind is None else kind
    size = _draw_size(rng) if size is None else size
    looks = float(rng.integers(1, 5)) if looks is None else looks
    if kind not in _LAYOUTS or min(size) < 128:
        msg = f"no scene of kind {kind!r} and size {size}: kinds are {', '.join(KINDS)}, sides start at 128"
        raise ValueError(msg)
    wanted, lay_out = _LAYOUTS[kind]
    canvas = lay_out(size, rng)
    while all(label != wanted for label, _ in canvas.targets):  # a layout may have found no room
        canvas = lay_out(size, rng)
    canvas.add_sidelobes()
    intensity = speckle(canvas.intensity, looks=looks, rng=rng)
    white = rng.uniform(0.7, 1.4)
    return Scene(intensity, to_amplitude_8bit(intensity, white=white), tuple(canvas.targets), kind, looks)


def _draw_size(rng: np.random.Generator) -> tuple[int, int]:
    first, second = rng.choice(SIDES, size=2, p=_SIDE_WEIGHTS)
    return (int(first), int(first if rng.random() < 0.6 else second))


def _length(label: str, size: tuple[int, int], rng: np.random.Generator) -> float:
    """Draw a length: small targets are the more common ones (log-uniform)."""
    low, high, least = _SIZES[label]
    return max(least, min(size) * float(np.exp(rng.uniform(np.log(low), np.log(high)))))


def _drawing(
    label: str, size: tuple[int, int], rng: np.random.Generator, *, angle: float | None = None
) -> Callable[[], Target]:
    """Return a function that draws targets of one class, of their own sizes, turned at random or all alike."""
    like = _length(label, size, rng)

    def draw() -> Target:
        length = like * rng.uniform(0.8, 1.2) if angle is not None else _length(label, size, rng)
        turned = rng.uniform(0, 2 * np.pi) if angle is None else angle + rng.normal(0, 0.05)
        return DRAW[label](length, turned, rng)

    return draw


def _open_sea(size: tuple[int, int], rng: np.random.Generator) -> Canvas:
    canvas = Canvas(clutter("sea", size, rng=rng))
    everywhere = np.ones(size, dtype=bool)
    canvas.scatter(_drawing("ship", size, rng), int(rng.integers(1, 6)), allowed=everywhere, rng=rng)
    return canvas


def _coast(size: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Lay a bent shore near the middle, a harbor on it that points to sea, and ships off it."""
    seaward = rng.uniform(0, 2 * np.pi)
    u, _ = rotated_grid(size, seaward)
    shore = 5 * smooth_noise(size, scale=60, rng=rng) + rng.uniform(-0.12, 0.06) * min(size)
    land = u < shore
    inland = clutter("urban" if rng.random() < 0.6 else "land", size, rng=rng)
    canvas = Canvas(np.where(land, inland, clutter("sea", size, rng=rng)))
    length = _length("harbor", size, rng)
    middle = np.array([size[0] / 2, size[1] / 2])
    out = np.array([np.sin(seaward), np.cos(seaward)])
    along = np.array([np.cos(seaward), -np.sin(seaward)]) * rng.uniform(-0.15, 0.15) * min(size)
    at = middle + along + out * (float(shore.mean()) + 0.13 * length)
    canvas.put(DRAW["harbor"](length, seaward, rng), round(at[0]), round(at[1]))
    canvas.scatter(_drawing("ship", size, rng), int(rng.integers(0, 5)), allowed=u > shore + 6, rng=rng)
    return canvas


def _river(size: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Lay a winding river through land or town, one or two bridges across it, sometimes a ship on it."""
    angle = rng.uniform(0, np.pi)
    u, v = rotated_grid(size, angle)
    width = rng.uniform(0.12, 0.3) * min(size)
    bend, wave, phase = 0.05 * min(size), min(size) / rng.uniform(4, 7), rng.uniform(0, 2 * np.pi)
    banks = 3 * smooth_noise(size, scale=25, rng=rng)
    water = np.abs(v - bend * np.sin(u / wave + phase) + banks) < width / 2
    ground = clutter("urban" if rng.random() < 0.5 else "land", size, rng=rng)
    canvas = Canvas(np.where(water, clutter("sea", size, rng=rng), ground))
    for place in rng.permutation([-0.22, 0.22])[: int(rng.integers(1, 3))]:
        at_u = float(place) * min(size) + rng.uniform(-0.05, 0.05) * min(size)
        at_v = bend * np.sin(at_u / wave + phase)
        row = size[0] / 2 + at_u * np.sin(angle) + at_v * np.cos(angle)
        column = size[1] / 2 + at_u * np.cos(angle) - at_v * np.sin(angle)
        length = width * rng.uniform(1.25, 1.5) + 12
        canvas.put(DRAW["bridge"](length, angle + np.pi / 2 + rng.normal(0, 0.08), rng), round(row), round(column))
    small = (_SIZES["ship"][2], 0.45 * width)
    if small[1] > small[0]:
        heading = angle + rng.normal(0, 0.1)
        canvas.scatter(lambda: DRAW["ship"](rng.uniform(*small), heading, rng), 1, allowed=water, rng=rng)
    return canvas


def _airfield(size: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Lay a runway, a taxiway and an apron, smooth and therefore dark, on land; aircraft stand on them."""
    u, v = rotated_grid(size, rng.uniform(0, np.pi))
    side = min(size)
    runway = np.abs(v + 0.36 * side) < 0.05 * side
    taxiway = (np.abs(u - 0.1 * side) < 0.035 * side) & (np.abs(v + 0.2 * side) < 0.2 * side)
    apron = (np.abs(v - 0.1 * side) < rng.uniform(0.2, 0.26) * side) & (np.abs(u) < rng.uniform(0.3, 0.45) * side)
    return _paved(size, runway | taxiway | apron, _drawing("aircraft", size, rng), int(rng.integers(1, 6)), rng)


def _car_park(size: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Lay one or two roads through land or town; cars stand along them."""
    angle = rng.uniform(0, np.pi)
    cars = _drawing("car", size, rng, angle=angle)
    half = rng.uniform(0.09, 0.16) * min(size)
    lots = _lot(size, angle, half, rng)
    if rng.random() < 0.6:
        lots |= _lot(size, angle + np.pi / 2, half, rng)
    return _paved(size, lots, cars, int(rng.integers(2, 7)), rng)


def _lot(size: tuple[int, int], angle: float, half: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return a strip of pavement across the image, `half` pixels to each side of its bent middle line."""
    _, v = rotated_grid(size, angle)
    bent = v + 4 * smooth_noise(size, scale=100, rng=rng) + rng.uniform(-0.2, 0.2) * min(size)
    strip: NDArray[np.bool_] = np.abs(bent) < half
    return strip


def _tank_farm(size: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Clear an irregular yard for storage tanks of about one size."""
    u, v = rotated_grid(size, rng.uniform(0, np.pi))
    reach = np.hypot(u / size[1], v / size[0]) + 0.02 * smooth_noise(size, scale=70, rng=rng)
    return _paved(size, reach < 0.42, _drawing("tank", size, rng, angle=0.0), int(rng.integers(2, 7)), rng)


def _paved(
    size: tuple[int, int],
    pavement: NDArray[np.bool_],
    draw: Callable[[], Target],
    count: int,
    rng: np.random.Generator,
) -> Canvas:
    """Put targets on a dark, even pavement in land or town."""
    ground = clutter("urban" if rng.random() < 0.3 else "land", size, rng=rng)
    level = LAND * rng.uniform(0.15, 0.4) * (1 + 0.1 * smooth_noise(size, scale=40, rng=rng))
    canvas = Canvas(np.where(pavement, np.maximum(level, 0), ground).astype(np.float32))
    canvas.scatter(draw, count, allowed=pavement, rng=rng)
    return canvas


_LAYOUTS: Mapping[str, tuple[str, Callable[[tuple[int, int], np.random.Generator], Canvas]]] = {
    "open sea": ("ship", _open_sea),
    "airfield": ("aircraft", _airfield),
    "car park": ("car", _car_park),
    "tank farm": ("tank", _tank_farm),
    "river": ("bridge", _river),
    "coast": ("harbor", _coast),
}
"""Kind of scene → the class that it always has a target of, and how it is laid out."""

KINDS: tuple[str, ...] = tuple(_LAYOUTS)
"""Kinds of scenes: one for each class, in the order of `targets.LABELS`."""
