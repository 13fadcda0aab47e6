"""Fully developed speckle: a multiplicative factor on intensity, drawn for every pixel by itself.

Intensity averaged over L independent looks is the mean intensity times a gamma variable with shape L and mean 1, so
mean² / variance, the equivalent number of looks of a flat target, is L (Oliver and Quegan, Understanding Synthetic
Aperture Radar Images, 2004, chapter 4). Real speckle is correlated over some pixels; this is not.
"""

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

Array = npt.NDArray[np.float64]

_QUANTILES = 1 << 16
_STEPS = 1 << 16
"""Factors are whole multiples of 1 / `_STEPS`: coarse enough that the last bit of a library's gamma does not show."""


def speckled(intensity: Array, *, looks: float, seed: bytes) -> Array:
    """Multiply intensity by speckle.

    Args:
        intensity: [bands, height, width], any linear unit; all bands get the same speckle.
        looks: Equivalent number of looks of the speckle, at least 0.5; need not be whole.
        seed: What the speckle is drawn from.

    Returns:
        [bands, height, width]; on a flat target mean² / variance is `looks`, within sampling error.
    """
    height, width = intensity.shape[1:]
    drawn = np.frombuffer(hashlib.shake_256(seed).digest(2 * height * width), dtype="<u2")
    result: Array = intensity * factors(looks)[drawn].reshape(1, height, width)
    return result


@lru_cache(maxsize=16)
def factors(looks: float) -> Array:
    """Return the speckle factors that are drawn from, all equally likely.

    They are the quantiles of the gamma distribution at the middles of 65,536 equal shares, in units of 2⁻¹⁶.

    >>> table = factors(4.0)
    >>> round(float(table.mean()), 3), round(float(table.mean() ** 2 / table.var()), 2)
    (1.0, 4.0)
    """
    middles = (np.arange(_QUANTILES, dtype=np.float64) + 0.5) / _QUANTILES
    table: Array = np.rint(gammaincinv(looks, middles) / looks * _STEPS) / _STEPS
    table.setflags(write=False)
    return table


def equivalent_looks(intensity: npt.ArrayLike) -> float:
    """Return mean² / variance of a flat target's intensity; infinite without any variance.

    >>> equivalent_looks([1.0, 3.0])
    4.0
    """
    values = np.asarray(intensity, dtype=np.float64)
    variance = float(values.var())
    return float(values.mean()) ** 2 / variance if variance else float("inf")
