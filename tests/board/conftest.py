"""A board with everything on it, written once."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from sarbench.board import DatasetNote, render_site
from sarbench.runs.record import TaskRun
from sarbench.runs.store import Run
from tests.board.board_runs import RunPlan, many_runs, speckle, write_run

NOTES = {
    "sarchat-2m": DatasetNote("sarchat-2m", "SARChat-2M", "CC BY-NC 4.0", "From the authors' repository.", False),
    "sarlang-1m": DatasetNote("sarlang-1m", "SARLANG-1M", "<i>odd</i> & free", "From the authors' Hub page.", True),
}


def chips(run: TaskRun, image_ids: Sequence[str]) -> Mapping[str, bytes]:
    """Images for all but a few ids, and one that no browser can show."""
    found = {image: speckle(image) for image in image_ids if not image.endswith("7")}
    return found | {image_ids[0]: b"not an image"}


@pytest.fixture
def make_runs(tmp_path: Path) -> Callable[..., list[Run]]:
    return lambda *plans: [write_run(tmp_path / "runs", plan) for plan in plans]


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[[RunPlan], Run]:
    return lambda plan: write_run(tmp_path / "runs", plan)


@pytest.fixture(scope="session")
def all_runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    return many_runs(tmp_path_factory.mktemp("board") / "runs")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, all_runs: list[Run]) -> Path:
    """The folder of a site with every kind of page."""
    out = tmp_path_factory.mktemp("board") / "site"
    assert render_site(all_runs, out, notes=NOTES, chips=chips) == out / "index.html"
    return out
