"""What is written for the Hub is read back by the Hub's own library, whole and without texts that may not be shown."""

from pathlib import Path

import huggingface_hub
import pyarrow.parquet as pq
import pytest
import typer
import yaml
from huggingface_hub import DatasetCard, ModelCard
from typer.testing import CliRunner

from sarbench.cli.export import export
from sarbench.errors import InputError
from sarbench.export import export_run
from sarbench.export.hub import folder as hub_folder
from sarbench.export.hub.record import WITHHELD
from sarbench.runs.record import SAMPLES
from sarbench.runs.scoring import rescore_run, score_run
from sarbench.runs.store import load_manifest, load_run, load_samples, save_manifest
from tests.export.published import change, publishable, sound
from tests.judge.run_folder import TASK, write_run


@pytest.fixture
def withheld(tmp_path: Path) -> Path:
    """A run on a dataset of the Hub whose texts may not be shown."""
    if not hasattr(huggingface_hub, "EvalResultEntry"):
        pytest.skip("this huggingface_hub is too old to write .eval_results")
    run = write_run(tmp_path / "run")
    score_run(run)
    return sound(run)


@pytest.mark.slow
def test_the_card_holds_every_number_with_its_interval(rebuilt: Path, tmp_path: Path) -> None:
    run = publishable(rebuilt / "prior", tmp_path / "run")
    export_run(run, to="hub", out=tmp_path / "out")
    card = ModelCard.load(tmp_path / "out" / "card" / "README.md")
    held = {(r.metric_args["task"], r.metric_type, r.metric_args["protocol"]): r for r in card.data.eval_results}
    tasks = {task.task: task for task in load_manifest(run).tasks}
    expected = [
        score
        for task in load_run(run).scores.tasks
        for score in task.scores
        if score.slice == "all" and score.value is not None and score.higher_is_better is not None
    ]
    assert len(held) == len(card.data.eval_results) == len(expected) > 20
    for score in expected:
        found, task = held[score.task, score.metric, score.protocol], tasks[score.task]
        assert found.metric_value == score.value
        assert (found.metric_args["low"], found.metric_args["high"]) == (score.low, score.high)
        assert (found.metric_args["n"], found.metric_args["images"]) == (score.n, score.clusters)
        assert found.metric_args["data_digest"] == task.data_digest
        assert found.metric_args["task_version"] == task.version
        assert (found.dataset_config, found.dataset_split) == (task.config, task.split)
    assert card.data.model_name == "model"


@pytest.mark.slow
def test_a_record_that_may_be_shown_is_the_run(rebuilt: Path, tmp_path: Path) -> None:
    run = publishable(rebuilt / "prior", tmp_path / "run")
    export_run(run, to="hub", out=tmp_path / "out")
    record = tmp_path / "out" / "record"
    assert load_run(record).scores == load_run(run).scores
    assert load_manifest(record) == load_manifest(run)
    for task in load_manifest(run).tasks:
        assert load_samples(record, task.task) == load_samples(run, task.task)
    configs = DatasetCard.load(record / "README.md").data.to_dict()["configs"]
    assert [config["config_name"] for config in configs] == [task.task for task in load_manifest(run).tasks]
    assert all((record / config["data_files"][0]["path"]).is_file() for config in configs)
    assert not (tmp_path / "out" / "model").exists()  # the dataset is no repository of the Hub


def test_a_record_on_withheld_texts_has_none(withheld: Path, tmp_path: Path) -> None:
    export_run(withheld, to="hub", out=tmp_path / "out")
    record = tmp_path / "out" / "record"
    table = pq.read_table(record / "samples" / f"{TASK}.parquet")
    assert table.schema.equals(SAMPLES)
    for name, instead in WITHHELD.items():
        assert set(table.column(name).to_pylist()) == {instead}
    whole = load_samples(withheld, TASK)
    for name in ("id", "sample_sha256", "outcome", "rule"):
        assert table.column(name) == whole.column(name)
    assert [dict(line)["exact"] for line in table.column("scores").to_pylist()] == [
        dict(line)["exact"] for line in whole.column("scores").to_pylist()
    ]
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert b"predominant" not in written
    assert b"meadow" not in written
    assert "are left out" in (record / "README.md").read_text()


def test_entries_for_a_dataset_of_the_hub_are_its_headlines(withheld: Path, tmp_path: Path) -> None:
    export_run(withheld, to="hub", out=tmp_path / "out")
    path = tmp_path / "out" / "model" / ".eval_results" / "sarbench.yaml"
    (entry,) = huggingface_hub.parse_eval_result_entries(yaml.safe_load(path.read_text()))
    (headline,) = [score for task in load_run(withheld).scores.tasks for score in task.scores if score.headline]
    assert (entry.task_id, entry.value) == (TASK, headline.value)
    assert entry.dataset_id.count("/") == 1
    for said in (
        "accuracy (strict), 95% interval",
        f"{headline.n} samples",
        f"data {load_manifest(withheld).tasks[0].data_digest[:12]}",
        "task 1.0",
    ):
        assert said in entry.notes


def test_it_is_said_why_nothing_goes_to_the_models_repository(withheld: Path, retrieved: Path, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(export)
    shown = CliRunner().invoke(app, [str(withheld), "--to", "hub", "--out", str(tmp_path / "one")])
    assert shown.exit_code == 0
    assert "model/.eval_results" in shown.output
    assert "No .eval_results" not in shown.output
    change(retrieved / "first", simulated=False)
    shown = CliRunner().invoke(app, [str(retrieved / "first"), "--to", "hub", "--out", str(tmp_path / "two")])
    assert not (tmp_path / "two" / "model").exists()
    assert "No .eval_results for sar-text, which is no repository on the Hub" in shown.output


def test_an_encoder_is_exported(retrieved: Path, tmp_path: Path) -> None:
    change(retrieved / "first", simulated=False)
    export_run(retrieved / "first", to="hub", out=tmp_path / "out")
    card = ModelCard.load(tmp_path / "out" / "card" / "README.md")
    assert {result.task_type for result in card.data.eval_results} == {"image-text-retrieval"}
    assert any(result.metric_type == "mean_recall" for result in card.data.eval_results)
    record = tmp_path / "out" / "record"
    (task,) = load_manifest(record).tasks
    for line in load_samples(record, task.task).to_pylist():
        assert line["target"] == "null"  # the caption
        assert "text to image: rank" in line["prediction"]
    before = load_run(record).scores
    assert rescore_run(record) == before


def test_nothing_half_is_left_and_nothing_written_over(
    withheld: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(hub_folder, "write_record", full)
        with pytest.raises(OSError, match="No space left"):
            export_run(withheld, to="hub", out=tmp_path / "out" / "deep")
    assert list((tmp_path / "out").iterdir()) == []
    export_run(withheld, to="hub", out=tmp_path / "out" / "deep")
    with pytest.raises(InputError, match="is there already"):
        export_run(withheld, to="hub", out=tmp_path / "out" / "deep")


def test_a_perturbed_run_is_no_result_for_the_models_page(withheld: Path, tmp_path: Path) -> None:
    save_manifest(withheld, load_manifest(withheld).model_copy(update={"perturbation": "blank"}))
    with pytest.raises(InputError, match="perturbed by blank"):
        export_run(withheld, to="hub", out=tmp_path / "out")
