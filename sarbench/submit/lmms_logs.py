"""The logs of a plain `lmms-eval` run of sarbench's tasks, as a run record.

`lmms-eval --output_path DIR --log_samples` leaves `<date>_results.json` and one `<date>_samples_<task>.jsonl` a task
(lmms-eval 0.7.3, `loggers/evaluation_tracker.py`). What they do not say is taken from the data built here (how many
samples there are, whether they are simulated); what nobody knows, such as the machine, is recorded as unknown.

`sarbench submit LOGS` makes such a record on its way to the leaderboard. For a run of one's own,
`python -m sarbench.submit LOGS --out RUN` leaves it in a folder.
"""

import math
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.errors import InputError
from sarbench.lmms.model_args import model_id, parse_model_args
from sarbench.lmms.secrets import without_secrets
from sarbench.runs.record import BackendInfo, Hardware, Manifest, ModelInfo, TaskRun
from sarbench.runs.samples import to_table
from sarbench.runs.scoring import rescore_run
from sarbench.runs.store import save_manifest, save_samples
from sarbench.submit.logged_lines import read_logged
from sarbench.task_data import TaskData, task_data

_RESULTS = "_results.json"
_SINGAPORE = timezone(timedelta(hours=8))
"""lmms-eval's clock unless --timezone says otherwise (`utils.get_datetime_str`)."""

_UNKNOWN = Hardware(cpu="unknown", cores=0, memory_gib=0.0)
_NOTE = "made from the logs of a plain lmms-eval run: machine, package versions and weights' revision are not in them"


def is_lmms_logs(source: Path) -> bool:
    """Tell the logs of lmms-eval from a run's folder."""
    return not (source / "manifest.json").exists() and bool(_results_files(source))


def record_of_logs(source: Path, to: Path) -> Path:
    """Write the run record of a plain lmms-eval run.

    Args:
        source: What `--output_path` named, a folder under it, or a `…_results.json` in it.
        to: Folder of the run record; it need not exist.

    Returns:
        `to`.

    Raises:
        InputError: Something that a record needs is missing or broken (the message names it), the data of a task are
            not built here, or there are the logs of several runs.
    """
    path = _the_results(source)
    results = _decoded(path)
    specs = read_catalogue().tasks
    configs = results.get("configs")
    asked = [specs[name] for name in configs if name in specs] if isinstance(configs, dict) else []
    if not asked:
        raise InputError(
            where=path,
            problem="is about no task of sarbench",
            fix="Give lmms-eval `--tasks sarbench_…`; see the README",
        )
    try:
        return _record(path, results, asked, to)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        problem = f"is not what lmms-eval 0.7 writes ({type(error).__name__}: {error})"
        raise InputError(where=path, problem=problem, fix="Evaluate again with lmms-eval 0.7.3") from error


