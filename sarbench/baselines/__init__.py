"""Floors: answers that need no image and no model, as runs like any other."""

from sarbench.baselines.floor import floor_run
from sarbench.baselines.known import FLOORS, Floor

__all__ = ["FLOORS", "Floor", "floor_run"]
