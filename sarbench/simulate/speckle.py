"""Multi-look speckle: making it, measuring it, and turning intensity into an 8-bit amplitude picture.

Model: fully developed speckle, under which the intensity of a uniform area averaged over L independent looks is
gamma distributed with shape L (Oliver and Quegan, Understanding Synthetic Aperture Radar Images, 1998).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def speckle(intensity: NDArray[Any], *, looks: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Multiply mean intensity by Gamma(looks, 1 / looks), independently in every pixel.

    Args:
        intensity: Mean backscatter intensity, linear, not negative, any shape.
        looks: Equivalent number of looks, above 0; 1 is single-look.
        rng: Where the random numbers come from.

    Returns:
        Linear intensity of the same shape, with the same mean.

    Raises:
        ValueError: `looks` is not above 0.
    """
    if not looks > 0:
        msg = f"looks must be above 0, not {looks}"
        raise ValueError(msg)
    gamma = rng.standard_gamma(looks, size=np.shape(intensity), dtype=np.float32)
    speckled: NDArray[np.float32] = np.asarray(intensity, dtype=np.float32) * gamma / np.float32(looks)
    return speckled


def equivalent_number_of_looks(intensity_region: NDArray[Any]) -> float:
    """Return mean² / variance of the linear intensity of an area that should be uniform; infinite without variation.

    >>> round(equivalent_number_of_looks(np.array([1.0, 3.0])), 3)
    4.0
    """
    values = np.asarray(intensity_region, dtype=np.float64)
    variance = values.var()
    return float(values.mean() ** 2 / variance) if variance > 0 else float("inf")


def to_amplitude_8bit(intensity: NDArray[Any], *, white: float) -> NDArray[np.uint8]:
    """Quantise the square root of linear intensity, as most published chips are.

    Args:
        intensity: Linear intensity, not negative.
        white: Intensity that becomes 255; anything above saturates.

    >>> to_amplitude_8bit(np.array([0.0, 0.25, 1.0, 9.0]), white=1.0).tolist()
    [0, 128, 255, 255]
    """
    amplitude = np.sqrt(np.asarray(intensity, dtype=np.float32) / np.float32(white))
    picture: NDArray[np.uint8] = np.rint(np.minimum(amplitude, 1) * 255).astype(np.uint8)
    return picture
