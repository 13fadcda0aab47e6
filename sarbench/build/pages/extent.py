"""What the rows of a built folder say together: place, time, sensor and the image sets they come from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sarbench.build.index import BuiltIndex

_GEO = ("lat", "lon", "platform", "band", "polarisation", "gsd_min_m", "gsd_max_m", "acquired")
_COLUMNS = ["source.dataset", *(f"geo.{name}" for name in _GEO)]


@dataclass
class Span:
    """The smallest and the largest of the values that were met; None where none was."""

    low: Any = None
    high: Any = None

    def take(self, values: pa.Array) -> None:
        """Widen the span; nulls do not count."""
        found = pc.min_max(values).as_py()
        if found["min"] is not None:
            self.low = found["min"] if self.low is None else min(self.low, found["min"])
            self.high = found["max"] if self.high is None else max(self.high, found["max"])


@dataclass
class Extent:
    """The known values of `geo` and `source.dataset` over all rows.

    Attributes:
        lat: Degrees north.
        lon: Degrees east; a set on both sides of the date line spans all between.
        gsd: Ground sampling distance in metres.
        acquired: Times of acquisition.
        platforms: Names of satellites and aircraft.
        bands: Radar bands such as `X`.
        polarisations: The different lists of polarisations that images have.
        upstream: Image set → rows.
    """

    lat: Span = field(default_factory=Span)
    lon: Span = field(default_factory=Span)
    gsd: Span = field(default_factory=Span)
    acquired: Span = field(default_factory=Span)
    platforms: set[str] = field(default_factory=set)
    bands: set[str] = field(default_factory=set)
    polarisations: set[tuple[str, ...]] = field(default_factory=set)
    upstream: Counter[str] = field(default_factory=Counter)

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """South, west, north, east in degrees; None where no row has a place."""
        if self.lat.low is None or self.lon.low is None:
            return None
        return (self.lat.low, self.lon.low, self.lat.high, self.lon.high)

    @property
    def period(self) -> tuple[datetime, datetime] | None:
        """The first and the last acquisition; None where no row has one."""
        return None if self.acquired.low is None else (self.acquired.low, self.acquired.high)


def read_extent(folder: Path, index: BuiltIndex) -> Extent:
    """Read the columns `geo` and `source` of every split but the lite ones, whose rows are in the full split too."""
    extent = Extent()
    for batch in _batches(folder, index):
        geo, dataset = batch.column("geo"), pc.struct_field(batch.column("source"), "dataset")
        column = {name: pc.struct_field(geo, name) for name in _GEO}
        extent.lat.take(column["lat"])
        extent.lon.take(column["lon"])
        extent.gsd.take(column["gsd_min_m"])
        extent.gsd.take(column["gsd_max_m"])
        extent.acquired.take(column["acquired"])
        extent.platforms.update(_distinct(column["platform"]))
        extent.bands.update(_distinct(column["band"]))
        extent.polarisations.update(tuple(names) for names in column["polarisation"].to_pylist() if names)
        for found in pc.value_counts(dataset).to_pylist():
            if found["values"] is not None:
                extent.upstream[found["values"]] += found["counts"]
    return extent


def _batches(folder: Path, index: BuiltIndex) -> Iterator[pa.RecordBatch]:
    for splits in index.configs.values():
        for split in splits.values():
            for file in split.files if split.lite_of is None else ():
                with pq.ParquetFile(folder / file.path) as parquet:
                    yield from parquet.iter_batches(columns=_COLUMNS)


def _distinct(values: pa.Array) -> list[str]:
    return [value for value in pc.unique(values).to_pylist() if value is not None]
