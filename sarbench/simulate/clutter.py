"""Mean backscatter of sea, land and urban areas, before speckle.

Levels are linear and relative: with white at 1.0 they give 8-bit amplitudes near 20 (sea), 65 (land) and 80 with
saturated walls (urban), about what published X-band chips show.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]
Clutter = Literal["sea", "land", "urban"]
CLUTTER: tuple[Clutter, ...] = get_args(Clutter)

SEA, LAND, URBAN = 0.006, 0.05, 0.04
"""Mean levels of the three kinds; urban without its walls."""

_TEXTURE_ORDER = 4
"""Order ν of the gamma texture of land: intensity under speckle is then K distributed."""


def clutter(kind: Clutter, shape: tuple[int, int], *, rng: np.random.Generator) -> Field:
    """Return the mean linear intensity [height, width] of one kind of ground."""
    match kind:
        case "sea":
            return _sea(shape, rng)
        case "land":
            return _land(shape, rng)
        case "urban":
            return _urban(shape, rng)


def smooth_noise(shape: tuple[int, int], *, scale: float, rng: np.random.Generator) -> Field:
    """Return Gaussian noise of unit variance whose correlation falls to about 1/e within `scale` / 2 pixels.

    White noise goes through a Gaussian low-pass on a grid as coarse as `scale` allows, then is interpolated.
    """
    step = max(1, int(scale / 4))
    rows, columns = -(-shape[0] // step) + 1, -(-shape[1] // step) + 1
    deviation = scale / (4 * step)
    frequency = np.hypot(np.fft.fftfreq(rows)[:, np.newaxis], np.fft.rfftfreq(columns)[np.newaxis])
    low_pass = np.exp(-2 * (np.pi * deviation * frequency) ** 2)
    coarse = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((rows, columns))) * low_pass, s=(rows, columns))
    image = Image.fromarray(coarse.astype(np.float32)).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    noise: Field = np.array(image, dtype=np.float32)
    return noise / max(np.float32(noise.std()), np.float32(1e-6))


def rotated_grid(shape: tuple[int, int], angle: float) -> tuple[Field, Field]:
    """Return coordinates (u, v) in pixels of every pixel, in axes turned by `angle` (radians) about the middle."""
    rows, columns = np.indices(shape, dtype=np.float32)
    x, y = columns - shape[1] / 2, rows - shape[0] / 2
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    along: Field = x * cos + y * sin
    across: Field = y * cos - x * sin
    return along, across


def _sea(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """Return an all but uniform level: swell of 5 % and a slope over the swath, as incidence grows."""
    u, _ = rotated_grid(shape, rng.uniform(0, np.pi))
    swell = 1 + 0.05 * np.sin(u * np.float32(2 * np.pi / rng.uniform(20, 60)))
    slope = np.linspace(1.05, 0.95, shape[1], dtype=np.float32)
    sea: Field = np.float32(SEA * rng.uniform(0.7, 1.4)) * swell * slope
    return sea


def _land(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """Return fields of different brightness under a gamma texture, with single buildings here and there.

    The texture is a mean of squared Gaussian fields, which is gamma distributed.
    """
    scale = rng.uniform(4, 9)
    texture = np.zeros(shape, dtype=np.float32)
    for _ in range(2 * _TEXTURE_ORDER):
        texture += smooth_noise(shape, scale=scale, rng=rng) ** 2 / np.float32(2 * _TEXTURE_ORDER)
    land: Field = LAND * _parcels(shape, rng) * texture
    buildings = rng.random(shape, dtype=np.float32) < rng.uniform(0, 4e-4)
    land[buildings] += rng.gamma(0.8, 4, size=int(buildings.sum())).astype(np.float32)
    return land


def _parcels(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """Return one factor for each cell of a turned, uneven grid, with bent edges."""
    u, v = rotated_grid(shape, rng.uniform(0, np.pi))
    bend = 6 * smooth_noise(shape, scale=80, rng=rng)
    rows = np.floor((u + bend) / rng.uniform(50, 120)).astype(int)
    columns = np.floor((v - bend) / rng.uniform(30, 90)).astype(int)
    factors: Field = rng.gamma(6, 1 / 6, size=(97, 89)).astype(np.float32)
    parcels: Field = factors[rows % 97, columns % 89]
    return parcels


def _urban(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """Return blocks between dark streets: spotty walls towards the radar (left), layover before them, corners."""
    angle = rng.uniform(-0.6, 0.6)
    u, v = rotated_grid(shape, angle)
    pitch_u, pitch_v = rng.uniform(18, 34), rng.uniform(16, 40)
    rows, columns = np.floor(u / pitch_u).astype(int), np.floor(v / pitch_v).astype(int)
    in_u, in_v = u - rows * pitch_u, v - columns * pitch_v
    street = (in_u < 0.25 * pitch_u) | (in_v < 0.2 * pitch_v)
    height = rng.gamma(0.7, 1, size=(61, 67)).astype(np.float32)[rows % 61, columns % 67]
    wall = (in_u >= 0.25 * pitch_u) & (in_u < 0.25 * pitch_u + 3) & ~street
    spots = rng.standard_gamma(0.35, size=shape, dtype=np.float32)
    bright = np.where(wall, 1.2 * height * spots, 0)
    corners = wall & (rng.random(shape, dtype=np.float32) < 0.004)
    bright = np.where(corners, rng.uniform(4, 16, size=shape), bright).astype(np.float32)
    base: Field = np.where(street, 0.35 * URBAN, URBAN * (0.5 + spots)).astype(np.float32)
    return base + bright + _layover(bright)


def _layover(walls: Field) -> Field:
    """Smear walls towards the radar: a point at height h appears nearer by h / tan(incidence)."""
    smeared = np.zeros_like(walls)
    for step in range(1, 7):
        smeared[:, :-step] += walls[:, step:] * np.float32(0.16 * 0.8**step)
    return smeared
