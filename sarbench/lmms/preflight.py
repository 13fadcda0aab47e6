"""What can be found wrong before a process is started or a model is loaded."""

import ast
import importlib.util
import re
import shutil
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path

from sarbench import paths
from sarbench.catalogue import TaskSpec
from sarbench.errors import InputError, MissingExtraError, RunError, UnknownNameError
from sarbench.lmms.devices import require_accelerator, require_device, require_gpu
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.hf.folder import check_model_folder
from sarbench.lmms.missing_data import build_missing
from sarbench.lmms.model_args import require_files
from sarbench.lmms.values import require_arguments, require_generation, require_numbers
from sarbench.task_data import TaskData, build_commands, is_missing, task_data

EXACT = {"lmms-eval": "0.7.3"}
AT_LEAST = {"torch": "2.4", "transformers": "4.57"}
"""What `sarbench[eval]` asks for in pyproject.toml; lmms-eval's inner ways change between patch versions."""

_ROOM = 64 * 2**20
_ROOM_A_ROW = 8 * 2**10
"""Bytes on disk: a run with its logs, and a long prompt and answer, twice (part and samples)."""
_REGISTRIES = ("AVAILABLE_SIMPLE_MODELS", "AVAILABLE_CHAT_TEMPLATE_MODELS")


def preflight(asked: Evaluation) -> tuple[TaskData, ...]:
    """Check everything that can be checked before a model is loaded; return the data of each task.

    Data that is not built is built last, for the tasks of `may_build` alone.

    Raises:
        MissingExtraError: lmms-eval is not installed.
        RunError: It, or a package that it needs, has a version that was never tried.
        UnknownNameError: There is no such backend or device, an argument is not `key=value`, or a value is none of its
            option.
        InputError: A model folder, the data of a task, a GPU or room on the disk is missing.
        SarbenchError: What a build says of the authors' files.
    """
    require_packages()
    require_backend(asked.model)
    require_numbers(asked)
    require_arguments(asked)
    require_generation(asked.model, asked.generation)
    require_files(asked.arguments)
    if asked.model == "sarbench_hf":
        check_model_folder(asked.arguments)
    require_batches(asked)
    for name, device in (("--device", asked.device), ("--model_args device=", asked.arguments.get("device"))):
        require_device(device, option=name)
    require_gpu(asked.device, asked.arguments)
    require_accelerator(asked.model, asked.device, asked.arguments)
    build_missing([spec for spec in asked.tasks if spec.name in asked.may_build])
    data = data_of(asked.tasks)
    require_room(asked.out, sum(min(one.rows, asked.limit or one.rows) for one in data))
    for one in data:  # a damaged file is found now, and not when every question was answered
        require_readable(asked, one)
    return data


def data_of(specs: Sequence[TaskSpec]) -> tuple[TaskData, ...]:
    """Find the data of every task.

    Raises:
        InputError: One cannot be asked; where several are not built, all that builds them is named.
    """
    missing = [spec for spec in specs if is_missing(spec)]
    if len(missing) > 1:
        raise _not_built(missing)
    return tuple(task_data(spec) for spec in specs)


def _not_built(missing: Sequence[TaskSpec]) -> InputError:
    named = ", ".join(spec.name for spec in missing[:3]) + (f" and {len(missing) - 3} others" * (len(missing) > 3))
    problem = f"the data of {len(missing)} tasks is not built: {named}"
    fix = f"Build it: {'; '.join(f'`{command}`' for command in build_commands(missing))}"
    return InputError(where=paths.home(), problem=problem, fix=fix)


def require_readable(asked: Evaluation, data: TaskData) -> None:
    """Read which questions a task asks: what its answers will be held against.

    Raises:
        InputError: A file of the built data is damaged.
    """
    try:
        asked.questions(data)
    except InputError as error:
        spec = data.spec
        problem = f"the built data of {spec.name} {error.problem}"
        (command,) = build_commands([spec])
        raise InputError(where=error.where, problem=problem, fix=f"Build it again: `{command}`") from error


