from datetime import UTC, datetime
from pathlib import Path

from sarbench.build.pages.extent import Extent, read_extent
from sarbench.schema import Geo, Source
from tests.build.fake import make_row
from tests.hub.built_sets import write_set


def test_what_the_rows_say_together(tmp_path: Path) -> None:
    rows = [
        make_row(0, None, geo=Geo(lat=1.0, lon=-5.0, platform="SV", gsd_min_m=0.5, gsd_max_m=2.0)),
        make_row(
            1,
            None,
            geo=Geo(lat=-3.0, lon=7.0, band="X", polarisation=("HH",), acquired=datetime(2020, 1, 2, tzinfo=UTC)),
        ),
        make_row(2, None, source=Source(dataset="up")),
        make_row(3, None, geo=Geo(), source=Source()),
    ]
    index = write_set(tmp_path, {"a": {"train": rows[:2], "test": rows[2:]}, "a-lite": {"test": rows[2:]}})
    extent = read_extent(tmp_path, index)
    assert extent.box == (-3.0, -5.0, 1.0, 7.0)
    assert (extent.gsd.low, extent.gsd.high) == (0.5, 2.0)
    assert extent.period == (datetime(2020, 1, 2, tzinfo=UTC),) * 2
    assert (extent.platforms, extent.bands, extent.polarisations) == ({"SV"}, {"X"}, {("HH",)})
    assert extent.upstream == {"up": 1}


def test_nothing_known_is_nothing_said(tmp_path: Path) -> None:
    index = write_set(tmp_path, {}, joined={"a": {"train": [make_row(0, None)]}})
    assert read_extent(tmp_path, index) == Extent()
    assert Extent().box is None
    assert Extent().period is None
