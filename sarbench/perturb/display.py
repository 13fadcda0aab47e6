"""A display with less dynamic range."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def narrowed(intensity: Array, *, decibels: float, white: float) -> Array:
    """Show only what is at most so many decibels below the brightest pixel; the rest is black.

    What is left is stretched linearly in amplitude over the whole range, from black to the brightest pixel. 8 bits hold
    48 dB of amplitude, so from there on next to nothing changes.

    Args:
        intensity: [bands, height, width].
        decibels: Dynamic range of the display, above 0.
        white: The largest intensity that can be shown; brighter pixels count as it.

    Returns:
        [bands, height, width]; all channels are stretched alike.

    >>> narrowed(np.array([[[100.0, 25.0, 1.0]]]), decibels=12, white=100).round(1).tolist()
    [[[100.0, 11.0, 0.0]]]
    """
    amplitude = np.sqrt(np.minimum(intensity, white))
    top = float(amplitude.max(initial=0.0))
    if top == 0.0:
        return intensity
    share = 10.0 ** (-decibels / 20.0)
    stretched: Array = np.maximum(amplitude / top - share, 0.0) / (1.0 - share) * top
    return stretched**2
