from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.schema import Geo
from sarbench.sources.fusar.geo import LATITUDE_FIRST, LONGITUDE_FIRST, read_geo, read_pair

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    *LONGITUDE_FIRST,
    *LATITUDE_FIRST,
    *("lat", "lon", "platform", "city", "resolution", "polarisation", "acquired", "date", "incidence", "band"),
)


@given(LATITUDES, LONGITUDES, st.sampled_from(LONGITUDE_FIRST))
def test_longitude_stands_first(lat: float, lon: float, key: str) -> None:
    for value in ([lon, lat], {"type": "Point", "coordinates": [lon, lat]}, {"lat": lat, "Lon": lon}):
        geo = read_geo({key: value}).geo
        assert geo is not None
        assert (geo.lat, geo.lon) == (lat, lon)


@given(LATITUDES, LONGITUDES, st.sampled_from(LATITUDE_FIRST))
def test_latitude_stands_first_where_the_key_says_so(lat: float, lon: float, key: str) -> None:
    assert read_geo({key: [lat, lon]}).geo == Geo(lat=lat, lon=lon)


@given(st.floats(90.01, 1e6) | st.floats(-1e6, -90.01), LONGITUDES)
def test_out_of_range_is_dropped_and_never_swapped(lat: float, lon: float) -> None:
    reading = read_geo({"lonlat": [lon, lat], "platform": "Qilu-1"})
    assert (reading.geo, reading.problems) == (Geo(platform="Qilu-1"), ("place out of range",))
    assert reading.place_dropped


@given(st.decimals(-90, 90, places=6), st.decimals(-180, 180, places=6), st.sampled_from([", ", ";", " "]))
def test_pairs_as_text(lat: Any, lon: Any, between: str) -> None:
    expected = (float(lat), float(lon))
    assert read_pair(f"[{lon:f}{between}{lat:f}]", longitude_first=True) == expected
    assert read_pair(f" {lat:f}{between}{lon:f} ", longitude_first=False) == expected


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_record_is_survived(parts: dict[str, Any]) -> None:
    geo = read_geo(parts).geo or Geo()
    assert (geo.lat is None) == (geo.lon is None)
    assert geo.lat is None or abs(geo.lat) <= 90
    assert geo.lon is None or abs(geo.lon) <= 180


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"lat": 31.2}, "place cannot be read"),
        ({"lat": "north", "lon": 3}, "place cannot be read"),
        ({"coordinates": [1, 2, 3]}, "place cannot be read"),
        ({"coordinates": [True, 2]}, "place cannot be read"),
        ({"geo": "somewhere"}, "place cannot be read"),
        ({"lat": 31.2, "lon": 121.5, "lonlat": [31.2, 12.5]}, "place given twice, differently"),
        ({"gsd": "fine"}, "resolution cannot be read"),
        ({"gsd": [3, 0.5]}, "resolution cannot be read"),
        ({"gsd": -1}, "resolution cannot be read"),
        ({"polarization": "circular"}, "polarisation cannot be read"),
        ({"date": "last May"}, "date cannot be read"),
        ({"incidence": 120}, "incidence angle cannot be read"),
    ],
)
def test_what_cannot_be_is_named_and_left_out(parts: dict[str, Any], problem: str) -> None:
    reading = read_geo(parts)
    assert (reading.geo, reading.problems) == (None, (problem,))


@pytest.mark.parametrize(
    ("parts", "geo"),
    [
        ({"lat": 31.2, "lng": 121.5, "coordinates": [121.5, 31.2]}, Geo(lat=31.2, lon=121.5)),
        ({"sensor": "Hongtu-1", "band": "X"}, Geo(platform="Hongtu-1", band="X")),
        ({"resolution": 1}, Geo(gsd_min_m=1.0, gsd_max_m=1.0)),
        ({"gsd": "3 m"}, Geo(gsd_min_m=3.0, gsd_max_m=3.0)),
        ({"gsd": [0.5, 3]}, Geo(gsd_min_m=0.5, gsd_max_m=3.0)),
        ({"polarisation": "hh+hv"}, Geo(polarisation=("HH", "HV"))),
        ({"polarization": ["VV", "VH", "VV"]}, Geo(polarisation=("VV", "VH"))),
        ({"region": "Pudong"}, Geo(place="Pudong")),
        ({"region": "Region: the target lies in the harbour"}, None),
        ({"date": "2021-05-03"}, Geo(acquired=datetime(2021, 5, 3, tzinfo=UTC))),
        ({"acquired": "2021-05-03T08:00:00+08:00"}, Geo(acquired=datetime(2021, 5, 3, tzinfo=UTC))),
        ({"acquisitiontime": "2021-05-03T08:00:00Z"}, Geo(acquired=datetime(2021, 5, 3, 8, tzinfo=UTC))),
        ({"incidence": 35.5}, Geo(incidence_deg=35.5)),
        ({"location": "Functional distribution: even"}, None),
        ({}, None),
    ],
)
def test_other_facts(parts: dict[str, Any], geo: Geo | None) -> None:
    reading = read_geo(parts)
    assert (reading.geo, reading.problems) == (geo, ())
