"""The static leaderboard: run records → a site that opens from disk, without a server or a CDN.

Data flows one way: runs → entries → comparisons → pages (all pure) → `render_site` (the only writer).
"""

from sarbench.board.inputs import Chips, DatasetNote
from sarbench.board.render import render_site

__all__ = ["Chips", "DatasetNote", "render_site"]
