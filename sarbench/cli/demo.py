"""`sarbench demo`."""

import os
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sarbench.cli.options import out_path
from sarbench.cli.tables import print_table, results_table


def demo(
    out: Annotated[
        Path, typer.Option("--out", parser=out_path, metavar="PATH", help="Everything is written into this folder.")
    ] = Path("sarbench-demo"),
) -> None:
    """Simulate, build, evaluate a tiny local VLM and the floors, and write the leaderboard: offline, in minutes.

    A second run reuses what is there.
    """
    from sarbench.cli.progress import AnswerBars
    from sarbench.demo import run_demo
    from sarbench.runs.store import load_run

    out = out.absolute()
    os.environ.update(demo_environment(out))
    console = Console(stderr=True)
    began = time.monotonic()
    with AnswerBars("seeing ", 0) as seeing, AnswerBars("blind  ", 1) as blind:
        result = run_demo(out, say=console.print, listen={"seeing": seeing.listen, "blind": blind.listen})
    print_table(results_table([load_run(folder) for folder in result.runs]))
    seconds = time.monotonic() - began
    typer.echo(
        f"\nDone in {seconds:.0f} s. Simulated scenes, random weights: the path is real, the numbers mean nothing."
    )
    typer.echo(f"Open {result.site}")


def demo_environment(out: Path) -> dict[str, str]:
    """The environment of the demo: everything under its folder, nothing over the network."""
    return {
        "SARBENCH_HOME": str(out / "home"),
        "HF_DATASETS_CACHE": str(out / "cache"),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",  # two evaluations run side by side, each on a core of its own
    }
