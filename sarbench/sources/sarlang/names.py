"""What SARLANG-1M's image names tell: which set an image comes from, under which terms, and where it was taken.

Names seen (README and issue 6 of https://github.com/Jimmyxichen/SARLANG-1M): `0009787.jpg` of SARDet-100K,
`SV_Darwin_-12.4278_130.8688.png` of DFC2023, names beginning with `SN6_Rotterdam` of SpaceNet6, and
`France_Alpes-Maritimes_Nice_3.png` of OpenEarthMap-SAR. That every other name is OpenEarthMap-SAR's is inferred: there
are four sets and three patterns.
"""

import re
from dataclasses import dataclass

from sarbench.schema import Geo

_SARDET = re.compile(r"\d{7}")
_DFC2023 = re.compile(r"(?:GF2|SV)_(?P<rest>.+)", re.IGNORECASE)
_SPACENET6 = re.compile(r"SN6_.*", re.IGNORECASE)
_DEGREES = re.compile(r"(?P<city>.+?)_(?P<lat>-?\d{1,3}(?:\.\d+)?)_(?P<lon>-?\d{1,3}(?:\.\d+)?)(?:_.*)?")
_THREE_PLACES = re.compile(r"(?P<country>[^\W\d_][^_]*)_(?P<region>[^\W\d_][^_]*)_(?P<city>[^\W\d_][^_]*)_\d+")


@dataclass(frozen=True)
class Upstream:
    """The set that an image comes from, and the terms of that set."""

    dataset: str
    licence: str


SARDET = Upstream("SARDet-100K", "CC BY-NC 4.0")
DFC2023 = Upstream("DFC2023", "contest terms without a grant to redistribute")
SPACENET6 = Upstream("SpaceNet6", "CC BY-SA 4.0")
OPEN_EARTH_MAP = Upstream("OpenEarthMap-SAR", "CC BY 4.0 (Umbra imagery)")


def upstream_of(stem: str) -> Upstream:
    """Tell which set an image comes from.

    >>> [upstream_of(stem).dataset for stem in ("0009787", "GF2_Barcelona_41.4158_2.1975", "SN6_Rotterdam_7")]
    ['SARDet-100K', 'DFC2023', 'SpaceNet6']
    """
    if _SARDET.fullmatch(stem):
        return SARDET
    if _DFC2023.fullmatch(stem):
        return DFC2023
    return SPACENET6 if _SPACENET6.fullmatch(stem) else OPEN_EARTH_MAP


def geo_of(stem: str) -> Geo | None:
    """Return what a name says about the place; None where it says nothing.

    The sensor in a DFC2023 name is that of the optical twin, so no platform is given. Latitude and longitude are in
    degrees as the name has them.

    >>> geo = geo_of("SV_Darwin_-12.4278_130.8688")
    >>> geo.lat, geo.lon, geo.place, geo.platform
    (-12.4278, 130.8688, 'Darwin', None)
    >>> geo_of("France_Alpes-Maritimes_Nice_3").place
    'Nice, Alpes-Maritimes, France'
    """
    upstream = upstream_of(stem)
    if upstream is SARDET:
        return None
    if upstream is SPACENET6:
        return Geo(place="Rotterdam") if stem.casefold().startswith("sn6_rotterdam") else None
    if upstream is DFC2023:
        return _city_with_degrees(stem)
    found = _THREE_PLACES.fullmatch(stem)
    return Geo(place=f"{found['city']}, {found['region']}, {found['country']}") if found else None


def _city_with_degrees(stem: str) -> Geo | None:
    named = _DFC2023.fullmatch(stem)
    found = _DEGREES.fullmatch(named["rest"]) if named else None
    if found is None:
        return None
    lat, lon = float(found["lat"]), float(found["lon"])
    place = found["city"].replace("_", " ")
    return Geo(lat=lat, lon=lon, place=place) if abs(lat) <= 90 and abs(lon) <= 180 else Geo(place=place)