def require_batches(asked: Evaluation) -> None:
    """Check that batches can be compared with single questions where that is asked for."""
    if not asked.check_batches:
        return
    where = f"--check-batches {asked.check_batches}"
    if asked.model != "sarbench_hf":
        fix = "Leave it out, or evaluate with --model sarbench_hf"
        raise UnknownNameError(where=where, problem=f"is not for --model {asked.model}", fix=fix)
    if asked.batch_size == 1:
        fix = "Give the --batch_size to compare with"
        raise UnknownNameError(where=where, problem="has no batches to compare at --batch_size 1", fix=fix)


def require_packages() -> None:
    """Check that lmms-eval is there in the one version that sarbench drives, and what it stands on."""
    if importlib.util.find_spec("lmms_eval") is None:
        raise MissingExtraError(
            where="lmms-eval", problem="is not installed", fix='Install it with `pip install "sarbench[eval]"`'
        )
    for name, wanted in (EXACT | AT_LEAST).items():
        try:
            found = version(name)
        except PackageNotFoundError:
            continue
        sound = found == wanted if name in EXACT else _numbers(found) >= _numbers(wanted)
        if not sound:
            asked = f"=={wanted}" if name in EXACT else f">={wanted}"
            problem = f"is version {found}, and sarbench needs {asked}"
            raise RunError(where=name, problem=problem, fix=f"Install it with `pip install '{name}{asked}'`")


def require_backend(name: str) -> None:
    """Check that lmms-eval has a backend of this name; the nearest are named otherwise."""
    known = backends()
    if known and name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.5)
        guess = f"Did you mean {', '.join(near)}? " if near else ""
        fix = f"{guess}Backends are llava_hf, qwen2_5_vl, openai, vllm and {len(known) - 4} others of lmms-eval"
        raise UnknownNameError(where=f"--model {name}", problem="is no backend of lmms-eval", fix=fix)


@cache
def backends() -> frozenset[str]:
    """Read the names of lmms-eval's backends, and of those that other packages register, without importing it.

    The names are keys of dicts in `lmms_eval/models/__init__.py`; importing it costs seconds. Empty where they are not
    written that way: then lmms-eval itself has to say that there is no such backend.
    """
    found = importlib.util.find_spec("lmms_eval")
    if found is None or found.origin is None:
        return frozenset()
    source = Path(found.origin).parent / "models" / "__init__.py"
    names: set[str] = set()
    for statement in ast.parse(source.read_text(encoding="utf-8")).body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        value = getattr(statement, "value", None)
        if not isinstance(target, ast.Name) or not isinstance(value, ast.Dict):
            continue
        content = ast.literal_eval(value)
        if target.id in _REGISTRIES:
            names.update(content)
        elif target.id == "MODEL_ALIASES":
            names.update(alias for aliases in content.values() for alias in aliases)
    if not names:
        return frozenset()
    return frozenset(names | {point.name for point in entry_points(group="lmms_eval.models")} | own_backends())


def own_backends() -> frozenset[str]:
    """Return the model classes of this package."""
    return frozenset({"sarbench_hf"} if importlib.util.find_spec("sarbench.lmms.hf.registry") else ())


def require_room(out: Path, rows: int) -> None:
    """Check that the disk holds the answers that will come."""
    folder = next(parent for parent in (out.absolute(), *out.absolute().parents) if parent.exists())
    needed, free = _ROOM + rows * _ROOM_A_ROW, shutil.disk_usage(folder).free
    if free < needed:
        problem = f"has {free / 2**20:.0f} MiB free, and {rows} answers may need {needed / 2**20:.0f} MiB"
        raise InputError(where=folder, problem=problem, fix="Make room, or give an --out on another disk")


def _numbers(text: str) -> tuple[int, ...]:
    """Read the leading numbers of a version.

    >>> _numbers("2.13.0+cpu") >= _numbers("2.4")
    True
    """
    return tuple(int(number) for number in re.findall(r"\d+", text.partition("+")[0])[:3])
