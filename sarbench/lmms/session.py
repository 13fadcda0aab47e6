"""One run, written by one session after another: what may be taken up, and what each session ran on."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sarbench.catalogue import TaskSpec
from sarbench.errors import InputError, RunError
from sarbench.files import write_text
from sarbench.lmms.evaluation import Evaluation, identity
from sarbench.lmms.job import Event, Noted, Started
from sarbench.lmms.model_args import model_id
from sarbench.lmms.model_info import model_info, taken_up
from sarbench.lmms.secrets import redacted, without_secrets
from sarbench.lmms.session_log import SESSIONS, LastSession, asked_of, changes, last_session, write_session
from sarbench.runs.environment import hardware, now, package_versions
from sarbench.runs.record import BackendInfo, Manifest, TaskRun
from sarbench.runs.stamp import contradiction, stamp_of
from sarbench.runs.store import load_manifest, load_samples, samples_path
from sarbench.runs.weights import is_exact
from sarbench.task_data import TaskData

BEGUN = Path("parts") / "begun.json"
"""The manifest of a run of which no task is whole yet: not named `manifest.json`, because there is nothing to read."""


class Begun(NamedTuple):
    """A session that may ask now."""

    manifest: Manifest
    """With every earlier task whose samples can be read."""
    again: frozenset[str]
    """Those of them that are asked again; their earlier runs are the record until they are replaced."""


def begin(
    asked: Evaluation,
    questions: tuple[TaskData, ...],
    *,
    listen: Callable[[TaskSpec, Event], None] = lambda spec, event: None,
) -> Begun:
    """Start a manifest, or take up the one in `out` when it is the same run; write this session down.

    Args:
        asked: What is asked for.
        questions: The built data of its tasks.
        listen: Hears of every task whose earlier answers are of no use any more, and why.

    Raises:
        RunError: `out` holds another run, or this one and `resume` was not asked for.
    """
    fresh = _fresh(asked)
    old, again = _earlier(asked.out), frozenset[str]()
    if old is not None:
        if not asked.resume:
            raise RunError(
                where=asked.out, problem="holds a run already", fix="Give --resume to go on with it, or another --out"
            )
        fresh, again = _resumed(asked, questions, fresh, old, listen)
    else:
        (asked.out / SESSIONS).unlink(missing_ok=True)
    write_text(asked.out / BEGUN, fresh.model_dump_json(indent=2) + "\n")
    write_session(asked, questions, kept=[run.task for run in fresh.tasks if run.task not in again])
    return Begun(fresh, again)


def with_loaded(manifest: Manifest, started: Started) -> Manifest:
    """Take up what a worker has learned of the weights, unless earlier tasks are of weights that nobody wrote down."""
    if started.revision is None or is_exact(manifest.model.revision) or manifest.tasks:
        return manifest
    model = manifest.model.model_copy(update={"revision": started.revision})
    return manifest.model_copy(update={"model": model})


def noted(manifest: Manifest, *notes: str) -> Manifest:
    """Add notes that are not there yet."""
    return manifest.model_copy(update={"notes": tuple(dict.fromkeys((*manifest.notes, *notes)))})


def _fresh(asked: Evaluation) -> Manifest:
    args, began = asked.arguments, now()
    return Manifest(
        run_id=asked.out.resolve().name,
        kind="model",
        model=model_info(asked.model, args, asked.told),
        backend=BackendInfo(
            name=asked.model,
            args=without_secrets(args),
            batch_size=asked.batch_size,
            device=asked.device,
            generation=without_secrets(asked.generation),
        ),
        coords=asked.settings.coords,
        perturbation=asked.settings.perturbation,
        history=asked.settings.history,
        seeds={"python": asked.seed, "numpy": asked.seed, "torch": asked.seed},
        packages=package_versions(),
        hardware=hardware(),
        command=tuple(map(redacted, asked.command)),
        started=began,
        ended=began,
        tasks=(),
        notes=asked.notes,
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


def _resumed(
    asked: Evaluation,
    questions: tuple[TaskData, ...],
    fresh: Manifest,
    old: Manifest,
    listen: Callable[[TaskSpec, Event], None],
) -> Begun:
    """Keep the finished tasks of an earlier session that asked the same questions in the same way."""
    last = last_session(asked)
    settings: list[tuple[str, object, object]] = [
        ("model", *_names(asked, old)),
        ("state of the weights", *_weights(fresh, old)),
        ("backend", fresh.backend.name, old.backend.name),
        ("model_args", identity(fresh.backend.args), identity(old.backend.args)),
        ("server", _served(fresh), _served(old)),
        ("gen_kwargs", fresh.backend.generation, old.backend.generation),
        ("coords", fresh.coords, old.coords),
        ("perturb", fresh.perturbation, old.perturbation),
        ("history", fresh.history, old.history),
        ("seed", fresh.seeds, old.seeds),
        ("prompt", asked.settings.prompt, last.prompt or asked.settings.prompt),
        ("split", *_splits(asked, old, last)),
        *(("prompt", asked.settings.prompt, run.prompt_id) for run in old.tasks),
        *(("limit", asked.limit, run.limit) for run in old.tasks),
    ]
    for name, current, then in settings:
        if current != then:
            problem = f"holds a run with another {name} ({then}, now {current})"
            raise RunError(where=asked.out, problem=problem, fix="Give another --out, or the same settings")
    dropped = {data.spec.name: reason for data in questions if (reason := _not_kept(asked, data, old, last))}
    for data in questions:
        if data.spec.name in dropped:
            listen(data.spec, Noted(f"asked again: {dropped[data.spec.name]}"))
    notes = [f"{task} was asked again: {reason}" for task, reason in dropped.items()]
    kept = tuple(run for run in old.tasks if run.task not in dropped or _unreadable(asked, run) is None)
    model, taken_back = taken_up(old.model, fresh.model, asked.told)
    if not is_exact(model.revision) and not kept:
        model = model.model_copy(update={"revision": fresh.model.revision})
    notes += [*taken_back, *_differences(fresh, old)]
    again = frozenset(dropped) & {run.task for run in kept}
    asks = {data.spec.name for data in questions} - {run.task for run in kept} | again
    command = fresh.command if asks else old.command  # the one behind the answers
    manifest = old.model_copy(update={"model": model, "tasks": kept, "command": command})
    return Begun(noted(manifest, *notes), again)


def _served(manifest: Manifest) -> str:
    """Say whether a server was named: it may move, but the one that a backend has by itself is another."""
    return "named by base_url" if "base_url" in manifest.backend.args else "the one of the backend"


def _names(asked: Evaluation, old: Manifest) -> tuple[str, str]:
    """Return how this session and the earlier ones call the model: as it was told, or by where it lies."""
    if asked.told.id is not None:
        return asked.told.id, old.model.id
    return model_id(asked.model, asked.arguments), model_id(old.backend.name, dict(old.backend.args))


def _splits(asked: Evaluation, old: Manifest, last: LastSession) -> tuple[str, str]:
    """Name the rows that this session and the earlier ones ask: those that a calibration asks are no task's own."""
    kinds = {False: "the tasks' own", True: "one to calibrate on"}
    if last.elsewhere is not None and last.elsewhere != asked.elsewhere:
        return kinds[asked.elsewhere], kinds[last.elsewhere]
    splits = {spec.name: spec.splits for spec in asked.tasks}
    other = next((run for run in old.tasks if run.split not in splits.get(run.task, (run.split,))), None)
    return (" or ".join(splits[other.task]), other.split) if other else ("", "")