def run_of_logs(source: Path, out: Path) -> Path:
    """Write the scored run of a plain lmms-eval run, whole or not at all.

    Args:
        source: As in `record_of_logs`.
        out: Folder of the run; it must not exist.

    Raises:
        InputError: `out` exists, or what `record_of_logs` finds.
    """
    if out.exists():
        raise InputError(where=out, problem="is there already", fix="Give another --out")
    temporary = out.with_name(f".{out.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        rescore_run(record_of_logs(source, temporary))  # what the logs say of scores is not believed
        temporary.replace(out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return out


def _record(path: Path, results: Mapping[str, Any], asked: list[TaskSpec], to: Path) -> Path:
    config = results["config"]
    began = _began(results)
    ended = began + timedelta(seconds=float(results.get("total_evaluation_time_seconds") or 0.0))
    runs, conventions, perturbations, histories = [], set(), set(), set()
    for spec in asked:
        file = path.with_name(f"{path.name.removesuffix(_RESULTS)}_samples_{spec.name}.jsonl")
        lines = read_logged(file, spec.family)
        data = task_data(spec)
        save_samples(to, spec.name, to_table(lines), data_digest=data.digest)
        conventions |= {line["coords"] for line in lines} - {""}
        perturbations |= {line["perturbation"] for line in lines if line["coords"]}
        histories |= {line["history"] for line in lines if line["coords"]}
        _check_one_prompt(lines, file)
        runs.append(_task_run(data, results, lines, began, ended))
    if max(len(conventions), len(perturbations), len(histories)) > 1:
        said = ", ".join(sorted(map(str, conventions | perturbations | histories)))
        fix = "Evaluate again with one SARBENCH_COORDS, SARBENCH_PERTURB and SARBENCH_HISTORY for all tasks"
        problem = f"has more than one convention, perturbation or history ({said})"
        raise InputError(where=path, problem=problem, fix=fix)
    args = parse_model_args(config.get("model_args") or "")
    version = str(results.get("lmms_eval_version") or "unknown")
    manifest = Manifest(
        run_id=f"lmms-eval-{results['date']}",
        kind="model",
        model=ModelInfo(id=model_id(config["model"], args), revision=args.get("revision")),
        backend=BackendInfo(
            name=config["model"],
            args=without_secrets(args),
            batch_size=int(config["batch_size"]) if str(config.get("batch_size")).isdigit() else None,
            device=config.get("device"),
            generation={key: str(value) for key, value in (config.get("gen_kwargs") or {}).items()},
        ),
        coords=next(iter(conventions), "pixel"),
        perturbation=next(iter(perturbations), None),
        history=next(iter(histories), "none"),
        seeds={
            name: config[f"{name}_seed"]
            for name in ("random", "numpy", "torch")
            if config.get(f"{name}_seed") is not None
        },
        packages={} if "unknown" in version else {"lmms-eval": version},
        hardware=_UNKNOWN,
        command=(),
        started=_written(began),
        ended=_written(ended),
        tasks=tuple(runs),
        notes=(_NOTE,),
    )
    save_manifest(to, manifest)
    return to


def _task_run(
    data: TaskData, results: Mapping[str, Any], lines: list[dict[str, Any]], began: datetime, ended: datetime
) -> TaskRun:
    config = results["configs"][data.spec.name]
    tokens = [line["tokens"] for line in lines]
    limit = results["config"].get("limit")
    generation = {key: str(value) for key, value in (config.get("generation_kwargs") or {}).items()}
    run = data.run(
        prompt=next((line["prompt_id"] for line in lines if line["prompt_id"]), "unknown"),
        done=len(lines),
        failed=sum(line["outcome"] == "failed" for line in lines),
        started=began,
        limit=None if limit in (None, -1) else _asked_rows(limit, data.rows),
        generated_tokens=None if None in tokens else sum(tokens),
        generation=generation,
    )
    said = config["metadata"]
    update = {
        "version": str(results["versions"][data.spec.name]),
        "prompt_version": str(said["prompt_version"]),
        "ended": _written(ended),
        "seconds": round((ended - began).total_seconds(), 2),
    }
    return run.model_copy(update=update)


def _asked_rows(limit: float | str, rows: int) -> int:
    """Return how many rows `--limit` asks: a number below 1 is a share (lmms-eval 0.7.3, `get_sample_size`).

    >>> _asked_rows(10, 31), _asked_rows(0.3, 31), _asked_rows("5", 31)
    (10, 10, 5)
    """
    number = float(limit)
    return math.ceil(rows * number) if 0 < number < 1 else int(number)


def _check_one_prompt(lines: list[dict[str, Any]], file: Path) -> None:
    prompts = sorted({line["prompt_id"] for line in lines if line["prompt_id"]})
    if len(prompts) > 1:
        problem = f"was asked with more than one prompt ({', '.join(prompts)})"
        raise InputError(where=file, problem=problem, fix="Evaluate again with one SARBENCH_PROMPT")


def _results_files(source: Path) -> list[Path]:
    if source.is_file():
        return [source] if source.name.endswith(_RESULTS) else []
    return sorted(source.rglob(f"*{_RESULTS}"))


def _the_results(source: Path) -> Path:
    found = _results_files(source)
    if not found:
        fix = "Read what lmms-eval printed: it exits with 0 even when it failed. Give what its --output_path named"
        raise InputError(where=source, problem="holds no results of lmms-eval", fix=fix)
    if len(found) > 1:
        problem = f"holds the results of {len(found)} lmms-eval runs"
        raise InputError(where=source, problem=problem, fix=f"Give one of the files …{_RESULTS} in it")
    return found[0]


def _decoded(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(where=path, problem=f"is not JSON ({error})", fix="Evaluate again") from error


def _began(results: Mapping[str, Any]) -> datetime:
    name = (results["config"].get("resolved_cli_args") or {}).get("timezone") or "Asia/Singapore"
    zone = _SINGAPORE if name == "Asia/Singapore" else ZoneInfo(name)
    return datetime.strptime(results["date"], "%Y%m%d_%H%M%S").replace(tzinfo=zone)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
