"""The words that name a class or a size: one versioned table.

Whole words count and nothing inside a word: "cargo" names no car, "tanker" no tank. A table entry is a phrase, a blank
in it also stands for a hyphen, an underscore or nothing ("oil tank", "oil-tank", "oiltank"); the longest phrase at a
place wins, so that an "aircraft carrier" is a ship.

Decisions, with their reasons:

- A kind of a class is read as the class where every one of that kind belongs to it: "helicopter" is an `aircraft`,
  "frigate" a `ship`, "viaduct" a `bridge`, "marina" a `harbor`. The classes are coarse, and a model that says more than
  it was asked is not wrong.
- A part of a class, or what stands beside it, names nothing: "dock", "pier", "quay", "wharf"; "airport", "runway".
- `tank` is a storage tank: the class comes from the oil tanks of OGSOD and MSAR (SARDet-100K). Therefore "vehicle" can
  only mean `car`; "truck", "bus" and "van" name no class. The bare word "tank" names the class whatever the model had
  in mind, because the question offers that word; a "tank truck" is none.
- "boat" and "vessel" are a `ship`; "tanker" may be a ship or a truck, and names no class unless "oil" goes before it
  or "ship" follows.
- "overpass" and "flyover" are roads as much as bridges, and name no class.
- Where a longer phrase means something else, that phrase is listed under `NOTHING`: a "car park" is no car, "port side"
  no harbour, an "image plane" no aircraft.
- `PAIRS` are the synonyms that SARLANG-1M's judge is told to accept (`Evaluate_VQA.py` in GitHub
  Jimmyxichen/SARLANG-1M). They hold in answer lists other than the six classes only.
"""

CLASSES = ("aircraft", "bridge", "car", "harbor", "ship", "tank")
"""The six classes of SARDet-100K, which SARChat-2M and SARLANG-1M share."""

SYNONYMS_VERSION = "2"
"""Changes with every change of a table of this module; scores made with different versions are not comparable."""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "aircraft": (
        *("aircraft", "aircrafts", "airplane", "airplanes", "aeroplane", "aeroplanes", "airliner", "airliners"),
        *("plane", "planes", "jet", "jets", "helicopter", "helicopters", "drone", "drones"),
    ),
    "bridge": ("bridge", "bridges", "footbridge", "footbridges", "drawbridge", "drawbridges", "viaduct", "viaducts"),
    "car": ("car", "cars", "automobile", "automobiles", "vehicle", "vehicles"),
    "harbor": (
        *("harbor", "harbors", "harbour", "harbours", "port", "ports", "seaport", "seaports", "marina", "marinas"),
    ),
    "ship": (
        *("ship", "ships", "boat", "boats", "vessel", "vessels", "warship", "warships", "watercraft"),
        *("sailboat", "sailboats", "speedboat", "speedboats", "motorboat", "motorboats", "tugboat", "tugboats"),
        *("ferry", "ferries", "barge", "barges", "yacht", "yachts", "freighter", "freighters"),
        *("frigate", "frigates", "destroyer", "destroyers", "submarine", "submarines"),
        *("aircraft carrier", "aircraft carriers", "car carrier", "car carriers", "vehicle carrier"),
        *("vehicle carriers", "car ferry", "car ferries", "oil tanker", "oil tankers"),
    ),
    "tank": ("tank", "tanks", "storage tank", "storage tanks", "oil tank", "oil tanks"),
}
"""Phrases, in lower case, that name each class."""

NOTHING: tuple[str, ...] = (
    *("car park", "car parks", "car parking", "tank truck", "tank trucks", "tank car", "tank cars"),
    *("port side", "jet ski", "jet skis", "image plane", "ground plane", "focal plane"),
)
"""Phrases that hold the word of a class and name none."""

PAIRS: tuple[tuple[str, str], ...] = (
    ("football", "soccer"),
    ("playground", "ground track field"),
    ("building", "rooftop"),
    ("pond", "swimming pool"),
)
"""Words that stand for each other in answer lists other than the six classes, where only one of them is an option."""

SIZES: dict[str, tuple[str, ...]] = {
    "very small": ("very small", "extremely small", "tiny"),
    "small": ("small", "small sized", "small size"),
    "medium": ("medium", "medium sized", "medium size", "mid sized", "mid size", "moderately sized"),
    "large": ("large", "large sized", "large size", "big"),
    "very large": ("very large", "extremely large", "huge"),
}
"""Phrases that name the five size classes of SARChat-2M (identification)."""
