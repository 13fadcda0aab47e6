"""`sessions.jsonl`: a line for every session of a run, with its own versions, machine, settings and questions."""

from collections.abc import Mapping, Sequence

import msgspec

from sarbench.files import write_text
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.secrets import redacted, without_secrets
from sarbench.prompts import PROMPT_VERSION
from sarbench.runs.environment import hardware, now, package_versions
from sarbench.task_data import TaskData

SESSIONS = "sessions.jsonl"


class LastSession(msgspec.Struct, frozen=True):
    """What a session asked; manifests tell it of whole tasks only."""

    prompt: str | None = None
    elsewhere: bool | None = None
    """Whether it asked rows of another split than its tasks name, as a calibration does."""
    questions: dict[str, dict[str, str]] = {}
    """Task → `asked_of` it."""


def write_session(asked: Evaluation, questions: Sequence[TaskData], *, kept: Sequence[str]) -> None:
    """Append the line of a session that begins."""
    path = asked.out / SESSIONS
    line = {
        "started": now(),
        "tasks": [spec.name for spec in asked.tasks],
        "kept": list(kept),
        "model_args": without_secrets(asked.arguments),
        "batch_size": asked.batch_size,
        "device": asked.device,
        "packages": package_versions(),
        "hardware": hardware().model_dump(),
        "command": [redacted(word) for word in asked.command],
        "prompt": asked.settings.prompt,
        "elsewhere": asked.elsewhere,
        "questions": {data.spec.name: asked_of(data) for data in questions},
    }
    before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    write_text(path, before + msgspec.json.encode(line).decode() + "\n")


def last_session(asked: Evaluation) -> LastSession:
    """Return what the last session asked; nothing where there is none that can be read."""
    try:
        return msgspec.json.decode((asked.out / SESSIONS).read_bytes().splitlines()[-1], type=LastSession)
    except (OSError, IndexError, msgspec.DecodeError, UnicodeDecodeError):
        return LastSession()


def asked_of(data: TaskData) -> dict[str, str]:
    """Return what identifies the questions of a task: where one of them differs, an answer is to something else."""
    return {"data digest": data.digest, "task version": data.spec.version, "prompt version": PROMPT_VERSION}


def changes(then: Mapping[str, str], current: Mapping[str, str]) -> str:
    """Name what differs, where both say it.

    >>> changes({"task version": "1.0", "data digest": "ab"}, {"task version": "1.1", "data digest": "ab"})
    'task version 1.0, now 1.1'
    """
    names = [name for name in current if name in then and then[name] != current[name]]
    return "; ".join(f"{name} {then[name][:12]}, now {current[name][:12]}" for name in names)
