"""`sarbench judge`."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from tqdm import tqdm

from sarbench import paths
from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.cli.amounts import amount
from sarbench.cli.options import names
from sarbench.cli.tables import print_table
from sarbench.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from sarbench.judge.agreement import Agreement
    from sarbench.judge.run import JudgePass


def judge(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.")],
    base_url: Annotated[
        str, typer.Option("--base-url", help="OpenAI-compatible server, e.g. http://localhost:8000/v1")
    ],
    judge_model: Annotated[str, typer.Option("--judge-model", help="The model that it is asked for; pin its version.")],
    tasks: Annotated[list[str] | None, typer.Option("--tasks", help="Only these tasks of the run.")] = None,
    prompt: Annotated[
        str, typer.Option("--prompt", help="sarbench: what our rules leave open. sarlang-paper: what the paper leaves.")
    ] = "sarbench",
    api_key_env: Annotated[
        str | None, typer.Option("--api-key-env", metavar="NAME", help="Environment variable that holds the key.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="Requests at once.")] = 4,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Put at most N questions to the server.")] = None,
    agreement: Annotated[
        int, typer.Option("--agreement", min=0, help="Also ask about N answers that the rules do decide.")
    ] = 0,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds for one attempt.")] = 60.0,
    attempts: Annotated[int, typer.Option("--attempts", min=1, help="Attempts for one question.")] = 5,
    extra_body: Annotated[
        str | None, typer.Option("--extra-body", help="JSON object merged into each request; null takes a field away.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option("--cache", help="File of replies; judge.sqlite in SARBENCH_HOME if not given.")
    ] = None,
) -> None:
    """Let a language model decide the answers that no rule decides. Runs again for free; `sarbench score` uses it."""
    from sarbench.judge.asking import Settings
    from sarbench.judge.endpoint import Endpoint, checked_model, checked_timeout, checked_url
    from sarbench.judge.prompt import prompt_named, sampling_of
    from sarbench.judge.run import judge_run

    asked = prompt_named(prompt)
    settings = Settings(
        endpoint=Endpoint(
            checked_url(base_url), checked_model(judge_model), _key(api_key_env), checked_timeout(timeout)
        ),
        prompt=asked,
        sampling=sampling_of(asked, _extra(extra_body)),
        workers=workers,
        attempts=attempts,
        limit=limit,
    )
    with tqdm(desc="judging", unit="question", disable=None) as bar:
        found = judge_run(
            run,
            _specs(run, tasks),
            settings,
            cache=cache or paths.home() / "judge.sqlite",
            agreement=agreement,
            progress=_counting(bar),
        )
    _print(run, found)
    if found.stopped is not None or found.failed or found.unread:
        raise typer.Exit(3)


def _specs(run: Path, tasks: list[str] | None) -> tuple[TaskSpec, ...]:
    from sarbench.runs.store import load_manifest

    held = tuple(task.task for task in load_manifest(run).tasks)
    specs = read_catalogue().select(names(tasks) or held)
    missing = [spec.name for spec in specs if spec.name not in held]
    if missing:
        raise UnknownNameError(where=run, problem=f"holds no {', '.join(missing)}", fix="Name tasks of this run")
    return specs


def _key(name: str | None) -> str | None:
    if name is None:
        return None
    key = os.environ.get(name, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        problem = "is not set" if not key else "holds what no key holds"
        raise InputError(where=f"environment variable {name}", problem=problem, fix="Set it to the key of the server")
    return key


def _extra(text: str | None) -> dict[str, Any]:
    try:
        content = json.loads(text or "{}", parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(where="--extra-body", problem=f"is no JSON ({error})", fix='Write e.g. {"seed": 0}') from error
    own = {"model", "messages", "stream", "n"}
    if not isinstance(content, dict) or own & content.keys():
        fix = f"Give an object of sampling parameters, without {', '.join(sorted(own))}"
        raise InputError(where="--extra-body", problem="cannot be merged into a request", fix=fix)
    return content


def _no_number(name: str) -> None:
    problem = f"it has no number {name}"
    raise ValueError(problem)


def _counting(bar: Any) -> Callable[[int], Callable[[], object]]:
    def count(number: int) -> Callable[[], object]:
        bar.reset(total=number)
        return lambda: bar.update()

    return count


def _print(run: Path, found: "JudgePass") -> None:
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("task", no_wrap=True)
    counted = ("answers", "undecided", "right", "wrong", "unparsable", "unjudged")
    for column in ("protocol", *counted, "accuracy between, %"):
        table.add_column(column, justify="right")
    for task in found.tasks:
        low, high = task.accuracy_low, task.accuracy_high
        between = "–" if low is None or high is None else f"{amount(low, 'fraction')}–{amount(high, 'fraction')}"
        counts = (task.answers, task.undecided, task.right, task.wrong, task.unparsable, task.unjudged)
        table.add_row(task.task, task.protocol, *map(str, counts), between)
    print_table(table)
    for label in dict.fromkeys(task.judge.label for task in found.tasks):
        typer.echo(label)
    typer.echo(f"{found.unique} different questions, {found.sent} of them put to the server now")
    prompts = [task.task for task in found.tasks if task.questions == "prompts"]
    if prompts:
        typer.echo(f"{', '.join(prompts)}: the data is not built here, so the judge saw the prompts as questions")
    for name in found.kept:
        typer.secho(f"{name}: keeps the verdicts of another judge, because this pass stopped early", err=True)
    if found.agreement is not None:
        _print_agreement(run, found.agreement)
    if found.stopped is not None:
        typer.secho(f"stopped early: {found.stopped}. Run it again; what was replied is kept", err=True)
        return
    if any(task.unjudged for task in found.tasks):
        typer.secho("some answers have no verdict; column `why` of RUN/verdicts says why", err=True)
    for task in found.tasks:
        if task.unparsable:
            typer.secho(f"{task.task}: {task.unparsable_said}", err=True)
    if found.unread:
        typer.secho(f"no judged numbers of {', '.join(found.unread)}: too few replies are verdicts", err=True)
    if found.tasks:
        typer.echo(f"For the numbers: sarbench score {run}")
    else:
        typer.echo("There is nothing to judge: the rules decide every answer")


def _print_agreement(run: Path, found: "Agreement") -> None:
    kappa = "undefined" if found.kappa.kappa is None else f"{found.kappa.kappa:.3f}"
    span = "" if found.interval is None else f" (95 % interval {found.interval[0]:.3f}–{found.interval[1]:.3f})"
    typer.echo(f"agreement with the rules on {found.kappa.n} answers: Cohen's kappa {kappa}{span}")
    typer.echo("  " + ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in found.confusion.items()))
    if found.unread:
        typer.echo(f"  {found.unread} of {found.asked} had no verdict that could be read")
    typer.echo(f"  disagreements, listed in {run}/verdicts/disagreements-*.csv: {len(found.disagreements)}")
