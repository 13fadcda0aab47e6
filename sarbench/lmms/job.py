"""What the launcher tells a worker process, and what the worker tells back."""

from typing import Any

import msgspec


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One task of one run, for one worker process."""

    task: str
    tasks_folder: str
    model: str
    model_args: str
    batch_size: int
    device: str | None
    gen_kwargs: str | None
    limit: int | None
    seed: int
    out: str
    """Where the answers go: a Parquet file with the columns of the run record."""


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The model is loaded and the questions are known."""

    samples: int
    parameters: int | None
    dtype: str | None
    device: str | None


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """One more image went to the model."""


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """All answers are written."""

    generated_tokens: int | None
    generation: dict[str, str]


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """The task could not be done."""

    error: str


Event = Started | Asked | Finished | Broken


def encode(event: Event) -> bytes:
    """Write one event as a line."""
    return msgspec.json.encode(event) + b"\n"


def decode(line: bytes) -> Event:
    """Read one event from a line."""
    event: Any = msgspec.json.decode(line, type=Started | Asked | Finished | Broken)
    return event  # type: ignore[no-any-return]
