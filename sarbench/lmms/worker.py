"""One task in a process of its own: `python -m sarbench.lmms.worker JOB.json`.

A process per task, because lmms-eval can hand one task's image to another task's question when several share a process
and a batch (`models/simple/qwen2_5_vl.py` of 0.7.3), and because a crash or a leak then costs one task. Events go to
the launcher as lines on the original standard output; whatever lmms-eval and the model print goes to the log. Standard
input is the launcher's sign of life: when it ends, so does the worker, and nobody writes a run that nobody watches.
"""

import argparse
import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import msgspec
import pyarrow.parquet as pq

from sarbench.errors import SarbenchError
from sarbench.files import replacing
from sarbench.lmms import hooks, torchvision_shim
from sarbench.lmms.asking import Asking
from sarbench.lmms.excerpt import on_excerpt
from sarbench.lmms.job import Asked, Broken, Event, Finished, Job, Noted, Started, encode
from sarbench.lmms.loading import load_backend
from sarbench.lmms.model_args import parse_model_args
from sarbench.lmms.parts import Answer, read_parts
from sarbench.lmms.process import is_disk_full
from sarbench.lmms.secrets import hiding, without_secrets
from sarbench.lmms.weights import weights_revision
from sarbench.runs.samples import to_table
from sarbench.runs.stamp import stamp, stamped
from sarbench.runs.weights import is_exact


def main(arguments: Sequence[str]) -> int:
    """Run the job file named in `arguments`; return the exit code."""
    job = msgspec.json.decode(Path(arguments[0]).read_bytes(), type=Job)
    _end_with_the_launcher()
    with _events() as events:

        def tell(event: Event) -> None:
            try:
                events.write(encode(event))
                events.flush()
            except OSError:  # nobody listens; an exception here would be taken for one of the model's
                _end()

        try:
            tell(_evaluate(job, tell))
        except Exception as error:
            hide = _hiding(job)
            with suppress(OSError):  # a full disk has no room for it
                print(hide(traceback.format_exc()), file=sys.stderr, flush=True)
            said = str(error) if isinstance(error, SarbenchError) else f"{type(error).__name__}: {error}"
            tell(Broken(hide(said), is_disk_full(error)))
            return 1
    return 0


def _end_with_the_launcher() -> None:
    """End this process, and what it started, when standard input ends; give them an empty one instead."""
    alive = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch() -> None:
        while os.read(alive, 1):
            pass
        _end()

    threading.Thread(target=watch, daemon=True).start()


def _end() -> None:
    if os.getpgrp() == os.getpid():  # the launcher gave this worker a session of its own
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _events() -> IO[bytes]:
    """Keep the original standard output for events and send everything that is printed to standard error."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "wb")


def _evaluate(job: Job, tell: Callable[[Event], None]) -> Finished:
    torchvision_shim.install()
    from lmms_eval.evaluator import simple_evaluate
    from lmms_eval.tasks import TaskManager

    _register_own_backends()
    model = load_backend(job, tell)
    revision = _loaded(job)
    job = msgspec.structs.replace(job, revision=revision, key=f"{job.key}/{revision or ''}")
    kept, notes = read_parts(Path(job.parts), key=job.key)
    for note in notes:
        tell(Noted(note))
    asking = _asking(model, job, kept, tell)
    manager = TaskManager("WARNING", include_path=job.tasks_folder, include_defaults=False, model_name=job.model)
    results = simple_evaluate(
        model=model,
        tasks=_tasks(manager, model, job),
        task_manager=manager,
        batch_size=job.batch_size,
        device=job.device,
        gen_kwargs=job.gen_kwargs,
        limit=job.limit,
        random_seed=job.seed,
        numpy_random_seed=job.seed,
        torch_random_seed=job.seed,
        fewshot_random_seed=job.seed,
        bootstrap_iters=0,  # the intervals are sarbench's own; lmms-eval imports other tasks for its own
        log_samples=True,
        # Without this lmms-eval hands decoded images to the scorers.
        cli_args=argparse.Namespace(process_with_media=False, reasoning_tags=None),
    )
    if results is None:
        msg = "lmms-eval returned no results on this process; start one process per run"
        raise RuntimeError(msg)
    lines = [_line(logged, asking.answers[logged["doc_id"]]) for logged in results["samples"][job.task]]
    with replacing(Path(job.out)) as path:
        table = to_table(lines).cast(stamped(stamp(job.task, job.data_digest)))
        pq.write_table(table, path, compression="zstd", write_page_checksum=True)
    tokens = [line["tokens"] for line in lines]
    generation = results["configs"][job.task]["generation_kwargs"]
    return Finished(
        generated_tokens=None if None in tokens else sum(tokens),
        generation=without_secrets({key: str(value) for key, value in generation.items()}),
    )


def _hiding(job: Job) -> Callable[[str], str]:
    return hiding(parse_model_args(job.model_args), parse_model_args(job.gen_kwargs or ""))


def _loaded(job: Job) -> str | None:
    """Return the state of the weights that are loaded now; they must be those of the run's other answers."""
    revision = weights_revision(job.model, parse_model_args(job.model_args))
    if is_exact(job.revision) and is_exact(revision) and job.revision != revision:
        msg = f"the weights changed during this run: they were {job.revision} and are {revision} now; use another --out"
        raise RuntimeError(msg)
    return revision


