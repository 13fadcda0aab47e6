"""What a judge said of a run's answers: `verdicts.json` and `verdicts/<task>.parquet` in the run's folder.

A pass judges one protocol: what sarbench's rules leave undecided (`strict`), or what a paper leaves to a language model
(`paper`). Each task has one judge a protocol, pinned by the name that its server reported and the hash of its prompt;
verdicts of two judges never make one number.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from sarbench.errors import InputError
from sarbench.files import replacing, write_text
from sarbench.runs.replies import FORMS, read_reply, was_unread

Protocol = Literal["strict", "paper"]

VERDICTS = pa.schema(
    [
        ("id", pa.string()),
        ("protocol", pa.string()),
        ("sample_sha256", pa.string()),
        ("prediction_sha256", pa.string()),
        ("verdict", pa.bool_()),
        ("reply", pa.string()),
        ("why", pa.string()),
        ("model", pa.string()),
        ("prompt_sha256", pa.string()),
        ("key", pa.string()),
    ]
)
"""One line for every answer that was put to a judge, or should have been.

`verdict` is null where the reply could not be read, and where there is none (`reply` is null too, `why` says why).
`key` is that of the cache."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class JudgeInfo(_Record):
    """Who judged: verdicts with another one of these are not comparable."""

    model: str
    """Name that the server reported with its replies."""
    requested: str
    """Name that it was asked by."""
    base_url: str
    prompt_id: str
    prompt_version: str
    prompt_sha256: str
    sampling: str
    """Sampling parameters as the server got them, a JSON object."""

    @property
    def label(self) -> str:
        """Who judged, for a line of a table."""
        return f"judge {self.model}, prompt {self.prompt_id} {self.prompt_version} ({self.prompt_sha256[:8]})"

    def is_same_as(self, other: "JudgeInfo") -> bool:
        """Whether both give the same verdicts: the address of the server does not matter."""
        return self.model_copy(update={"base_url": other.base_url}) == other


class TaskVerdicts(_Record):
    """What became of the answers to one task under one protocol."""

    task: str
    protocol: Protocol
    judge: JudgeInfo
    questions: Literal["rows", "prompts"]
    """Where the judge had the questions from: the authors' words in the built rows, or the prompts as they were sent,
    where the data of the run is not built."""
    answers: int
    """Answers that are scored."""
    right_by_rule: int
    undecided: int
    """Answers that the rules left to the judge: the sum of the next four."""
    right: int
    wrong: int
    unparsable: int
    """Replies that are neither yes nor no."""
    unjudged: int
    """Answers without a reply."""
    accuracy_low: float | None
    """With unparsable and unjudged answers as wrong; None where nothing is scored."""
    accuracy_high: float | None
    """With unparsable and unjudged answers as right."""
    written: str
    """ISO 8601 in UTC."""

    @property
    def unparsable_said(self) -> str:
        """What to do about replies that are no verdicts: the cache gives the same ones again."""
        return (
            f"replies that are no verdict: {self.unparsable}, and asking again gets the same ones; take another "
            "--judge-model, or other sampling with --extra-body (a model that thinks first needs more max_tokens)"
        )


class VerdictsFile(_Record):
    """The content of `verdicts.json`."""

    record_version: Literal["1"] = "1"
    sarbench_version: str
    tasks: tuple[TaskVerdicts, ...] = ()


@dataclass(frozen=True)
class Spoken:
    """The verdicts of one judge on one task under one protocol."""

    summary: TaskVerdicts
    verdicts: Mapping[str, tuple[str, str, bool]]
    """Id → hash of the sample, hash of the answer, verdict; answers without a verdict are not in it."""

    @property
    def again(self) -> str:
        """How the verdicts that are missing can be had."""
        once_more = ["run `sarbench judge` again"] if self.summary.unjudged or not self.summary.unparsable else []
        return "; ".join([*once_more, *([self.summary.unparsable_said] if self.summary.unparsable else [])])

    @property
    def label(self) -> str:
        """Who judged."""
        return self.summary.judge.label

    def on(self, sample_id: str, sample_sha256: str | None, prediction: str) -> bool | None:
        """Return the verdict on an answer; None where there is none, or where it is about another answer."""
        found = self.verdicts.get(sample_id)
        if found is None or found[:2] != (sample_sha256, text_sha256(prediction)):
            return None
        return found[2]


