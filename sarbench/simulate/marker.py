"""The file that says that a folder holds simulated data, and the rule that such data never mixes with real data."""

import json
from pathlib import Path

from sarbench._version import __version__
from sarbench.errors import InputError
from sarbench.files import write_text

MARKER = "sarbench_simulated.json"
"""Name of the file at the root of a simulated folder; sources mark the rows they read there as simulated."""


def claim(folder: Path, *, seed: int, writes: tuple[str, ...]) -> None:
    """Mark a folder as simulated before anything else is written to it.

    Args:
        folder: The root of a raw layout; it need not exist.
        seed: The seed of what will be written.
        writes: Names in `folder` that will be written.

    Raises:
        InputError: One of them is there already and the folder is not marked: it may be somebody's real data.
    """
    marker = folder / MARKER
    for name in writes:
        if (folder / name).exists() and not marker.is_file():
            problem = "is there already, and nothing says that it was simulated"
            raise InputError(where=folder / name, problem=problem, fix="Choose an empty folder for simulated data")
    content = {"generator": "sarbench.simulate", "version": __version__, "seed": seed}
    write_text(marker, json.dumps(content, indent=2) + "\n")
