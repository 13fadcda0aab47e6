"""The `sarbench` command."""

import signal
import sys
from typing import Annotated

import typer

from sarbench._version import __version__
from sarbench.cli import (
    board,
    calibrate,
    compare,
    data,
    demo,
    evaluation,
    export,
    judge,
    leakage,
    listing,
    publishing,
    retrieve,
    robustness,
    scoring,
    submit,
    wordings,
)
from sarbench.errors import SarbenchError

_STOPPED = 130
"""Exit code after Ctrl-C."""

app = typer.Typer(
    help="Load, evaluate and compare vision-language models on SAR imagery.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("list")(data.list_)
app.command("show")(data.show)
app.command("check")(data.check)
app.command("build")(data.build)
app.command("push")(publishing.push)
app.command("script")(publishing.script)
app.command("leakage")(leakage.leakage)
app.command("tasks")(listing.tasks)
app.command("tasks-path")(listing.tasks_path)
app.command("eval")(evaluation.eval_)
app.command("calibrate")(calibrate.calibrate)
app.command("floors")(evaluation.floors)
app.command("retrieve")(retrieve.retrieve)
app.command("score")(scoring.score)
app.command("judge")(judge.judge)
app.command("compare")(compare.compare)
app.command("robustness")(robustness.robustness)
app.command("wordings")(wordings.wordings)
app.command("submit")(submit.submit)
app.command("export")(export.export)
app.command("board")(board.board)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Load, evaluate and compare vision-language models on SAR imagery."""


def main() -> None:
    """Run the command line: errors that sarbench raises on purpose become one message and an exit code."""
    try:
        app()
    except SarbenchError as error:
        if error.exit_code == _STOPPED:
            _heed_no_more_stops()
        typer.secho(f"error: {error}", err=True, fg=typer.colors.RED)
        sys.exit(error.exit_code)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or str(error)
        typer.secho(f"error: {place}{reason}. Check the path, its permissions and the free space.", err=True, fg="red")
        sys.exit(1)
    except KeyboardInterrupt:
        _heed_no_more_stops()
        typer.secho("stopped", err=True)
        sys.exit(_STOPPED)


def _heed_no_more_stops() -> None:
    """Let a second Ctrl-C not break what Python does at its end: everything is written already."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