def _weights(fresh: Manifest, old: Manifest) -> tuple[str | None, str | None]:
    """Return the states of the weights where both are known; a branch is no state."""
    states = fresh.model.revision, old.model.revision
    return states if all(map(is_exact, states)) else (None, None)


def _not_kept(asked: Evaluation, data: TaskData, old: Manifest, last: LastSession) -> str | None:
    """Return why earlier answers to a task are of no use; None where they are kept, or there are none."""
    for run in old.tasks:
        if run.task == data.spec.name:
            return _not_kept_whole(asked, data, run)
    begun = last.questions.get(data.spec.name, {})
    return changes(begun, asked_of(data)) if any(asked.parts(data.spec.name).glob("*.parquet")) else None


def _not_kept_whole(asked: Evaluation, data: TaskData, run: TaskRun) -> str | None:
    then = {"data digest": run.data_digest, "task version": run.version, "prompt version": run.prompt_version}
    if changed := changes(then, asked_of(data)):
        return changed
    if unreadable := _unreadable(asked, run):
        return unreadable
    if run.failed and any(asked.parts(run.task).glob("*.parquet")):
        return f"{run.failed} of its answers had failed; only those were asked"
    return None


def _unreadable(asked: Evaluation, run: TaskRun) -> str | None:
    """Return why the samples of a task are no record of it."""
    try:
        lines = int(load_samples(asked.out, run.task).num_rows)
    except (RunError, InputError) as error:
        return f"{error.problem} ({Path(error.where or '').name})"
    if lines != run.done:
        return f"its samples file holds {lines} of {run.done} answers"
    return contradiction(stamp_of(samples_path(asked.out, run.task)), run)


def _differences(fresh: Manifest, old: Manifest) -> list[str]:
    """Say what this session runs on that the first did not."""
    then_and_now = [_conditions(old), _conditions(fresh)]
    names = dict.fromkeys((*then_and_now[0], *then_and_now[1]))
    pairs = {name: [conditions.get(name, "none") for conditions in then_and_now] for name in names}
    changed = [f"{name} {then} → {current}" for name, (then, current) in pairs.items() if then != current]
    return [f"session of {fresh.started}: {', '.join(changed)}"] if changed else []


def _conditions(manifest: Manifest) -> dict[str, str]:
    """Return what may change an answer and may differ between sessions."""
    address = manifest.backend.args.get("base_url")
    return {
        **({"address": address} if address else {}),
        "batch size": str(manifest.backend.batch_size),
        "GPU": ", ".join(manifest.hardware.gpus) or "none",
        "CPU": manifest.hardware.cpu,
        **manifest.packages,
    }
