"""One run, written by one session after another: what may be taken up, and what each session ran on."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sarbench.errors import InputError, RunError
from sarbench.files import write_text
from sarbench.lmms.evaluation import Evaluation, identity
from sarbench.lmms.model_args import model_id, redacted, without_secrets
from sarbench.prompts import PROMPT_VERSION
from sarbench.runs.environment import hardware, package_versions
from sarbench.runs.record import BackendInfo, Manifest, ModelInfo, TaskRun
from sarbench.runs.store import load_manifest, load_samples
from sarbench.task_data import TaskData

SESSIONS = "sessions.jsonl"
BEGUN = Path("parts") / "begun.json"
"""The manifest of a run of which no task is whole yet: not named `manifest.json`, because there is nothing to read."""


def begin(asked: Evaluation, questions: tuple[TaskData, ...]) -> Manifest:
    """Start a manifest, or take up the one in `out` when it is the same run; write this session down.

    Raises:
        RunError: `out` holds another run, or this one and `resume` was not asked for.
    """
    fresh = _fresh(asked)
    old = _earlier(asked.out)
    if old is not None:
        if not asked.resume:
            raise RunError(
                where=asked.out, problem="holds a run already", fix="Give --resume to go on with it, or another --out"
            )
        fresh = _resumed(asked, questions, fresh, old)
    else:
        (asked.out / SESSIONS).unlink(missing_ok=True)
    write_text(asked.out / BEGUN, fresh.model_dump_json(indent=2) + "\n")
    _write_session(asked, fresh)
    return fresh


def now() -> str:
    """Return the time as the record spells it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def noted(manifest: Manifest, *notes: str) -> Manifest:
    """Add notes that are not there yet."""
    return manifest.model_copy(update={"notes": tuple(dict.fromkeys((*manifest.notes, *notes)))})


def _fresh(asked: Evaluation) -> Manifest:
    args, began = asked.arguments, now()
    return Manifest(
        run_id=asked.out.name,
        kind="model",
        model=ModelInfo(id=model_id(asked.model, args), revision=args.get("revision")),
        backend=BackendInfo(
            name=asked.model,
            args=without_secrets(args),
            batch_size=asked.batch_size,
            device=asked.device,
            generation=asked.generation,
        ),
        coords=asked.settings.coords,
        perturbation=asked.settings.perturbation,
        seeds={"python": asked.seed, "numpy": asked.seed, "torch": asked.seed},
        packages=package_versions(),
        hardware=hardware(),
        command=redacted(asked.command),
        started=began,
        ended=began,
        tasks=(),
    )


def _earlier(out: Path) -> Manifest | None:
    """Return what an earlier session left: a manifest, or a beginning with answers."""
    if (out / "manifest.json").exists():
        return load_manifest(out)
    if not any(out.glob("parts/*/*.parquet")):
        return None
    try:
        return Manifest.model_validate_json((out / BEGUN).read_bytes())
    except (OSError, ValueError):  # the parts say themselves what they answer
        return None


def _resumed(asked: Evaluation, questions: tuple[TaskData, ...], fresh: Manifest, old: Manifest) -> Manifest:
    """Keep the finished tasks of an earlier session that asked the same questions in the same way."""
    settings: list[tuple[str, object, object]] = [
        ("model", fresh.model.id, old.model.id),
        ("backend", fresh.backend.name, old.backend.name),
        ("model_args", identity(fresh.backend.args), identity(old.backend.args)),
        ("gen_kwargs", fresh.backend.generation, old.backend.generation),
        ("coords", fresh.coords, old.coords),
        ("perturb", fresh.perturbation, old.perturbation),
        ("seed", fresh.seeds, old.seeds),
        *(("prompt", asked.settings.prompt, run.prompt_id) for run in old.tasks),
        *(("limit", asked.limit, run.limit) for run in old.tasks),
    ]
    for name, current, then in settings:
        if current != then:
            problem = f"holds a run with another {name} ({then}, now {current})"
            raise RunError(where=asked.out, problem=problem, fix="Give another --out, or the same settings")
    wanted = {data.spec.name: data for data in questions}
    kept, notes = [], []
    for run in old.tasks:
        reason = _not_kept(asked, wanted[run.task], run) if run.task in wanted else None
        if reason is None:
            kept.append(run)
        else:
            notes.append(f"{run.task} was asked again: {reason}")
    notes += _differences(fresh, old)
    return noted(old.model_copy(update={"tasks": tuple(kept), "command": fresh.command}), *notes)


def _not_kept(asked: Evaluation, data: TaskData, run: TaskRun) -> str | None:
    """Return why a finished task is asked again; None where it is kept."""
    if run.data_digest != data.digest:
        return "its data was built anew and differs"
    if (run.version, run.prompt_version) != (data.spec.version, PROMPT_VERSION):
        return "the task or its prompts have another version"
    try:
        lines = int(load_samples(asked.out, run.task).num_rows)
    except (RunError, InputError) as error:
        return f"{error.problem} ({Path(error.where or '').name})"
    if lines != run.done:
        return f"its samples file holds {lines} of {run.done} answers"
    if run.failed and any(asked.parts(run.task).glob("*.parquet")):
        return f"{run.failed} of its answers had failed; only those were asked"
    return None


def _differences(fresh: Manifest, old: Manifest) -> list[str]:
    """Say what this session runs on that the first did not."""
    then_and_now = [_conditions(old), _conditions(fresh)]
    names = dict.fromkeys((*then_and_now[0], *then_and_now[1]))
    pairs = {name: [conditions.get(name, "none") for conditions in then_and_now] for name in names}
    changed = [f"{name} {then} → {current}" for name, (then, current) in pairs.items() if then != current]
    return [f"session of {fresh.started}: {', '.join(changed)}"] if changed else []


def _conditions(manifest: Manifest) -> dict[str, str]:
    """Return what may change an answer and may differ between sessions."""
    return {
        "batch size": str(manifest.backend.batch_size),
        "GPU": ", ".join(manifest.hardware.gpus) or "none",
        "CPU": manifest.hardware.cpu,
        **manifest.packages,
    }


def _write_session(asked: Evaluation, manifest: Manifest) -> None:
    """Append a line to `sessions.jsonl`: every session with its own versions, machine and batch size."""
    path = asked.out / SESSIONS
    line = {
        "started": now(),
        "tasks": [spec.name for spec in asked.tasks],
        "kept": [run.task for run in manifest.tasks],
        "batch_size": asked.batch_size,
        "device": asked.device,
        "packages": package_versions(),
        "hardware": hardware().model_dump(),
        "command": redacted(asked.command),
    }
    before = path.read_text() if path.exists() else ""
    write_text(path, before + msgspec.json.encode(line).decode() + "\n")
