"""The run record: what the board reads, and all it reads.

A run is a folder: `manifest.json` (who ran what, how), `samples/<task>.parquet` (one line per answer) and `scores.json`
(per task, metric, protocol and slice). Nothing in it needs the model, a GPU or lmms-eval to be read or scored again.
"""

from typing import Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sarbench.answers.outcome import Outcome

RECORD_VERSION = "1"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelInfo(_Record):
    """The model, as its files or its server state it; null where unknown."""

    id: str
    """Name on the board and key of its row, e.g. `org/model` or the last two parts of a local path."""
    revision: str | None = None
    parameters: int | None = None
    licence: str | None = None
    open_weights: bool | None = None
    training_sets: tuple[str, ...] = ()


class BackendInfo(_Record):
    """What produced the answers."""

    name: str
    """lmms-eval's model name (`llava_hf`), or `floor`."""
    args: dict[str, str] = {}
    """Model arguments without secrets."""
    batch_size: int | None = None
    device: str | None = None
    dtype: str | None = None
    generation: dict[str, str] = {}


class Hardware(_Record):
    """The machine that ran it."""

    cpu: str
    cores: int
    memory_gib: float
    gpus: tuple[str, ...] = ()


class TaskRun(_Record):
    """One task of the run: which data, which prompt, how much of it was done."""

    task: str
    """lmms-eval task name, e.g. `sarbench_sarchat_rebuilt_counting`."""
    version: str
    """X.Y; two runs with different X are not comparable."""
    dataset: str
    config: str
    split: str
    data_digest: str
    """SHA-256 over the sample hashes in file order: equal digests mean equal questions and targets."""
    simulated: bool
    """Whether the images and texts come from `sarbench.simulate`: never a benchmark result."""
    prompt_id: str
    prompt_version: str
    samples: int = Field(ge=0)
    """How many samples the split holds."""
    done: int = Field(ge=0)
    """How many have an answer, failed ones included."""
    failed: int = Field(ge=0)
    limit: int | None = None
    started: str
    ended: str
    """ISO 8601 in UTC."""
    seconds: float
    generated_tokens: int | None = None
    generation: dict[str, str] = {}
    """Generation arguments as the backend got them."""

    @model_validator(mode="after")
    def _counts_agree(self) -> "TaskRun":
        if self.failed > self.done:
            msg = f"{self.failed} answers failed of {self.done} there are"
            raise ValueError(msg)
        return self


