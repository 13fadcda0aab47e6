"""`sarbench eval`: a model and a list of tasks in, a run record out.

One worker process per task; the manifest is written after each, so that a run that is stopped goes on with `resume`
where it was. lmms-eval's exit code says nothing, so what counts is what lies on disk: as many answers as questions,
each once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from sarbench import paths
from sarbench.catalogue import TaskSpec
from sarbench.errors import MissingExtraError, RunError
from sarbench.files import locked
from sarbench.hub.lookup import rows
from sarbench.lmms.job import Event, Job, Started
from sarbench.lmms.model_args import model_id, parse_model_args, redacted, require_files, without_secrets
from sarbench.lmms.process import check_answers, run_worker
from sarbench.lmms.settings import Settings
from sarbench.prompts import PROMPT_VERSION
from sarbench.runs.environment import hardware, package_versions
from sarbench.runs.record import BackendInfo, Manifest, ModelInfo, TaskRun
from sarbench.runs.scoring import score_run
from sarbench.runs.store import load_manifest, load_samples, samples_path, save_manifest
from sarbench.task_data import TaskData, task_data

Listener = Callable[[TaskSpec, Event], None]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What `sarbench eval` was asked for; the names are lmms-eval's own flags."""

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


def evaluate(asked: Evaluation, *, listen: Listener = lambda spec, event: None) -> Manifest:
    """Evaluate a model on every task and write the run record, scores included.

    Raises:
        MissingExtraError: lmms-eval is not installed.
        InputError: The data of a task is not built, or a model folder is not there. Nothing was started.
        RunError: `out` holds another run, or a task broke; what was done before it is kept.
    """
    questions = preflight(asked)
    asked.out.mkdir(parents=True, exist_ok=True)
    with locked(asked.out, problem="is being written by another evaluation"):
        return _evaluate(asked, questions, listen)


def _evaluate(asked: Evaluation, questions: tuple[TaskData, ...], listen: Listener) -> Manifest:
    manifest = _begin(asked, questions)
    done = {run.task for run in manifest.tasks}
    broken: list[str] = []
    try:
        for data in questions:
            if data.spec.name in done:
                continue
            try:
                manifest = _with_task(manifest, *_run_task(asked, data, listen))
            except RunError as error:
                broken.append(f"{error.problem} (see {error.where})")
                continue
            save_manifest(asked.out, manifest)
    finally:  # a run that is stopped is a scored record of what it did
        if manifest.tasks:
            score_run(asked.out)
    if broken:
        raise RunError(
            where=asked.out,
            problem=f"{len(broken)} of {len(questions)} tasks broke: " + "; ".join(broken),
            fix="Read the logs, mend the cause and run the same command with --resume: finished tasks are kept",
        )
    return manifest


def preflight(asked: Evaluation) -> tuple[TaskData, ...]:
    """Check everything that can be checked before a model is loaded; return the data of each task."""
    if find_spec("lmms_eval") is None:
        raise MissingExtraError(
            where="lmms-eval", problem="is not installed", fix='Install it with `pip install "sarbench[eval]"`'
        )
    require_files(parse_model_args(asked.model_args))
    parse_model_args(asked.gen_kwargs or "", option="--gen_kwargs")
    return tuple(task_data(spec) for spec in asked.tasks)


def _begin(asked: Evaluation, questions: tuple[TaskData, ...]) -> Manifest:
    """Start a manifest, or take up the one in `out` when it is the same run."""
    args = parse_model_args(asked.model_args)
    now = _now()
    fresh = Manifest(
        run_id=asked.out.name,
        kind="model",
        model=ModelInfo(id=model_id(asked.model, args), revision=args.get("revision")),
        backend=BackendInfo(
            name=asked.model,
            args=without_secrets(args),
            batch_size=asked.batch_size,
            device=asked.device,
            generation=parse_model_args(asked.gen_kwargs or "", option="--gen_kwargs"),
        ),
        coords=asked.settings.coords,
        perturbation=asked.settings.perturbation,
        seeds={"python": asked.seed, "numpy": asked.seed, "torch": asked.seed},
        packages=package_versions(),
        hardware=hardware(),
        command=redacted(asked.command),
        started=now,
        ended=now,
        tasks=(),
    )
    if not (asked.out / "manifest.json").exists():
        return fresh
    if not asked.resume:
        raise RunError(
            where=asked.out, problem="holds a run already", fix="Give --resume to go on with it, or another --out"
        )
    return _resumed(asked, questions, fresh, load_manifest(asked.out))


