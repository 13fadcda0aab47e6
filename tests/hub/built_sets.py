"""Built folders written by hand, so that what reads them is tested without what builds them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build.index import BuiltIndex, FileIndex, ImagesIndex, SplitIndex, data_digest, write_index
from sarbench.schema import IMAGES_SCHEMA, Row, to_table, to_text_table

Splits = Mapping[str, Sequence[Row]]


def write_set(
    folder: Path, flat: Mapping[str, Splits], *, joined: Mapping[str, Splits] | None = None, simulated: bool = False
) -> BuiltIndex:
    """Write a folder as `sarbench build` lays it out: config -> split -> rows, flat or joined."""
    configs: dict[str, dict[str, SplitIndex]] = {}
    images: dict[str, dict[tuple[str | None, str | None], Row]] = {}
    for layout, content in (("flat", flat), ("joined", joined or {})):
        for config, splits in content.items():
            for split, rows in splits.items():
                table = to_table(rows) if layout == "flat" else to_text_table(rows)
                file = _write(folder, f"{config}/{split}-00000-of-00001.parquet", table)
                if layout == "joined":
                    shown = {(row.image_id, row.image_sha256): row for row in rows if row.image}
                    images.setdefault(split, {}).update(shown)
                configs.setdefault(config, {})[split] = SplitIndex(
                    rows=len(rows),
                    images=len({row.image_sha256 for row in rows} - {None}),
                    bytes=file.bytes,
                    data_digest=data_digest(row.sample_sha256 for row in rows),
                    simulated=simulated,
                    files=(file,),
                    layout=layout,
                    lite_of=config.removesuffix("-lite") if config.endswith("-lite") else None,
                    lite_digest="0" * 64 if config.endswith("-lite") else None,
                )
    index = BuiltIndex(
        schema_version="1",
        sarbench_version="9",
        name="fake",
        simulated=simulated,
        configs=configs,
        images={split: _images(folder, split, list(rows.values())) for split, rows in images.items()},
    )
    write_index(folder, index)
    (folder / "quality.json").write_text("{}")
    return index


def _images(folder: Path, split: str, rows: Sequence[Row]) -> ImagesIndex:
    columns = {
        "image_id": [row.image_id for row in rows],
        "image": [{"bytes": row.image.bytes, "path": row.image.path} if row.image else None for row in rows],
        "raw_image": [row.raw_image for row in rows],
        "image_sha256": [row.image_sha256 for row in rows],
        "width": [row.width for row in rows],
        "height": [row.height for row in rows],
    }
    arrays = [pa.array(columns[field.name], field.type) for field in IMAGES_SCHEMA]
    file = _write(folder, f"images/{split}-00000-of-00001.parquet", pa.Table.from_arrays(arrays, schema=IMAGES_SCHEMA))
    offsets = folder / "images" / f"{split}-offsets.arrow"
    offsets.write_bytes(b"offsets")
    place = FileIndex(path=f"images/{split}-offsets.arrow", bytes=7)
    return ImagesIndex(rows=len(rows), bytes=file.bytes, files=(file,), offsets=place)


def _write(folder: Path, path: str, table: pa.Table) -> FileIndex:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / path)
    return FileIndex(path=path, bytes=(folder / path).stat().st_size)
