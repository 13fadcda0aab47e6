"""SAR scenes with known truth, written in the sources' own raw layouts.

Every function draws from the generator or seed that it is given: the same seed gives the same bytes.
"""

from sarbench.simulate.clutter import clutter
from sarbench.simulate.fusar import write_fusar
from sarbench.simulate.sardet import write_sardet
from sarbench.simulate.sarlang import write_sarlang
from sarbench.simulate.sartext import write_sartext
from sarbench.simulate.scene import Scene, scene
from sarbench.simulate.speckle import equivalent_number_of_looks, speckle, to_amplitude_8bit

__all__ = [
    "Scene",
    "clutter",
    "equivalent_number_of_looks",
    "scene",
    "speckle",
    "to_amplitude_8bit",
    "write_fusar",
    "write_sardet",
    "write_sarlang",
    "write_sartext",
]
