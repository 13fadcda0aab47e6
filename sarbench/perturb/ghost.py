"""Azimuth ambiguities: weak copies of the scene, displaced along the track.

Echoes beyond the sampled Doppler band are folded back by the pulse repetition frequency; the first ambiguities lie at
the same distance on both sides of a target (Raney and Princz, Reconsideration of azimuth ambiguities in SAR, IEEE TGRS
25(6), 1987). Chips tell neither the direction of the track nor that distance, so the image's vertical axis stands for
the track and the distance is a share of its height. Real copies are also blurred; these are not. What lies outside the
image casts no ghost.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def ghosted(intensity: Array, *, decibels: float, shift: float) -> Array:
    """Add the scene once more above and below, weaker.

    Args:
        intensity: [bands, height, width].
        decibels: How far each copy lies below the scene, in intensity.
        shift: Displacement as a share of the height; at least one pixel is taken.

    Returns:
        [bands, height, width].

    >>> ghosted(np.array([[[100.0], [0.0], [0.0]]]), decibels=10, shift=0.34).ravel().tolist()
    [100.0, 10.0, 0.0]
    """
    moved = max(1, round(shift * intensity.shape[1]))
    weak = intensity * 10.0 ** (-decibels / 10.0)
    result = intensity.copy()
    result[:, moved:] += weak[:, :-moved]
    result[:, :-moved] += weak[:, moved:]
    return result
