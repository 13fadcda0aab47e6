"""Bright targets of SARDet-100K's six classes, each on a small patch of its own.

Shapes are drawn where they scatter: the mask is the target's footprint, and the box is tight around it. Brightness
varies strongly from pixel to pixel, as a few scattering centres hold most of the energy of a man-made target.
The radar looks from the left; shadows fall to the right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LABELS = ("ship", "aircraft", "car", "tank", "bridge", "harbor")
"""SARDet-100K's classes in its order (MSFA, msfa/datasets/SAR_Det.py); "tank" is a storage tank."""

Mask = NDArray[np.bool_]
Field = NDArray[np.float32]


@dataclass(frozen=True)
class Target:
    """One target on a square patch with odd sides, whose middle pixel is the target's centre.

    Attributes:
        label: One of `LABELS`.
        mask: [side, side], where the target is.
        intensity: [side, side], mean linear intensity, read inside the mask.
        shadow: [side, side], where the ground is shadowed; never inside the mask.
    """

    label: str
    mask: Mask
    intensity: Field
    shadow: Mask


def ship(length: float, angle: float, rng: np.random.Generator) -> Target:
    """Draw a pointed ellipse with a bright superstructure astern and a spotty rail; `length` in pixels."""
    u, v, spots = _patch(length, angle, rng)
    beam = max(4.0, length / rng.uniform(3.5, 6))
    along = np.clip(np.abs(u) / (length / 2), 0, 1)
    hull = (np.abs(u) <= length / 2) & (np.abs(v) <= beam / 2 * (1 - along**2.5))
    stern = hull & (np.abs(u + 0.3 * length) < 0.11 * length)
    deck_line = hull & (np.abs(v) < 0.8) & (np.abs(u) < 0.4 * length)
    intensity = 0.2 + 0.5 * spots + np.where(stern, 4 * spots + 1, 0) + np.where(deck_line, 2 * spots, 0)
    return _target("ship", hull, intensity)


def aircraft(length: float, angle: float, rng: np.random.Generator) -> Target:
    """Draw fuselage, swept wings and tailplane; `length` from nose to tail in pixels, nose towards `angle`."""
    u, v, spots = _patch(length * 1.05, angle, rng)
    fuselage = (np.abs(u) <= length / 2) & (np.abs(v) <= max(1.2, 0.055 * length))
    sweep, span = rng.uniform(0.35, 0.6), rng.uniform(0.42, 0.5) * length
    wings = (np.abs(v) <= span) & (np.abs(u - 0.08 * length + sweep * np.abs(v)) <= max(1.2, 0.065 * length))
    tail = (np.abs(v) <= 0.17 * length) & (np.abs(u + 0.4 * length + 0.3 * np.abs(v)) <= max(1.0, 0.04 * length))
    whole = (fuselage | wings | tail) & (np.abs(u) <= length / 2)
    engines = whole & (np.abs(np.abs(v) - 0.2 * length) < 0.04 * length + 0.7) & wings
    root = whole & (np.hypot(u, v) < 0.1 * length)
    intensity = 0.15 + 0.5 * spots + np.where(engines | root, 3 * spots + 0.5, 0)
    return _target("aircraft", whole, intensity)


def car(length: float, angle: float, rng: np.random.Generator) -> Target:
    """Draw a rounded bright blob, brightest towards the radar, with a shadow behind it; `length` in pixels."""
    u, v, spots = _patch(length * 1.8, angle, rng)
    width = max(5.0, length * rng.uniform(0.4, 0.5))
    body = (np.abs(u) / (length / 2)) ** 4 + (np.abs(v) / (width / 2)) ** 4 <= 1
    near = body & ~np.roll(body, 2, axis=1)
    intensity = 0.15 + 0.3 * spots + np.where(near, 3 * spots + 1, 0)
    return _target("car", body, intensity, _shadow(body, round(0.35 * length)))


