"""The authors' files as a `datasets` builder; importing this module imports `datasets`.

`datasets` may replace `open`, `Path` and the like inside the module of a builder. There is nothing of the kind here:
`sarbench.hub.raw` does the reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import datasets
import pyarrow as pa

from sarbench.hub.raw import raw_tables
from sarbench.schema import SCHEMA
from sarbench.sources import DatasetCard


@dataclass
class RawConfig(datasets.BuilderConfig):  # type: ignore[misc]
    """One split of one config, read from `data_dir`."""

    dataset: str = ""
    split: str = ""


class RawBuilder(datasets.ArrowBasedBuilder):  # type: ignore[misc]
    """Prepares or streams one split, so that no other split's files are read on the way."""

    BUILDER_CONFIG_CLASS = RawConfig

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # For a builder outside its own package, datasets 3.x writes a lock file beside the package: that litters a
        # checkout and fails where the installation is read-only. So this builder says that it is one of theirs.
        self.__module__ = "datasets.packaged_modules.parquet.parquet"
        super().__init__(*args, **kwargs)

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=datasets.Features.from_arrow_schema(SCHEMA))

    def _split_generators(self, dl_manager: datasets.DownloadManager) -> list[datasets.SplitGenerator]:
        # Exactly one list in gen_kwargs: `datasets` takes it for the shards.
        split = self.config.split
        return [datasets.SplitGenerator(name=split, gen_kwargs={"splits": [split]})]

    def _generate_tables(self, splits: list[str]) -> Iterator[tuple[int, pa.Table]]:
        for split in splits:
            parts = raw_tables(self.config.dataset, self.config.data_dir, self.config.name, split)
            yield from enumerate(parts)


def raw_builder(card: DatasetCard, data_dir: str, config: str, split: str, *, key: str) -> RawBuilder:
    """Make the builder of one split.

    Args:
        card: The dataset.
        data_dir: The authors' files.
        config: Config name.
        split: Split name.
        key: Changes with whatever the rows depend on (`sarbench.hub.raw.cache_key`).
    """
    return RawBuilder(
        # Without a name and a hash of its own, the cache would be shared with any other module called `builder`.
        dataset_name=f"sarbench_{card.name.replace('-', '_')}",
        hash=key,
        config_name=config,
        version="1.0.0",
        data_dir=data_dir,
        dataset=card.name,
        split=split,
    )
