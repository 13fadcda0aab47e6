"""The words that name a class or a size: one versioned table.

Whole words count and nothing inside a word: "cargo" names no car, "tanker" no tank. A table entry is a phrase; the
longest one at a place wins, so that an "aircraft carrier" is a ship.

Decisions, with their reasons:

- `tank` is a storage tank: the class comes from the oil tanks of OGSOD and MSAR (SARDet-100K). Therefore "vehicle" can
  only mean `car`; "truck", "bus" and "van" name no class.
- "port" is a `harbor`; "dock", "pier", "quay" and "wharf" are parts of one, and name no class.
- "boat" and "vessel" are a `ship`; "tanker" may be a ship or a truck, and names no class unless "ship" follows.
- "plane" and "airplane" are an `aircraft`; "jet", "helicopter" and "drone" name kinds of it, and are read as one.
"""

CLASSES = ("aircraft", "bridge", "car", "harbor", "ship", "tank")
"""The six classes of SARDet-100K, which SARChat-2M and SARLANG-1M share."""

SYNONYMS_VERSION = "1"
"""Changes with every change of `SYNONYMS` or `SIZES`; scores made with different versions are not comparable."""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "aircraft": (
        "aircraft",
        "aircrafts",
        "airplane",
        "airplanes",
        "aeroplane",
        "aeroplanes",
        "airliner",
        "airliners",
        "plane",
        "planes",
        "jet",
        "jets",
        "helicopter",
        "helicopters",
        "drone",
        "drones",
    ),
    "bridge": ("bridge", "bridges"),
    "car": ("car", "cars", "automobile", "automobiles", "vehicle", "vehicles"),
    "harbor": ("harbor", "harbors", "harbour", "harbours", "port", "ports", "seaport", "seaports"),
    "ship": (
        "ship",
        "ships",
        "boat",
        "boats",
        "vessel",
        "vessels",
        "warship",
        "warships",
        "aircraft carrier",
        "aircraft carriers",
        "car carrier",
        "car carriers",
        "car ferry",
        "car ferries",
    ),
    "tank": ("tank", "tanks"),
}
"""Phrases, in lower case, that name each class. "Storage tank" and "oil tank" hold the word "tank"."""

SIZES: dict[str, tuple[str, ...]] = {
    "very small": ("very small", "extremely small", "tiny"),
    "small": ("small",),
    "medium": ("medium", "medium-sized", "medium-size", "mid-sized", "moderately sized"),
    "large": ("large", "big"),
    "very large": ("very large", "extremely large", "huge"),
}
"""Phrases that name the five size classes of SARChat-2M."""