def tank(diameter: float, angle: float, rng: np.random.Generator) -> Target:
    """Draw a storage tank: a bright arc towards the radar, a faint ring, a dim roof with the arc of its far rim."""
    x, y, spots = _patch(diameter * 1.3, 0.0, rng)
    radius = diameter / 2
    r = np.hypot(x, y)
    disc = r <= radius
    rim = disc & (r > radius - max(1.5, 0.12 * radius))
    inner = np.abs(np.hypot(x - 0.35 * radius, y) - 0.62 * radius) < max(0.8, 0.06 * radius)
    facing = np.clip(-x / np.maximum(r, 1), 0, 1) ** 2
    arcs = np.where(rim, 0.15 + (1 + spots) * 4 * facing, 0) + np.where(inner, spots * (0.2 + 3 * facing), 0)
    intensity = 0.06 + 0.06 * spots + arcs
    return _target("tank", disc, intensity, _shadow(disc, round(0.2 * diameter)))


def bridge(length: float, angle: float, rng: np.random.Generator) -> Target:
    """Draw a long bar whose railings are bright lines, with spans marked by bright joints; `length` in pixels."""
    u, v, spots = _patch(length, angle, rng)
    width = max(5.0, min(0.09 * length, 14.0))
    bar = (np.abs(u) <= length / 2) & (np.abs(v) <= width / 2)
    rails = bar & (np.abs(v) > width / 2 - 1.5)
    joints = bar & (np.mod(u, max(9.0, length / 9)) < 1.5)
    intensity = 0.12 + 0.15 * spots + np.where(rails, 0.8 * spots + 0.4, 0) + np.where(joints, 2 * spots, 0)
    return _target("bridge", bar, intensity)


def harbor(length: float, angle: float, rng: np.random.Generator) -> Target:
    """Draw a quay of `length` pixels with a comb of piers on it, which point towards `angle`."""
    u, v, spots = _patch(length * 1.05, angle - np.pi / 2, rng)
    reach = length * rng.uniform(0.25, 0.4)
    quay = (np.abs(u) <= length / 2) & (np.abs(v + reach / 2) <= max(2.5, 0.03 * length))
    piers = int(rng.integers(3, 6))
    pitch = length / piers
    thickness = max(3.0, 0.16 * pitch)
    comb = np.abs(np.mod(u + length / 2, pitch) - pitch / 2) <= thickness / 2
    comb &= (np.abs(v) <= reach / 2) & (np.abs(u) <= length / 2)
    edges = (quay | comb) & ~np.roll(quay | comb, 1, axis=1)
    intensity = 0.15 + 0.4 * spots + np.where(edges, 2.5 * spots + 0.3, 0)
    return _target("harbor", quay | comb, intensity)


DRAW: Mapping[str, Callable[[float, float, np.random.Generator], Target]] = {
    "ship": ship,
    "aircraft": aircraft,
    "car": car,
    "tank": tank,
    "bridge": bridge,
    "harbor": harbor,
}
"""Label → function of (length in pixels, angle in radians, generator)."""


def _patch(extent: float, angle: float, rng: np.random.Generator) -> tuple[Field, Field, Field]:
    """Return coordinates along and across `angle` on a patch that holds `extent`, and unit-mean scatterer strengths."""
    half = int(np.ceil(extent * 0.75)) + 3
    rows, columns = np.indices((2 * half + 1, 2 * half + 1), dtype=np.float32) - half
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    spots = rng.standard_gamma(0.3, size=rows.shape, dtype=np.float32) / np.float32(0.3)
    return columns * cos + rows * sin, rows * cos - columns * sin, spots


def _target(label: str, mask: Mask, intensity: NDArray[np.floating], shadow: Mask | None = None) -> Target:
    shadow = np.zeros_like(mask) if shadow is None else shadow & ~mask
    return Target(label, mask, intensity.astype(np.float32), shadow)


def _shadow(mask: Mask, length: int) -> Mask:
    shadow = np.zeros_like(mask)
    for step in range(1, max(2, length) + 1):
        shadow[:, step:] |= mask[:, :-step]
    return shadow
