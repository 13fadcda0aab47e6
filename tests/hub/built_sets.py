"""Built folders written by hand, so that what reads them is tested without what builds them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build.images.writer import merged_offsets, offsets_table, record_of, write_offsets
from sarbench.build.index import BuiltIndex, FileIndex, ImagesIndex, SplitIndex, data_digest, write_index
from sarbench.build.shards import image_properties
from sarbench.schema import IMAGES_SCHEMA, Row, to_images_table, to_table, to_text_table

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
    """Write images, each once, in a file that `ImageStore` reads."""
    path = folder / "images" / f"{split}-00000-of-00001.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, IMAGES_SCHEMA, **image_properties(IMAGES_SCHEMA)) as writer:
        writer.write_table(to_images_table(rows))
    local = FileIndex(path=path.name, bytes=path.stat().st_size)
    table = merged_offsets([(offsets_table(path.parent, [local], [record_of(row) for row in rows]), 0)])
    offsets = write_offsets(path.with_name(f"{split}-offsets.arrow"), table, [local])
    file, place = (each.model_copy(update={"path": f"images/{each.path}"}) for each in (local, offsets))
    return ImagesIndex(rows=len(rows), bytes=file.bytes, files=(file,), offsets=place)


def _write(folder: Path, path: str, table: pa.Table) -> FileIndex:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / path)
    return FileIndex(path=path, bytes=(folder / path).stat().st_size)
