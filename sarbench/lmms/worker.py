"""One task in a process of its own: `python -m sarbench.lmms.worker JOB.json`.

A process per task, because lmms-eval can hand one task's image to another task's question when several share a process
and a batch (`models/simple/qwen2_5_vl.py` of 0.7.3), and because a crash or a leak then costs one task. Events go to
the launcher as lines on the original standard output; whatever lmms-eval and the model print goes to the log.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import msgspec
import pyarrow.parquet as pq

from sarbench.files import replacing
from sarbench.lmms import hooks, torchvision_shim
from sarbench.lmms.job import Asked, Broken, Event, Finished, Job, Started, encode
from sarbench.runs.samples import to_table


def main(arguments: Sequence[str]) -> int:
    """Run the job file named in `arguments`; return the exit code."""
    job = msgspec.json.decode(Path(arguments[0]).read_bytes(), type=Job)
    with _events() as events:

        def tell(event: Event) -> None:
            events.write(encode(event))
            events.flush()

        try:
            tell(_evaluate(job, tell))
        except Exception as error:
            traceback.print_exc()
            tell(Broken(f"{type(error).__name__}: {error}"))
            return 1
    return 0


def _events() -> IO[bytes]:
    """Keep the original standard output for events and send everything that is printed to standard error."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "wb")


def _evaluate(job: Job, tell: Any) -> Finished:
    torchvision_shim.install()
    from lmms_eval import models
    from lmms_eval.evaluator import simple_evaluate
    from lmms_eval.tasks import TaskManager

    defaults = {"batch_size": job.batch_size, "max_batch_size": None, "device": job.device}
    model = models.get_model(job.model).create_from_arg_string(job.model_args, defaults)
    manager = TaskManager("WARNING", include_path=job.tasks_folder, include_defaults=False, model_name=job.model)
    results = simple_evaluate(
        model=_counting(model, job, tell),
        tasks=[job.task],
        task_manager=manager,
        batch_size=job.batch_size,
        device=job.device,
        gen_kwargs=job.gen_kwargs,
        limit=job.limit,
        random_seed=job.seed,
        numpy_random_seed=job.seed,
        torch_random_seed=job.seed,
        fewshot_random_seed=job.seed,
        log_samples=True,
        # Without this lmms-eval hands decoded images to the scorers.
        cli_args=argparse.Namespace(process_with_media=False, reasoning_tags=None),
    )
    if results is None:
        msg = "lmms-eval returned no results on this process; start one process per run"
        raise RuntimeError(msg)
    local = _describe(model)[0] is not None
    lines = _mark_failures([_line(logged) for logged in results["samples"][job.task]], local=local)
    with replacing(Path(job.out)) as path:
        pq.write_table(to_table(lines), path, compression="zstd")
    tokens = [line["tokens"] for line in lines]
    generation = results["configs"][job.task]["generation_kwargs"]
    return Finished(
        generated_tokens=None if None in tokens else sum(tokens),
        generation={key: str(value) for key, value in generation.items()},
    )


def _counting(model: Any, job: Job, tell: Any) -> Any:
    """Tell how many requests the model gets, and each time it takes the image of one of them."""
    generate = model.generate_until

    def counted(requests: Sequence[Any]) -> Any:
        tell(Started(len(requests), *_describe(model)))
        return generate(requests)

    visual = hooks.doc_to_visual

    def fetched(doc: Mapping[str, Any]) -> Any:
        tell(Asked())
        return visual(doc)

    model.generate_until = counted
    hooks.doc_to_visual = fetched  # the YAML is read after this, so it gets the counting one
    return model


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


def _mark_failures(lines: list[dict[str, Any]], *, local: bool) -> list[dict[str, Any]]:
    """Tell an empty answer from a swallowed error: a backend that counts tokens has counted none for that one.

    The backends that run a model in this process count tokens; they also turn every exception into an empty answer
    (`models/chat/llava_hf.py` of 0.7.3).
    """
    counts = local or any(line["tokens"] is not None for line in lines)
    failed = {"outcome": "failed", "rule": "no-generation", "parsed": "null", "scores": {}}
    return [
        {**line, **failed} if counts and line["outcome"] == "empty" and line["tokens"] is None else line
        for line in lines
    ]


def _line(logged: Mapping[str, Any]) -> dict[str, Any]:
    """Take our line out of one logged sample, and add what only lmms-eval knows."""
    ours = next(value for value in logged.values() if isinstance(value, dict) and "outcome" in value)
    counts = logged["token_counts"][0] if logged["token_counts"] else None
    return {**ours, "tokens": counts.get("output_tokens") if counts else None}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