class Manifest(_Record):
    """Everything that identifies a run."""

    record_version: Literal["1"] = "1"
    run_id: str
    kind: Literal["model", "floor"]
    model: ModelInfo
    backend: BackendInfo
    coords: str
    """The one coordinate convention of the run (see `sarbench.coords`)."""
    perturbation: str | None = None
    """`blank` is the model without its eyes."""
    history: str = "none"
    """Earlier turns of a dialogue before each question, as `--history` spells it."""
    seeds: dict[str, int] = {}
    packages: dict[str, str]
    hardware: Hardware
    command: tuple[str, ...]
    started: str
    ended: str
    tasks: tuple[TaskRun, ...]
    notes: tuple[str, ...] = ()
    """What a reader should know before trusting the numbers, e.g. where a floor took its prior from."""

    @field_validator("tasks")
    @classmethod
    def _each_task_once(cls, tasks: tuple[TaskRun, ...]) -> tuple[TaskRun, ...]:
        names = [run.task for run in tasks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            msg = f"{', '.join(twice)} stands there twice"
            raise ValueError(msg)
        return tasks


class Score(_Record):
    """One number with its interval. Rates are fractions in 0..1."""

    task: str
    metric: str
    protocol: str
    """`strict` is ours and ranks; `paper` reproduces a published rule."""
    slice: str = "all"
    value: float | None
    """None where nothing was scored (n = 0)."""
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int
    clusters: int
    """Number of images."""
    method: str
    """How the interval was made, e.g. `clustered-t` or `cluster-bootstrap-2000`."""
    unit: str = "fraction"
    higher_is_better: bool | None = True
    """None for a number that describes and does not rank, such as the share of yes."""
    headline: bool = False
    """Whether this is THE number of its task."""
    note: str | None = None
    """Why there is no value, e.g. that Java is not installed, or why it says nothing about the answers."""


class TaskScores(_Record):
    """All scores of one task, and what became of its answers."""

    task: str
    samples: int
    missing: int = 0
    """Samples of the split that have no answer at all: the scores are about the others."""
    outcomes: dict[Outcome, int]
    """Every outcome, zeros included; sums to `samples`."""
    scores: tuple[Score, ...]


class CurvePoint(_Record):
    """The headline of a task at one severity of a perturbation."""

    perturbation: str
    """Spelling of `--perturb`."""
    run_id: str | None
    """The run that was asked; None where there is none yet."""
    value: float | None


class SeverityCurve(_Record):
    """How the headline of one task falls over the severities of one perturbation; this run is the clean one."""

    task: str
    metric: str
    unit: str
    perturbation: str
    """Its name, e.g. `speckle`."""
    clean: float | None
    """The headline on unchanged images: a curve is about this run as long as its headline is this one."""
    points: tuple[CurvePoint, ...]
    """From mild to strong."""
    floor: float
    """Score of the same model with `blank`; 0 where there is no such run."""
    floor_run_id: str | None
    area: float | None
    """Mean score along the curve, in the metric's unit; None while a severity is missing."""
    retained: float | None
    """Share of the clean score above the floor that is left, averaged over the severities."""
    worst: float | None
    """That share at the strongest severity."""
    area_low: float | None = None
    area_high: float | None = None
    retained_low: float | None = None
    retained_high: float | None = None
    worst_low: float | None = None
    worst_high: float | None = None
    level: float = 0.95
    method: str = "none"
    """How the intervals were made, as in `Score`; none where there are none, as in records of older versions."""


class Wording(_Record):
    """The headline of a task under one wording of the prompt."""

    prompt_id: str
    run_id: str
    value: float | None


class WordingSpread(_Record):
    """The headline of one task over the wordings of its prompt; this run is one of them.

    It is written into one run, that of the default wording where `sarbench eval --prompt all` asked them.
    """

    task: str
    metric: str
    unit: str
    higher_is_better: bool | None
    wordings: tuple[Wording, ...]
    mean: float | None
    """None where a wording has no value."""
    lowest: float | None
    highest: float | None


class Scores(_Record):
    """The content of `scores.json`."""

    record_version: Literal["1"] = "1"
    sarbench_version: str
    rules: dict[str, str] = {}
    """Versions of the readings and word lists that scores depend on: scores of different ones are not comparable."""
    tasks: tuple[TaskScores, ...]
    curves: tuple[SeverityCurve, ...] = ()
    """What `sarbench robustness` found; scoring again keeps those that are still about this run's headline."""
    wordings: tuple[WordingSpread, ...] = ()
    """What `sarbench eval --prompt all` or `sarbench wordings` found; scoring again keeps those that still hold."""


SAMPLES = pa.schema(
    [
        ("id", pa.string()),
        ("sample_sha256", pa.string()),
        ("image_id", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("prompt_id", pa.string()),
        ("prompt_sha256", pa.string()),
        ("prompt", pa.string()),
        ("coords", pa.string()),
        ("perturbation", pa.string()),
        ("target", pa.string()),
        ("prediction", pa.string()),
        ("parsed", pa.string()),
        ("outcome", pa.string()),
        ("rule", pa.string()),
        ("scores", pa.map_(pa.string(), pa.float64())),
        ("seconds", pa.float64()),
        ("tokens", pa.int32()),
    ]
)
"""One line of `samples/<task>.parquet`. `target` and `parsed` are JSON objects with some of these keys:

- `labels`: list of class names; beside it `choices`, the closed list they are from (target only);
- `answer`: `yes` or `no`; `position`: a cell of the grid; `count`: number;
- `boxes`: list of `{"label": str|null, "xyxy": [4 floats], "position": str|null}`, native pixels, exclusive edges;
- `region`: the xyxy box that the question talks about (target only);
- `fields`: `{"category": str|null, "size": str|null, "position": str|null}`;
- `mentions`: list of `[category, position]`;
- `captions`: the accepted texts; `field` what they are about (target only);
- `text`: the true words or the given ones; `asks` the kind of question, `paper` whose rule scores it too (target only).

`parsed` is the string `null` where nothing could be read. `scores` are the facts that the numbers are summed up from
(`tp@0.5`, `exact`, `fn:ship`, …; see `sarbench.questions`)."""

NEVER_NULL = ("id", "sample_sha256", "prompt_id", "coords", "target", "parsed", "outcome", "scores")
"""Columns that every line fills."""
