"""Options of an evaluation whose values are wrong in themselves, found before anything is started or written.

lmms-eval and its backends would say so too, but with a traceback in a log, and mostly behind a loaded model.
"""

from collections.abc import Mapping

from sarbench.errors import UnknownNameError
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.hf.generation import generation

_SEEDS = 2**32
"""NumPy takes seeds below this one."""
_EVERYWHERE = ("max_new_tokens", "temperature", "top_p", "num_beams")
"""Generation settings that mean the same to all backends of lmms-eval 0.7.3 that take them."""


def require_numbers(asked: Evaluation) -> None:
    """Check the options that are whole numbers; from Python anything may come.

    Raises:
        UnknownNameError: One is no whole number, or out of its range.
    """
    _require_whole("--seed", asked.seed, 0, most=_SEEDS - 1)
    _require_whole("--batch_size", asked.batch_size, 1)
    _require_whole("--check-batches", asked.check_batches, 0)
    if asked.limit is not None:
        _require_whole("--limit", asked.limit, 1)
    if asked.chunk is not None:
        _require_whole("chunk", asked.chunk, 1)


def require_arguments(asked: Evaluation) -> None:
    """Check that no option comes a second time in `--model_args`: lmms-eval hands both to the backend, which breaks.

    Raises:
        UnknownNameError: One does, or `--model_args` cannot be split.
    """
    given = {"batch_size": asked.batch_size, "device": asked.device}
    for name in asked.arguments:
        if given.get(name) is not None:
            where, problem = f"--model_args {name}=", f"is given, and --{name} {given[name]} too"
            raise UnknownNameError(where=where, problem=problem, fix=f"Give --{name} alone")


def require_generation(backend: str, given: Mapping[str, str]) -> None:
    """Check generation settings: all of them for `sarbench_hf`, those whose meaning is known for other backends.

    Raises:
        InputError: A value is none of its setting.
        UnknownNameError: There is no such setting.
    """
    ours = backend == "sarbench_hf"
    generation({name: value for name, value in given.items() if ours or name in _EVERYWHERE})


def _require_whole(option: str, value: object, least: int, *, most: int | None = None) -> None:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value and (most is None or value <= most):
        return
    bounds = f"of {least} or more" if most is None else f"from {least} to {most}"
    fix = (
        f"Give {option} such a number" if option != "--limit" else "Give --limit such a number, or leave it out for all"
    )
    raise UnknownNameError(where=f"{option} {value}", problem=f"is not a whole number {bounds}", fix=fix)
