"""What an encoder is to sarbench, whichever library runs it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from sarbench.runs.record import ModelInfo

Embeddings = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Two towers into one space."""

    @property
    def model(self) -> ModelInfo:
        """The row on the board."""

    @property
    def backend(self) -> str:
        """The library that runs it: `transformers` or `open_clip`."""

    @property
    def key(self) -> dict[str, str]:
        """Everything that an embedding depends on beside its input: weights, preprocessing, versions."""

    @property
    def device(self) -> str:
        """The torch device that it runs on."""

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """Return [n, d] of RGB images, as the projection gives them.

        Raises:
            MemoryError: So many at once do not fit.
        """

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        """Return [n, d] of texts, cut to what the text tower reads.

        Raises:
            MemoryError: So many at once do not fit.
        """

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has, special ones included."""

    @property
    def longest(self) -> int:
        """How many tokens the text tower reads."""
