"""Intervals of severity curves: whole images drawn with all severities, against the interval of a mean by hand."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import typer
from typer.testing import CliRunner

from sarbench import stats
from sarbench.cli.robustness import robustness
from sarbench.compare import with_intervals
from sarbench.compare.severity import intervals_of
from sarbench.perturb import LEVELS
from sarbench.runs.robustness import Curve, record_curves, severity_curves
from sarbench.runs.store import load_manifest, load_samples, load_scores, save_manifest, save_samples

COUNTING = "sarbench_sarchat_rebuilt_counting"


def copied(run: Path, to: Path, like: Path, spec: str | None) -> Path:
    """A run as if the model of another one had given its answers, under a perturbation."""
    shutil.copytree(run, to)
    model = load_manifest(like)
    changes = {"perturbation": spec, "model": model.model, "backend": model.backend, "seeds": model.seeds}
    save_manifest(to, load_manifest(run).model_copy(update={**changes, "run_id": "the same name"}))
    for task in model.tasks:
        table = load_samples(to, task.task)
        place = table.schema.get_field_index("perturbation")
        said = pa.array([spec] * table.num_rows, pa.string())
        save_samples(to, task.task, table.set_column(place, table.schema.field(place), said))
    return to


@pytest.fixture(scope="module")
def runs(rebuilt: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """A clean run, which two severities do nothing to and two blind it."""
    folder, prior = tmp_path_factory.mktemp("severities"), rebuilt / "prior"
    answers = [prior, prior, rebuilt / "random", rebuilt / "random"]
    levels = [
        copied(run, folder / str(place), prior, spec)
        for place, (run, spec) in enumerate(zip(answers, LEVELS["speckle"], strict=True))
    ]
    return copied(prior, folder / "clean", prior, None), levels


@pytest.fixture(scope="module")
def curves(runs: tuple[Path, list[Path]]) -> tuple[Curve, ...]:
    return with_intervals(*runs, severity_curves(*runs))


def exact(run: Path) -> dict[str, tuple[str, float]]:
    lines = load_samples(run, COUNTING).to_pylist()
    return {line["id"]: (line["image_id"], dict(line["scores"])["exact"]) for line in lines}


@pytest.mark.slow
def test_every_area_lies_in_its_interval(curves: tuple[Curve, ...]) -> None:
    moved = {curve.task.removeprefix("sarbench_sarchat_rebuilt_") for curve in curves if curve.intervals.area}
    assert moved >= {"classification", "counting", "description"}  # a macro-F1, a mean, an F1
    for curve in curves:
        assert curve.intervals is not None, curve.task
        if curve.intervals.area is None:  # nothing is right in any image
            assert curve.found.area == 0
            continue
        low, high = curve.intervals.area
        assert low < curve.found.area < high, curve.task
        if curve.intervals.retained is not None:
            assert curve.intervals.retained[0] <= curve.found.retained <= curve.intervals.retained[1]
            assert curve.intervals.worst[0] <= curve.found.worst <= curve.intervals.worst[1]


@pytest.mark.slow
def test_the_interval_of_a_mean_is_that_of_each_sample_s_area(
    runs: tuple[Path, list[Path]], curves: tuple[Curve, ...]
) -> None:
    clean, levels = runs
    sides = [exact(run) for run in (clean, *levels)]
    steps = np.array([[side[name][1] for side in sides] for name in sides[0]])
    area = ((steps[:, 1:] + steps[:, :-1]) / 2).mean(axis=1)
    images = [sides[0][name][0] for name in sides[0]]
    by_hand = stats.clustered_interval(area, images)
    curve = next(curve for curve in curves if curve.task == COUNTING)
    assert curve.found.area == pytest.approx(by_hand.mean)
    width = by_hand.high - by_hand.low
    assert np.diff(curve.intervals.area)[0] == pytest.approx(width, rel=0.35)  # 8 images: t against percentiles
    assert curve.intervals.area[0] == pytest.approx(by_hand.low, abs=0.3 * width)


@pytest.mark.slow
def test_a_run_that_loses_nothing_retains_all_with_certainty(rebuilt: Path, tmp_path: Path) -> None:
    prior = rebuilt / "prior"
    levels = [copied(prior, tmp_path / str(n), prior, spec) for n, spec in enumerate(LEVELS["speckle"])]
    for curve in with_intervals(prior, levels, severity_curves(prior, levels)):
        if curve.intervals.retained is not None:
            assert curve.intervals.retained == pytest.approx((1, 1))
            assert curve.intervals.worst == pytest.approx((1, 1))


def test_what_no_resample_moves_has_no_interval() -> None:
    assert intervals_of(np.zeros((500, 3)), images=9, floor=False).area is None


def test_a_share_of_next_to_nothing_has_no_bounds() -> None:
    draws = np.random.default_rng(0).normal([0.30, 0.28, 0.25], 0.05, (500, 3))
    assert intervals_of(draws, images=500, floor=True).retained is None
    assert (
        intervals_of(draws, images=500, floor=True).area[0] < 0.29 < intervals_of(draws, images=500, floor=True).area[1]
    )
    assert intervals_of(draws, images=500, floor=False).retained is not None


@pytest.mark.slow
def test_command_prints_records_and_says_that_there_is_no_blind_run(
    runs: tuple[Path, list[Path]], curves: tuple[Curve, ...], tmp_path: Path
) -> None:
    shutil.copytree(runs[0], tmp_path / "clean")
    app = typer.Typer()
    app.command()(robustness)
    folders = [str(tmp_path / "clean"), *map(str, runs[1])]
    shown = CliRunner().invoke(app, folders)
    assert shown.exit_code == 0, shown.output
    assert "no blind run" in shown.output
    curve = next(curve for curve in curves if curve.task == COUNTING)
    area, low, high = (f"{100 * number:.2f}" for number in (curve.found.area, *curve.intervals.area))
    assert f"{area} ({low} to {high})" in shown.output
    recorded = next(held for held in load_scores(tmp_path / "clean").curves if held.task == COUNTING)
    assert (recorded.area_low, recorded.area_high) == curve.intervals.area
    assert recorded.method.startswith("cluster-bootstrap-2000")
    said = json.loads(CliRunner().invoke(app, [*folders, "--json"]).output)
    assert next(each for each in said if each["task"] == COUNTING)["intervals"]["area"] == list(curve.intervals.area)


@pytest.mark.slow
def test_without_samples_the_curve_stays(
    runs: tuple[Path, list[Path]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(runs[0], tmp_path / "clean")
    (tmp_path / "clean" / "samples" / f"{COUNTING}.parquet").unlink()
    found = with_intervals(tmp_path / "clean", runs[1], severity_curves(tmp_path / "clean", runs[1]))
    without = [curve.task for curve in found if curve.intervals is None]
    assert without == [COUNTING]
    assert "no intervals" in caplog.text
    record_curves(tmp_path / "clean", found)
