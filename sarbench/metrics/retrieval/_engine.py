"""Where similarities are multiplied and counted: numpy on this machine's processor, or torch on a device."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sarbench.errors import InputError, MissingExtraError
from sarbench.metrics.retrieval._count import Counter, Half, Tile, count_torch, host_counter
from sarbench.metrics.retrieval._embeddings import Index, Vectors

TILE, DEVICE_TILE = 2048, 8192


@dataclass(frozen=True)
class Engine:
    """The four things that a search asks of a machine. What lies in between is its own affair."""

    product: Callable[[slice, slice], Any]
    """Similarities of some image vectors with some text vectors, good until the next call."""
    taken: Callable[[Any, Index, Index], Any]
    """The rows and columns of a tile, repeated as the indices say."""
    host: Callable[[Any], Tile]
    """A tile as a numpy array."""
    count: Counter
    placed: Callable[[Half], Half]
    """Counters where `count` wants them; sharing memory or copied."""
    fetched: Callable[[Half], Half]


def host_engine(images: Vectors, texts: Vectors, *, tile: int) -> Engine:
    """Multiply with numpy's BLAS; count with numba where it is installed, else with numpy."""
    store = np.empty(min(tile, len(images)) * min(tile, len(texts)), dtype=images.dtype)

    def product(rows: slice, columns: slice) -> Tile:
        a, b = images[rows], texts[columns]
        return np.matmul(a, b.T, out=store[: len(a) * len(b)].reshape(len(a), len(b)))

    def unchanged(value: Any) -> Any:
        return value

    return Engine(
        product=product,
        taken=lambda block, rows, columns: block[np.ix_(rows, columns)],
        host=unchanged,
        count=host_counter(len(images) * len(texts)),
        placed=unchanged,
        fetched=unchanged,
    )


def torch_engine(images: Vectors, texts: Vectors, *, device: Any) -> Engine:
    """Multiply and count with torch on one of its devices, as precisely as torch is set to (TF32 is off by default).

    Raises:
        MissingExtraError: torch is not installed.
        InputError: torch does not know the device.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError(
            where=f"device {device!r}", problem="needs torch", fix='Install it with pip install "sarbench[eval]"'
        ) from error
    try:
        left, right = (torch.from_numpy(side).to(device) for side in (images, texts))
    except (RuntimeError, AssertionError) as error:  # torch says "not compiled with CUDA" with an assertion
        raise InputError(
            where=f"device {device!r}", problem=f"cannot be used: {error}", fix="Leave device out to use the processor"
        ) from error

    def placed(half: Half) -> Half:
        return Half(*(torch.from_numpy(np.array(getattr(half, field.name))).to(left.device) for field in fields(half)))

    def fetched(half: Half) -> Half:
        return Half(*(getattr(half, field.name).cpu().numpy() for field in fields(half)))

    def taken(block: Any, rows: Index, columns: Index) -> Any:
        where = (torch.from_numpy(index).to(left.device) for index in (rows, columns))
        return block[next(where)][:, next(where)]

    return Engine(
        product=lambda rows, columns: left[rows] @ right[columns].T,
        taken=taken,
        host=lambda block: block.cpu().numpy(),
        count=count_torch,
        placed=placed,
        fetched=fetched,
    )


def choose(images: Vectors, texts: Vectors, *, device: Any, chunk: int | None) -> tuple[Engine, int]:
    """Return the engine and the edge of its tiles, in vectors."""
    if device is None:
        edge = chunk or TILE
        return host_engine(images, texts, tile=edge), edge
    return torch_engine(images, texts, device=device), chunk or DEVICE_TILE
