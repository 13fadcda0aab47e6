"""Set, licence and place from the names of SARLANG-1M's images."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.schema import Geo
from sarbench.sources.sarlang.names import geo_of, upstream_of


@pytest.mark.parametrize(
    ("stem", "dataset", "geo"),
    [
        ("0009787", "SARDet-100K", None),
        ("SV_Darwin_-12.4278_130.8688", "DFC2023", Geo(lat=-12.4278, lon=130.8688, place="Darwin")),
        ("GF2_Barcelona_41.4158_2.1975", "DFC2023", Geo(lat=41.4158, lon=2.1975, place="Barcelona")),
        ("GF2_New_York_40.7_-74", "DFC2023", Geo(lat=40.7, lon=-74.0, place="New York")),
        ("SV_Nowhere_95.0_10.0", "DFC2023", Geo(place="Nowhere")),
        ("GF2_NewYork", "DFC2023", None),
        ("SN6_Rotterdam_7", "SpaceNet6", Geo(place="Rotterdam")),
        ("SN6_Elsewhere_7", "SpaceNet6", None),
        ("France_Alpes-Maritimes_Nice_3", "OpenEarthMap-SAR", Geo(place="Nice, Alpes-Maritimes, France")),
        ("Japan_Tokyo_12", "OpenEarthMap-SAR", None),
        ("00097871", "OpenEarthMap-SAR", None),
    ],
)
def test_names_tell_set_and_place(stem: str, dataset: str, geo: Geo | None) -> None:
    upstream = upstream_of(stem)
    assert upstream.dataset == dataset
    assert upstream.licence
    assert geo_of(stem) == geo


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_degrees_are_read_as_written(lat: float, lon: float) -> None:
    lat, lon = round(lat, 4), round(lon, 4)
    geo = geo_of(f"GF2_City_{lat:.4f}_{lon:.4f}")
    assert geo is not None
    assert (geo.lat, geo.lon, geo.platform) == (lat, lon, None)


@given(st.text())
def test_any_name_is_read(stem: str) -> None:
    assert upstream_of(stem).dataset
    geo_of(stem)
