"""A scene in the making: ground, the targets put on it, and the boxes that they take up."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sarbench.simulate.targets import Target

Xywh = tuple[float, float, float, float]

_GAP = 4
"""Pixels between the boxes of two targets."""
_SHADOW = 0.12
"""What is left of the ground's brightness in a shadow."""
_SIDELOBE_FROM = 12.0
"""Mean intensity above which a pixel shows the sidelobes of the sensor's response."""


class Canvas:
    """Ground [height, width] in mean linear intensity, on which targets are put one by one."""

    def __init__(self, ground: NDArray[np.float32]) -> None:
        self.intensity = ground
        self.targets: list[tuple[str, Xywh]] = []
        self._taken = np.zeros(ground.shape, dtype=bool)

    def put(self, target: Target, row: int, column: int, *, allowed: NDArray[np.bool_] | None = None) -> bool:
        """Put a target with its centre at (row, column) and note its box, or return False.

        Args:
            target: What to put.
            row: Row of the centre.
            column: Column of the centre.
            allowed: [height, width], where targets may lie; None lets the target reach past the image, which cuts it.
        """
        half = target.mask.shape[0] // 2
        height, width = self.intensity.shape
        top, left = max(0, row - half), max(0, column - half)
        window = (slice(top, row + half + 1), slice(left, column + half + 1))
        inside = (
            slice(top - row + half, min(2 * half + 1, height - row + half)),
            slice(left - column + half, min(2 * half + 1, width - column + half)),
        )
        mask, taken, ground = target.mask[inside], self._taken[window], self.intensity[window]
        visible = mask.sum() / target.mask.sum()
        if visible < 0.5 or taken[mask].any():
            return False
        if allowed is not None and (visible < 1 or not allowed[window][mask].all()):
            return False
        ground[target.shadow[inside] & ~taken] *= np.float32(_SHADOW)
        ground[mask] = target.intensity[inside][mask]
        self._note(target.label, mask, top, left)
        return True

    def scatter(
        self,
        draw: Callable[[], Target],
        count: int,
        *,
        allowed: NDArray[np.bool_],
        rng: np.random.Generator,
    ) -> None:
        """Put up to `count` targets at random allowed places; one that fits at none of 30 is left out."""
        candidates = np.flatnonzero(allowed)
        if candidates.size == 0:
            return
        for _ in range(count):
            target = draw()
            for place in rng.choice(candidates, size=30):
                row, column = divmod(int(place), allowed.shape[1])
                if self.put(target, row, column, allowed=allowed):
                    break

    def add_sidelobes(self) -> None:
        """Give the strongest pixels the cross of a sinc² response along range and azimuth."""
        height, width = self.intensity.shape
        rows, columns = np.nonzero(self.intensity > _SIDELOBE_FROM)
        strength = self.intensity[rows, columns]
        for step in range(2, 12):
            weak = strength * np.float32(0.25 / (np.pi * step) ** 2)
            for down, right in ((step, 0), (-step, 0), (0, step), (0, -step)):
                at_rows, at_columns = rows + down, columns + right
                inside = (at_rows >= 0) & (at_rows < height) & (at_columns >= 0) & (at_columns < width)
                np.add.at(self.intensity, (at_rows[inside], at_columns[inside]), weak[inside])

    def _note(self, label: str, mask: NDArray[np.bool_], top: int, left: int) -> None:
        """Record the tight box of a mask as COCO's x, y, width, height and keep other targets off it."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        y, x = top + int(rows[0]), left + int(columns[0])
        height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
        self.targets.append((label, (float(x), float(y), float(width), float(height))))
        self._taken[max(0, y - _GAP) : y + height + _GAP, max(0, x - _GAP) : x + width + _GAP] = True
