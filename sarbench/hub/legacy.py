"""What a legacy loading script stands on (`sarbench.hub.script` writes it); importing this module imports `datasets`.

`datasets` older than 4 replaces `open`, `Path` and the like inside this module when it streams. There is nothing of the
kind here: `sarbench.hub.raw` does the reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import datasets
import pyarrow as pa

from sarbench.hub.origin import RawOrigin, find_raw
from sarbench.hub.raw import Part, RawReader
from sarbench.schema import SCHEMA
from sarbench.sources import get


@dataclass
class LegacyConfig(datasets.BuilderConfig):  # type: ignore[misc]
    """One config; a subclass has the dataset's options as fields."""

    dataset: str = ""

    def create_config_id(self, config_kwargs: dict[str, Any], custom_features: Any = None) -> str:
        """Return the name of the cache folder, which changes with the authors' files."""
        key = self.origin().key("")
        return str(super().create_config_id({**config_kwargs, "files": key}, custom_features))

    def origin(self) -> RawOrigin:
        """Return the authors' files.

        Raises:
            InputError: They are not there.
        """
        source = get(self.dataset)
        options = {option.name: getattr(self, option.name) for option in source.CARD.options}
        return find_raw(source, self.name, data_dir=self.data_dir, revision=None, options=options)


class LegacyBuilder(datasets.ArrowBasedBuilder):  # type: ignore[misc]
    """Reads the authors' files; a subclass names the configs."""

    def _info(self) -> datasets.DatasetInfo:
        card = get(self.config.dataset).CARD
        features = datasets.Features.from_arrow_schema(SCHEMA)
        return datasets.DatasetInfo(
            description=card.summary,
            features=features,
            homepage=card.homepage,
            license=card.licence,
            citation=card.citation,
        )

    def _split_generators(self, dl_manager: datasets.DownloadManager) -> list[datasets.SplitGenerator]:
        origin = self.config.origin()
        readers = {split: origin.reader(split) for split in origin.splits}
        # Exactly one list in gen_kwargs: `datasets` takes it for the shards.
        return [
            datasets.SplitGenerator(name=split, gen_kwargs={"reader": reader, "parts": reader.parts(None)})
            for split, reader in readers.items()
        ]

    def _generate_tables(self, reader: RawReader, parts: list[Part]) -> Iterator[tuple[int, pa.Table]]:
        yield from enumerate(table for part in parts for table in reader.tables(part))
