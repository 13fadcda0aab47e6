"""Where and how a FUSAR-GEOVL image was taken, once the authors release it: keys by the names that are usual.

None of these keys is published yet. Longitude stands first in pairs, as in the paper's prompt (arXiv 2509.23927) and in
GeoJSON, unless the key says `latlon`. Nothing is guessed: what is out of range or contradicts itself is left out.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sarbench.schema import Geo
from sarbench.sources.reading.files import plain

LONGITUDE_FIRST = ("coordinates", "coordinate", "coords", "lonlat", "location", "geo", "geolocation")
LATITUDE_FIRST = ("latlon", "latlng")
_LATITUDE = ("lat", "latitude")
_LONGITUDE = ("lon", "lng", "longitude")
_PLATFORM = ("platform", "satellite", "sensor")
_PLACE = ("city", "place", "region")
_RESOLUTION = ("resolution", "gsd", "resolutionm", "gsdm")
_POLARISATION = ("polarisation", "polarization")
_ACQUIRED = ("acquired", "date", "acquisitiontime", "acquisitiondate", "datetime")
_INCIDENCE = ("incidence", "incidenceangle", "incidencedeg")

_NUMBER = r"[-+]?\d+(?:\.\d*)?"
_PAIR = re.compile(rf"\s*[\[(]?\s*({_NUMBER})\s*[,;\s]\s*({_NUMBER})\s*[\])]?\s*")
_METRES = re.compile(
    r"\s*(\d+(?:\.\d+)?)\s*(?:m|metres?|meters?)?\s*(?:(?:-|–|to)\s*(\d+(?:\.\d+)?)\s*(?:m|metres?|meters?)?)?\s*"
)
_MODE = re.compile(r"[HV]{2}")
_LONGEST_PLACE = 60


@dataclass(frozen=True)
class GeoReading:
    """What a record says, and the kinds of problems with it."""

    geo: Geo | None
    problems: tuple[str, ...] = ()

    @property
    def place_dropped(self) -> bool:
        """Whether coordinates were left out."""
        return any(problem.startswith("place ") for problem in self.problems)


NO_GEO = GeoReading(None)
"""Of a record that says nothing."""


def read_geo(parts: Mapping[str, Any]) -> GeoReading:
    """Read a record's geography.

    Args:
        parts: The record's values by key, as `plain` spells it.

    >>> read_geo({"location": [121.5, 31.2], "satellite": "Gaofen-3"}).geo.lat
    31.2
    >>> read_geo({"lonlat": [31.2, 121.5]})
    GeoReading(geo=None, problems=('place out of range',))
    """
    problems: list[str] = []
    lat, lon = _place(parts, problems) or (None, None)
    low, high = _metres(_first(parts, _RESOLUTION), problems)
    geo = Geo(
        lat=lat,
        lon=lon,
        place=_name(parts, _PLACE),
        platform=_text(parts, _PLATFORM),
        band=_text(parts, ("band",)),
        polarisation=_modes(_first(parts, _POLARISATION), problems),
        gsd_min_m=low,
        gsd_max_m=high,
        incidence_deg=_angle(_first(parts, _INCIDENCE), problems),
        acquired=_time(_text(parts, _ACQUIRED), problems),
    )
    return GeoReading(None if geo == Geo() else geo, tuple(problems))


def read_pair(value: object, *, longitude_first: bool) -> tuple[float, float] | None:
    """Return (lat, lon) of a pair: a list of two numbers, a text of two numbers, or a GeoJSON point.

    A GeoJSON point always has its longitude first, and may have a height. The pair may be out of range.

    >>> read_pair({"type": "Point", "coordinates": [121.5, 31.2, 4.0]}, longitude_first=False)
    (31.2, 121.5)
    >>> read_pair("31.2, 121.5", longitude_first=False)
    (31.2, 121.5)
    """
    if isinstance(value, Mapping):
        point = {plain(str(key)): part for key, part in value.items()}
        inside = point.get("coordinates")
        return read_pair(inside[:2], longitude_first=True) if isinstance(inside, list) else None
    if isinstance(value, str):
        found = _PAIR.fullmatch(value)
        value = list(found.groups()) if found else None
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    first, second = _number(value[0]), _number(value[1])
    if first is None or second is None:
        return None
    return (second, first) if longitude_first else (first, second)


def _place(parts: Mapping[str, Any], problems: list[str]) -> tuple[float, float] | None:
    """Return (lat, lon) where the record gives one place that can be; else say why not."""
    found = list(_places(parts, problems))
    if any(not (abs(lat) <= 90 and abs(lon) <= 180) for lat, lon in found):
        problems.append("place out of range")
    elif found and any(math.dist(place, found[0]) > 1e-4 for place in found):  # about ten metres
        problems.append("place given twice, differently")
    elif found and not problems:
        return found[0]
    return None


def _places(parts: Mapping[str, Any], problems: list[str]) -> Iterator[tuple[float, float]]:
    """Yield every (lat, lon) that the record states."""
    nested = [parts[key] for key in LONGITUDE_FIRST if isinstance(parts.get(key), Mapping)]
    for holder in [parts, *({plain(str(key)): value for key, value in one.items()} for one in nested)]:
        lat, lon = _first(holder, _LATITUDE), _first(holder, _LONGITUDE)
        if lat is None and lon is None:
            continue
        pair = read_pair([lat, lon], longitude_first=False)
        if pair:
            yield pair
        else:
            problems.append("place cannot be read")
    for keys, longitude_first in ((LONGITUDE_FIRST, True), (LATITUDE_FIRST, False)):
        for key in keys:
            value = parts.get(key)
            if value is None or (key == "location" and isinstance(value, str)):  # the text field of this name
                continue
            if pair := read_pair(value, longitude_first=longitude_first):
                yield pair
            elif not isinstance(value, Mapping):
                problems.append("place cannot be read")


def _number(value: object) -> float | None:
    if isinstance(value, str):
        value = float(value) if re.fullmatch(rf"\s*{_NUMBER}\s*", value, re.ASCII) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _metres(value: object, problems: list[str]) -> tuple[float | None, float | None]:
    """Return the smallest and the largest ground sampling distance in metres."""
    if value is None:
        return None, None
    found = _METRES.fullmatch(value) if isinstance(value, str) else None
    given: Any = [part for part in found.groups() if part] if found else value if isinstance(value, list) else [value]
    read = [number for part in given if (number := _number(part)) is not None and number > 0]
    if len(read) != len(given) or len(read) not in (1, 2) or read[0] > read[-1]:
        problems.append("resolution cannot be read")
        return None, None
    return read[0], read[-1]


def _modes(value: object, problems: list[str]) -> tuple[str, ...]:
    """Return polarisations: `HH/HV`, `HH+HV`, `HHHV` or a list of such."""
    if value is None or value == "":
        return ()
    texts = value if isinstance(value, list) else [value]
    joined = " ".join(text.upper() for text in texts if isinstance(text, str))
    found = tuple(dict.fromkeys(_MODE.findall(joined)))
    if not found or re.sub(r"[HV]{2}|[\W_]", "", joined):
        problems.append("polarisation cannot be read")
        return ()
    return found


def _angle(value: object, problems: list[str]) -> float | None:
    if value is None:
        return None
    degrees = _number(value)
    if degrees is None or not 0 <= degrees <= 90:
        problems.append("incidence angle cannot be read")
        return None
    return degrees


def _time(text: str | None, problems: list[str]) -> datetime | None:
    """Return a time in ISO 8601 as UTC; one without a zone is UTC already."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        problems.append("date cannot be read")
        return None


def _first(parts: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((parts[name] for name in names if parts.get(name) is not None), None)


def _text(parts: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    texts = (parts.get(name) for name in names)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None)


def _name(parts: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """Return the name of a place, not a sentence about one: the paper has a text field `Region`."""
    text = _text(parts, names)
    return text if text and len(text) <= _LONGEST_PLACE and ":" not in text else None
