"""Simulated scene descriptions in the form of FUSAR-GEOVL-1M's public file.

`caption_part1.json`: an indented JSON array of records with `image_id` and eight fields, in this order and each with
its fixed opening (GitHub yangyifremad/FUSAR-KLIP, data/part). The wording after the openings is sarbench's own.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sarbench.files import write_text
from sarbench.simulate.marker import claim

FILE = "caption_part1.json"

OPENINGS: Mapping[str, str] = {
    "Terrain": "The terrain is classified as ",
    "Functionality": "The area functionality is described as ",
    "Distribution": "Functional distribution: ",
    "Layout": "Spatial layout: ",
    "Boundary": "Boundary features: ",
    "Buildings": "Building presence: ",
    "Roads": "Road presence: ",
    "Water": "Water presence: ",
}
"""Field → how each of its values begins, in the file's order."""

_SIDES = ("north", "south", "east", "west", "centre", "north-east", "south-west")

# Kind of place → wordings of each field; "{side}" is a direction drawn for the record.
_WORDINGS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {
        "Terrain": ("Coastal lowland", "flat shore with reclaimed ground"),
        "Functionality": ("Port area with storage yards", "Harbour and light industry"),
        "Distribution": (
            "Quays line the {side}; sheds stand behind them",
            "Port uses fill the {side}, housing the rest",
        ),
        "Layout": ("Linear, along the waterfront", "Piers at right angles to a straight quay"),
        "Boundary": ("Sharp line between water and quay", "Straight, built edges – no beach left"),
        "Buildings": ("Many large sheds in the {side}", "Dense, bright rows near the quay"),
        "Roads": ("One access road from the {side}", "Several service roads between the yards"),
        "Water": ("Open sea in the {side}", "Harbour basin ≈ a third of the scene"),
    },
    {
        "Terrain": ("Hilly country", "Low mountains with narrow valleys"),
        "Functionality": ("Woodland without visible use", "forest with a few fields"),
        "Distribution": ("Forest covers all but the {side}", "Fields only in the {side}; woods elsewhere"),
        "Layout": ("Irregular, follows the ridges", "No regular pattern"),
        "Boundary": ("Gradual, with layover on slopes towards the radar", "Soft transitions along the valley floor"),
        "Buildings": ("None visible", "A few single farms in the {side}"),
        "Roads": ("No road visible", "One winding track, possibly"),
        "Water": ("None visible", "No water body visible", "Absent"),
    },
    {
        "Terrain": ("River plain", "River plain with levees"),
        "Functionality": ("Farmland with villages", "Crops and scattered housing"),
        "Distribution": ("Villages in the {side}; fields fill the rest", "Even mix of fields, denser in the {side}"),
        "Layout": ("Long strips at right angles to the river", "Patchwork of narrow fields"),
        "Boundary": ("Field edges sharp, river banks curved", "Clear parcel lines; the bank is irregular"),
        "Buildings": ("Small clusters in the {side}", "Sparse, in one village"),
        "Roads": ("A straight road crosses the {side}", "Farm tracks between parcels"),
        "Water": ("One wide river in the {side}", "A meandering channel, ≈ 40 pixels wide"),
    },
    {
        "Terrain": ("Flat urban ground", "Built-up plain"),
        "Functionality": ("Dense housing with shops", "City blocks, some industry"),
        "Distribution": ("Housing in the {side}; industry elsewhere", "Blocks throughout, a park in the {side}"),
        "Layout": ("Regular street grid", "Grid of blocks turned against the flight path"),
        "Boundary": ("Sharp, along main streets", "Stepped edge between town and fields"),
        "Buildings": ("Dense everywhere but in the {side}", "High blocks with strong double bounce"),
        "Roads": ("Main roads meet in the {side}", "Wide avenues, clearly dark"),
        "Water": ("No visible water", "Only a small pond in the {side}", "None"),
    },
)


def write_fusar(folder: str | Path, *, records: int = 24, seed: int = 0) -> Path:
    """Write `caption_part1.json` with `records` simulated descriptions.

    Args:
        folder: The root, created when needed.
        records: How many; their `image_id` counts from 0.
        seed: What makes two files different.

    Returns:
        `folder`.

    Raises:
        InputError: The folder holds such a file that is not simulated.
    """
    folder = Path(folder)
    claim(folder, seed=seed, writes=(FILE,))
    rng = np.random.default_rng([seed, 2])
    described = [{"image_id": number, **_describe(number, rng)} for number in range(records)]
    write_text(folder / FILE, json.dumps(described, indent=4, ensure_ascii=False))
    return folder


def _describe(number: int, rng: np.random.Generator) -> dict[str, str]:
    wordings = _WORDINGS[number % len(_WORDINGS)]
    return {
        field: opening + str(rng.choice(wordings[field])).format(side=rng.choice(_SIDES))
        for field, opening in OPENINGS.items()
    }