@dataclass(frozen=True)
class Given:
    """Verdicts that a caller gives by hand, of a judge that sarbench knows nothing about."""

    verdicts: Mapping[str, bool]
    """Id → verdict."""

    again: ClassVar[str] = "give verdicts on the others too"
    label: ClassVar[str] = "verdicts given"

    def on(self, sample_id: str, sample_sha256: str | None, prediction: str) -> bool | None:
        """Return the verdict on an answer; None where there is none."""
        return self.verdicts.get(sample_id)


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def load_spoken(folder: Path, task: str) -> dict[str, Spoken]:
    """Return protocol → verdicts on a task; empty where nothing was judged.

    Lines of another judge than the one in `verdicts.json`, as a pass that was killed may leave them, are passed over.

    Raises:
        InputError: A file cannot be read as such, or a verdict is not the one of its reply.
    """
    of_task = {found.protocol: found for found in load_file(folder).tasks if found.task == task}
    if not of_task:
        return {}
    held: dict[str, dict[str, tuple[str, str, bool]]] = {protocol: {} for protocol in of_task}
    for line in load_lines(folder, task):
        judge = of_task[line["protocol"]].judge if line["protocol"] in of_task else None
        by = (line["model"], line["prompt_sha256"])
        if judge is None or by != (judge.model, judge.prompt_sha256):
            continue
        said = None if line["reply"] is None else read_reply(line["reply"], FORMS[line["protocol"]])
        if line["verdict"] is None and was_unread(line["reply"]):
            continue
        if said is not line["verdict"]:
            problem = f"has another verdict on {line['id']!r} than its reply gives"
            raise InputError(where=folder / "verdicts" / f"{task}.parquet", problem=problem, fix=_AGAIN)
        if said is None:
            continue
        held[line["protocol"]][line["id"]] = (line["sample_sha256"], line["prediction_sha256"], said)
    return {protocol: Spoken(found, held[protocol]) for protocol, found in of_task.items()}


def load_file(folder: Path) -> VerdictsFile:
    """Read `verdicts.json` of a run; an empty record where there is none."""
    path = folder / "verdicts.json"
    try:
        return VerdictsFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return VerdictsFile(sarbench_version="")
    except ValidationError as error:
        problem = f"is no record of a judge ({error.errors()[0]['msg']})"
        raise InputError(where=path, problem=problem, fix=_AGAIN) from error


def save_file(folder: Path, content: VerdictsFile) -> None:
    """Write `verdicts.json`."""
    write_text(folder / "verdicts.json", content.model_dump_json(indent=2) + "\n")


def load_lines(folder: Path, task: str) -> list[dict[str, Any]]:
    """Read `verdicts/<task>.parquet`; no lines where there is no such file."""
    path = folder / "verdicts" / f"{task}.parquet"
    if not path.exists():
        return []
    try:
        table = pq.read_table(path, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise InputError(where=path, problem=f"cannot be read ({error})", fix=_AGAIN) from error
    if not table.schema.equals(VERDICTS):
        raise InputError(where=path, problem="has other columns than a record of verdicts", fix=_AGAIN)
    lines: list[dict[str, Any]] = table.to_pylist()
    return lines


def save_lines(folder: Path, task: str, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write `verdicts/<task>.parquet`."""
    with replacing(folder / "verdicts" / f"{task}.parquet") as path:
        pq.write_table(pa.Table.from_pylist(list(lines), schema=VERDICTS), path, compression="zstd")


_AGAIN = "Delete it and run `sarbench judge` again; verdicts that were given are kept in its cache"
