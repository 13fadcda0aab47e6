"""The coordinate convention of a model, estimated on training or validation items and frozen in a file.

Nothing is ever chosen against the truth of a test split, and never for each answer: one convention for all answers of
a run, fixed before it starts.
"""

from sarbench.calibrate.candidates import CANDIDATES
from sarbench.calibrate.estimate import Calibration, Candidate, calibrate
from sarbench.calibrate.fit import Fit
from sarbench.calibrate.frozen import Frozen, coords_option, read_calibration, save_calibration
from sarbench.calibrate.items import Source, items_of_file, items_of_run
from sarbench.calibrate.questions import LIMIT, box_tasks
from sarbench.calibrate.reading import Item

__all__ = [
    "CANDIDATES",
    "LIMIT",
    "Calibration",
    "Candidate",
    "Fit",
    "Frozen",
    "Item",
    "Source",
    "box_tasks",
    "calibrate",
    "coords_option",
    "items_of_file",
    "items_of_run",
    "read_calibration",
    "save_calibration",
]