def _resumed(asked: Evaluation, questions: tuple[TaskData, ...], fresh: Manifest, old: Manifest) -> Manifest:
    """Keep the finished tasks of an earlier run that asked the same questions in the same way."""
    settings: list[tuple[str, object, object]] = [
        ("model", fresh.model.id, old.model.id),
        ("backend", fresh.backend.name, old.backend.name),
        ("model_args", fresh.backend.args, old.backend.args),
        ("gen_kwargs", fresh.backend.generation, old.backend.generation),
        ("coords", fresh.coords, old.coords),
        ("perturb", fresh.perturbation, old.perturbation),
        ("seed", fresh.seeds, old.seeds),
        *(("prompt", asked.settings.prompt, run.prompt_id) for run in old.tasks),
        *(("limit", asked.limit, run.limit) for run in old.tasks),
    ]
    for name, now, then in settings:
        if now != then:
            problem = f"holds a run with another {name} ({then}, now {now})"
            raise RunError(where=asked.out, problem=problem, fix="Give another --out, or the same settings")
    wanted = {data.spec.name: data for data in questions}
    kept = tuple(run for run in old.tasks if run.task not in wanted or _same_task(asked, wanted[run.task], run))
    return old.model_copy(update={"tasks": kept, "command": fresh.command})


def _same_task(asked: Evaluation, data: TaskData, run: TaskRun) -> bool:
    return (
        run.data_digest == data.digest
        and run.version == data.spec.version
        and run.prompt_version == PROMPT_VERSION
        and _has_answers(asked.out, run)
    )


def _has_answers(out: Path, run: TaskRun) -> bool:
    try:
        return bool(load_samples(out, run.task).num_rows == run.done)
    except RunError:
        return False


def _with_task(manifest: Manifest, run: TaskRun, started: Started) -> Manifest:
    """Add a finished task, and what its worker learned of the model."""
    model = manifest.model.model_copy(update={"parameters": started.parameters or manifest.model.parameters})
    known = {"dtype": started.dtype or manifest.backend.dtype, "device": started.device or manifest.backend.device}
    others = tuple(task for task in manifest.tasks if task.task != run.task)
    return manifest.model_copy(
        update={
            "model": model,
            "backend": manifest.backend.model_copy(update=known),
            "tasks": (*others, run),
            "ended": run.ended,
        }
    )


def _run_task(asked: Evaluation, data: TaskData, listen: Listener) -> tuple[TaskRun, Started]:
    """Ask one task in a process of its own and check what it left."""
    spec = data.spec
    began = datetime.now(UTC)
    log = asked.out / "logs" / f"{spec.name}.log"
    out = samples_path(asked.out, spec.name)
    out.unlink(missing_ok=True)
    job = Job(
        task=spec.name,
        tasks_folder=str(paths.tasks()),
        model=asked.model,
        model_args=asked.model_args,
        batch_size=asked.batch_size,
        device=asked.device,
        gen_kwargs=asked.gen_kwargs,
        limit=asked.limit,
        seed=asked.seed,
        out=str(out),
    )
    started, finished = run_worker(job, asked.settings, log=log, listen=lambda event: listen(spec, event))
    table = load_samples(asked.out, spec.name)
    asked_rows = rows(data.folder, spec.config, spec.split, columns=["sample_sha256"])
    expected = [row["sample_sha256"] for row in islice(asked_rows, asked.limit)]
    check_answers(table, expected, task=spec.name, log=log)
    run = data.run(
        prompt=asked.settings.prompt,
        done=table.num_rows,
        failed=table.column("outcome").to_pylist().count("failed"),
        started=began,
        limit=asked.limit,
        generated_tokens=finished.generated_tokens,
        generation=finished.generation,
    )
    return run, started


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
