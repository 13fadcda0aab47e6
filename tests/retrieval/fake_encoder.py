"""An encoder without torch: images by their mean grey, texts by their letters; it counts what it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from sarbench.retrieval.encoder import Embeddings
from sarbench.runs.record import ModelInfo

WIDTH = 8


@dataclass
class FakeEncoder:
    """`dies_after` images it raises; `room` is the largest batch that fits."""

    seed: int = 0
    dies_after: int | None = None
    room: int = 1000
    seen_images: int = 0
    seen_texts: int = 0
    batches: list[int] = field(default_factory=list)
    backend: str = "fake"
    device: str = "cpu"
    longest: int = 100

    @property
    def model(self) -> ModelInfo:
        return ModelInfo(id="tests/fake", revision=str(self.seed))

    @property
    def key(self) -> dict[str, str]:
        return {"backend": "fake", "seed": str(self.seed), "dtype": "float32"}

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        self._fits(len(images))
        self.seen_images += len(images)
        if self.dies_after is not None and self.seen_images > self.dies_after:
            raise KeyboardInterrupt
        assert all(image.mode == "RGB" for image in images)
        return np.stack([self._vector(image.tobytes()) for image in images])

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        self._fits(len(texts))
        self.seen_texts += len(texts)
        return np.stack([self._vector(text.encode()) for text in texts])

    def tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def _fits(self, count: int) -> None:
        if count > self.room:
            raise MemoryError
        self.batches.append(count)

    def _vector(self, data: bytes) -> Embeddings:
        sums = np.bincount(np.arange(len(data)) % WIDTH, weights=np.frombuffer(data, dtype=np.uint8), minlength=WIDTH)
        return (np.sin(sums + self.seed) + 1.5).astype(np.float32)
