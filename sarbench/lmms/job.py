"""What the launcher tells a worker process, and what the worker tells back."""

from typing import Any

import msgspec


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that are asked in place of a task's own (see `sarbench.lmms.excerpt`)."""

    dataset: str
    config: str
    split: str
    asks: str | None
    """The column `task` of the rows; None: all rows of the split."""
    size: int | None
    """How many of them, spread over the split; None: all."""
    seed: int


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
    parts: str
    """Where chunks of answers wait until the task is whole: a folder."""
    key: str
    """Identity of what is asked: a part with another key is not taken up."""
    chunk: int
    """How many questions are asked before their answers are written."""
    revision: str | None = None
    """State of the weights that the run's other answers are from; None: not known yet."""
    check_batches: int = 0
    """How many questions are first asked one by one and in batches, to see whether that changes answers."""
    data_digest: str
    """That of the task's data, which the answers' file names."""
    excerpt: Excerpt | None = None
    """None: the rows that the task's YAML names."""


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The model is loaded and the questions are known."""

    samples: int
    parameters: int | None
    dtype: str | None
    device: str | None
    kept: int = 0
    """How many of the samples were answered in an earlier session."""
    kept_seconds: float = 0.0
    """What those took."""
    revision: str | None = None
    """State of the weights that were loaded, see `sarbench.lmms.weights`."""


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """The model takes up a question; it may do so again, and long before it answers."""

    id: str = ""
    """Of the row."""


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """One more chunk of answers is on disk."""

    done: int
    """Answers so far, those of earlier sessions included."""
    rate: float
    """Answers a second in this session."""
    seconds_left: float
    """At this rate."""


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """Something that a reader of the run should know."""

    text: str


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """All answers are written."""

    generated_tokens: int | None
    generation: dict[str, str]


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """The task could not be done."""

    error: str
    disk_full: bool = False


Event = Started | Asked | Answered | Noted | Finished | Broken


def encode(event: Event) -> bytes:
    """Write one event as a line."""
    return msgspec.json.encode(event) + b"\n"


def decode(line: bytes) -> Event:
    """Read one event from a line."""
    event: Any = msgspec.json.decode(line, type=Event)
    return event  # type: ignore[no-any-return]