def _tasks(manager: Any, model: Any, job: Job) -> list[Any]:
    """Return the task by its name, or as lmms-eval loads it when it is asked on other rows."""
    if job.excerpt is None:
        return [job.task]
    kind = "simple" if model.is_simple else "chat"
    return list(manager.load_task_or_group([on_excerpt(job.task, job.excerpt)], kind).values())


def _register_own_backends() -> None:
    """Make `sarbench_hf` known where sarbench is a checkout and not installed: there is no entry point then."""
    try:
        from sarbench.lmms.hf import registry
    except ImportError:  # transformers is not there; other backends may do without
        return
    registry.register()


def _asking(model: Any, job: Job, kept: dict[int, Answer], tell: Callable[[Event], None]) -> Asking:
    """Ask in chunks; tell how many questions there are, and each time the model takes the image of one."""
    described = _describe(model)
    asking = Asking(
        model,
        kept=kept,
        parts=Path(job.parts),
        key=job.key,
        chunk=job.chunk,
        seed=job.seed,
        local=described[0] is not None,
        tell=tell,
        hide=_hiding(job),
    )

    def counted(requests: Sequence[Any]) -> Any:
        asking.usable(requests)
        seconds = sum(answer.seconds for answer in asking.answers.values())
        kept_seconds = round(seconds, 2)
        if job.check_batches and len(asking.answers) < len(requests):
            found = model.batch_invariance(requests[: job.check_batches], batch_size=job.batch_size)
            tell(Noted(found.in_words()))
        tell(
            Started(
                len(requests),
                *described,
                kept=len(asking.answers),
                kept_seconds=kept_seconds,
                revision=job.revision,
            )
        )
        gc.freeze()  # libraries, model and questions stay to the end: lmms-eval collects twice and need not see them
        return asking.generate_until(requests)

    visual = hooks.doc_to_visual

    def fetched(doc: Mapping[str, Any]) -> Any:
        tell(Asked(str(doc.get("id", ""))))
        return visual(doc)

    model.generate_until = counted
    hooks.doc_to_visual = fetched  # the YAML is read after this, so it gets the counting one
    return asking


def _describe(model: Any) -> tuple[int | None, str | None, str | None]:
    """Parameters, dtype and device of a local model; unknown for a server's."""
    inner = getattr(model, "model", None)
    if inner is None or not hasattr(inner, "parameters"):
        return None, None, None
    parameters = list(inner.parameters())
    if not parameters:
        return None, None, None
    first = parameters[0]
    return sum(p.numel() for p in parameters), str(first.dtype).removeprefix("torch."), str(first.device)


def _line(logged: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    """Take our line out of one logged sample, and add what only the asking knows; a failure is never scored."""
    ours = next(value for value in logged.values() if isinstance(value, dict) and "outcome" in value)
    line = {**ours, "tokens": answer.output_tokens, "seconds": answer.seconds}
    if answer.error is None or line["outcome"] == "failed":
        return line
    return {**line, "outcome": "failed", "rule": answer.error, "parsed": "null", "scores": {}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
