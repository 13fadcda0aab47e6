"""Parts of a split as work for Ray Data, on a cluster or on this machine."""

import importlib.util
import logging
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import ModuleType
from typing import Any

from sarbench.build.engines.local import Engine
from sarbench.build.layout import Look, Survey, survey
from sarbench.build.parts import SplitJob, Tick, write_part
from sarbench.errors import InputError, MissingExtraError, RunError
from sarbench.sources import OpenSplit, Report

_OBJECT_STORE_BYTES = 100_000_000
"""For a cluster of our own: only numbers of parts travel."""

_FIX = 'Install it with `pip install "sarbench[ray]"`, or build with --engine local --workers N'


def ray_engine(*, workers: int) -> AbstractContextManager[Engine]:
    """Have splits looked at by Ray tasks and parts written by Ray actors, which open a split once; each takes a CPU.

    An existing connection is used, or the cluster that `RAY_ADDRESS` names; else a cluster of this machine is started
    and stopped. All nodes must have sarbench, and must see the authors' files and the built folder under the same
    paths.

    Args:
        workers: Number of actors.

    Raises:
        MissingExtraError: Ray is not installed, or lacks what its Data library needs.
    """
    return _engine(_import_ray(), workers)


def _import_ray() -> ModuleType:
    if importlib.util.find_spec("ray") is None:
        raise MissingExtraError(where="--engine ray", problem="Ray is not installed", fix=_FIX)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what goes wrong comes back as an exception
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # silences a notice about GPUs that nobody uses
    try:
        import ray
        import ray.data
    except ImportError as error:  # `pip install ray` alone has no Data library
        raise MissingExtraError(where="--engine ray", problem=f"Ray Data cannot be used ({error})", fix=_FIX) from error
    module: ModuleType = ray
    return module


@contextmanager
def _engine(ray: ModuleType, workers: int) -> Iterator[Engine]:
    def run(job: SplitJob, parts: Sequence[int], tick: Tick, done: Callable[[int], Any]) -> None:
        _run(ray, job, parts, done, actors=min(workers, len(parts)))

    with _cluster(ray, workers):
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        yield Engine(lambda looks: _survey(ray, looks), run)


def _survey(ray: ModuleType, looks: Sequence[Look]) -> list[Survey | InputError]:
    """Look at splits on the cluster, in processes that end with the look.

    Raises:
        RunError: Ray failed, e.g. because a worker was killed.
    """
    task = ray.remote(num_cpus=1, max_calls=1)(survey)
    try:
        found: list[Survey | InputError] = ray.get([task.remote(look) for look in looks])
    except ray.exceptions.RayError as error:
        problem = f"Ray could not read them ({str(error).strip().splitlines()[-1]})"
        fix = "Look into Ray's logs, or build with --engine local"
        raise RunError(where=looks[0].data_dir, problem=problem, fix=fix) from error
    return found


def _run(ray: ModuleType, job: SplitJob, parts: Sequence[int], done: Callable[[int], Any], *, actors: int) -> None:
    """Write parts on the cluster.

    Raises:
        InputError: The authors' files cannot be read.
        RunError: Ray failed, e.g. because a worker was killed.
        OSError: A file cannot be written.
    """
    work = pickle.dumps(job)
    numbers = ray.data.from_items([{"part": part, "job": work} for part in parts], override_num_blocks=len(parts))
    written = numbers.map(PartWriter, compute=ray.data.ActorPoolStrategy(size=actors), num_cpus=1)
    try:
        for row in written.iter_rows():
            _raise(row)
            done(int(row["part"]))
    except ray.exceptions.RayError as error:
        problem = f"Ray could not write {job.place} ({str(error).strip().splitlines()[-1]})"
        fix = "Look into Ray's logs, take fewer workers, or build with --engine local; finished parts are kept"
        raise RunError(where=job.data_dir, problem=problem, fix=fix) from error


class PartWriter:
    """An actor: writes one part for each row it gets.

    Errors on purpose travel back as rows, because Ray would wrap them in tracebacks.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._opened: OpenSplit | None = None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Write `row["part"]` of `row["job"]`; return its number, and what went wrong."""
        part = int(row["part"])
        result = {"part": part, "where": None, "problem": None, "fix": None, "errno": None}
        try:
            job: SplitJob = pickle.loads(row["job"])
            if self._opened is None:
                self._opened = self._stack.enter_context(job.open(Report()))
            write_part(job, self._opened, part, tick=lambda rows: None)
        except InputError as error:
            return {**result, "where": error.where, "problem": error.problem, "fix": error.fix}
        except OSError as error:
            return {**result, "problem": error.strerror or str(error), "errno": error.errno or 0}
        return result


def _raise(row: dict[str, Any]) -> None:
    """Raise the error that a row reports."""
    if row["fix"] is not None:
        raise InputError(where=row["where"], problem=row["problem"], fix=row["fix"])
    if row["problem"] is not None:
        raise OSError(row["errno"], row["problem"])


@contextmanager
def _cluster(ray: ModuleType, workers: int) -> Iterator[None]:
    """Connect to a cluster unless that was done; leave what was connected here."""
    if ray.is_initialized():
        yield
        return
    own: dict[str, Any] = {"num_cpus": workers, "include_dashboard": False, "object_store_memory": _OBJECT_STORE_BYTES}
    given = {} if os.environ.get("RAY_ADDRESS") else own
    try:
        ray.init(logging_level=logging.ERROR, log_to_driver=False, **given)
    except (ConnectionError, ValueError, OSError) as error:
        where = os.environ.get("RAY_ADDRESS", "Ray")
        fix = "Mend RAY_ADDRESS, or unset it for a cluster of this machine"
        raise RunError(where=where, problem=f"cannot be reached ({error})", fix=fix) from error
    try:
        yield
    finally:
        ray.shutdown()
