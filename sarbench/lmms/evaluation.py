"""What `sarbench eval` is asked for."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

import msgspec

from sarbench.catalogue import TaskSpec
from sarbench.lmms.excerpt import chosen
from sarbench.lmms.job import Excerpt
from sarbench.lmms.model_args import parse_model_args
from sarbench.lmms.model_info import Told
from sarbench.lmms.parts import chunk_size
from sarbench.lmms.secrets import without_secrets
from sarbench.lmms.settings import Settings
from sarbench.lmms.weights import weights_revision
from sarbench.prompts import PROMPT_VERSION
from sarbench.task_data import TaskData, task_rows

_CONVEYANCE = frozenset(
    {"base_url", "num_concurrent", "num_cpus", "timeout", "max_retries", "retry_backoff_s", "adaptive_concurrency"}
)
"""Model arguments of how requests travel: a server may come back at another address in the middle of a run."""


def identity(args: Mapping[str, str]) -> dict[str, str]:
    """Return the model arguments that can change an answer, without secrets: how requests travel is left out.

    >>> identity({"model": "m", "base_url": "http://127.0.0.1:8000/v1", "timeout": "60"})
    {'model': 'm'}
    """
    return {key: value for key, value in without_secrets(args).items() if key not in _CONVEYANCE}


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A model, tasks and a folder; the names are lmms-eval's own flags."""

    model: str
    model_args: str
    tasks: tuple[TaskSpec, ...]
    out: Path
    settings: Settings = field(default_factory=Settings)
    limit: int | None = None
    batch_size: int = 1
    device: str | None = None
    gen_kwargs: str | None = None
    seed: int = 0
    resume: bool = False
    command: tuple[str, ...] = ()
    chunk: int | None = None
    """Questions whose answers are written together, and asked again when the process dies; None chooses."""
    check_batches: int = 0
    """`sarbench_hf`: so many questions of a task are first asked one by one and in batches; what differs is noted."""
    elsewhere: bool = False
    """Ask the split that each task's spec names, whatever its YAML does; the `limit` rows of it are spread over it."""
    may_build: frozenset[str] = frozenset()
    """Tasks whose data is built where it is not and can be without the user's help."""
    told: Told = field(default_factory=Told)
    """What the user says of the model."""
    notes: tuple[str, ...] = ()
    """What the manifest shall say to a reader."""

    @property
    def arguments(self) -> dict[str, str]:
        """`model_args`, split."""
        return parse_model_args(self.model_args)

    @property
    def generation(self) -> dict[str, str]:
        """`gen_kwargs`, split."""
        return parse_model_args(self.gen_kwargs or "", option="--gen_kwargs")

    @cached_property
    def folder_weights(self) -> str | None:
        """State of the weights that lie in local folders; Hub ids are looked up when they are loaded."""
        return weights_revision(self.model, self.arguments, hub=False)

    @property
    def questions_a_chunk(self) -> int:
        """Size of a chunk."""
        return self.chunk or chunk_size(self.batch_size, self.arguments, backend=self.model)

    def parts(self, task: str) -> Path:
        """Return where the chunks of a task wait until it is whole."""
        return self.out / "parts" / task

    def questions(self, data: TaskData) -> list[str]:
        """Return the sample hashes of what is asked of a task, in the order in which it is asked."""
        asked = task_rows(data.spec, columns=["id", "sample_sha256"])
        if not self.elsewhere:
            return [row["sample_sha256"] for row in islice(asked, self.limit)]
        rows = list(asked)
        places = chosen([row["id"] for row in rows], self.limit, seed=self.seed)
        return [rows[place]["sample_sha256"] for place in places]

    def excerpt(self, data: TaskData) -> Excerpt | None:
        """Return the rows that a worker asks in place of the task's own; None: its own."""
        if not self.elsewhere:
            return None
        spec = data.spec
        return Excerpt(
            dataset=spec.dataset,
            config=spec.config,
            split=spec.split,
            asks=spec.asks,
            size=self.limit,
            seed=self.seed,
        )

    def key(self, data: TaskData) -> str:
        """Identify what is asked of whom: answers under another key are answers to something else.

        A worker adds the state of the weights that it has loaded.
        """
        asked = (
            data.digest,
            data.spec.version,
            PROMPT_VERSION,
            self.model,
            sorted(identity(self.arguments).items()),
            sorted(self.generation.items()),
            sorted(self.settings.to_environment().items()),
            self.seed,
            self.folder_weights,
            *((data.spec.config, data.spec.split, self.limit) if self.elsewhere else ()),
        )
        return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()
