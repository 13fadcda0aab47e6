"""Runs whose record was edited: what the samples say is held against the manifest, the data and the board."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sarbench.errors import InputError, RunError, UnknownNameError
from sarbench.paths import built
from sarbench.runs.samples import to_table
from sarbench.runs.scoring import rescore_run
from sarbench.runs.store import load_manifest, load_run, load_samples, read_lines, save_manifest, save_samples
from sarbench.submit import submit_run

COUNTING = "sarbench_sarchat_rebuilt_counting"
REFERRING = "sarbench_sarchat_rebuilt_referring"
REQUEST_FAILED = "[LMMS_EVAL_REQUEST_FAILED after 5 retries] 500"

pytestmark = pytest.mark.slow


def change_lines(run: Path, change: Callable[[dict[str, Any]], dict[str, Any]], *, task: str = COUNTING) -> None:
    """Replace fields of every line of a task."""
    stamp = load_samples(run, task).schema.metadata
    table = to_table(line | change(line) for line in list(read_lines(run, task)))
    save_samples(run, task, table.replace_schema_metadata(stamp))


def edit_manifest(run: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads((run / "manifest.json").read_text())
    change(content)
    (run / "manifest.json").write_text(json.dumps(content))


def wrong_ones_failed(line: dict[str, Any]) -> dict[str, Any]:
    failed = {"target": "null", "outcome": "failed", "parsed": "null", "scores": {}, "rule": "no-generation"}
    return failed if line["scores"].get("exact") != 1.0 else {}


def failures_for_an_answer(line: dict[str, Any]) -> dict[str, Any]:
    return {"prediction": REQUEST_FAILED} if line["scores"].get("exact") != 1.0 else {}


@pytest.mark.parametrize("change", [wrong_ones_failed, failures_for_an_answer])
def test_failures_that_the_manifest_hides_are_counted(run: Path, tmp_path: Path, change: Any) -> None:
    change_lines(run, change)
    with pytest.raises(RunError, match="failed in the harness; 1% may"):
        submit_run(run, to=tmp_path / "results")
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("change", [wrong_ones_failed, failures_for_an_answer])
def test_scoring_again_counts_failures_in_the_manifest(run: Path, change: Any) -> None:
    change_lines(run, change)
    scores = rescore_run(run)
    failed = {of.task: of.outcomes["failed"] for of in scores.tasks}
    assert failed[COUNTING] > 0
    assert {task.task: task.failed for task in load_manifest(run).tasks} == failed
    assert rescore_run(run) == scores


def edited_target(line: dict[str, Any]) -> dict[str, Any]:
    return {"target": json.dumps(json.loads(line["target"]) | {"count": 7, "text": "7"}), "prediction": "7"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (edited_target, "target of .* is not that of the built row"),
        (lambda line: {"image_id": line["id"]}, "image_id of .* is not that of the built row"),
        (lambda line: {"width": 2 * line["width"]}, "width of .* is not that of the built row"),
    ],
)
def test_lines_are_held_against_the_built_rows(run: Path, tmp_path: Path, change: Any, says: str) -> None:
    change_lines(run, change)
    with pytest.raises(RunError, match=says):
        submit_run(run, to=tmp_path / "results")


def test_targets_on_changed_images_are_those_that_the_model_saw(run: Path, tmp_path: Path) -> None:
    from sarbench import perturb
    from sarbench.hub.lookup import rows
    from sarbench.questions.score import target_of

    spec = "gsd:factor=2"
    for name in (COUNTING, REFERRING):
        (task,) = (task for task in load_manifest(run).tasks if task.task == name)
        built_rows = rows(built(task.dataset), task.config, task.split)
        seen = {row["id"]: perturb.changed_row(perturb.parse_spec(spec), row) for row in built_rows}
        change_lines(
            run,
            lambda line, seen=seen: {
                **{"perturbation": spec, "target": json.dumps(target_of(seen[line["id"]]))},
                **{side: seen[line["id"]][side] for side in ("width", "height")},
            },
            task=name,
        )
    edit_manifest(run, lambda manifest: manifest.update(perturbation=spec))
    assert submit_run(run, to=tmp_path / "results").unchecked == ()


def test_targets_that_nobody_could_check_are_said_to_be(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sarbench.cli.submit import submit

    assert submit_run(run, to=tmp_path / "checked").unchecked == ()
    monkeypatch.setenv("SARBENCH_HOME", str(tmp_path / "elsewhere"))
    submit(run, tmp_path / "results")
    sentence = f"targets unchecked: {COUNTING} (its data is not built here)"
    assert sentence in capsys.readouterr().out
    (manifest,) = (tmp_path / "results").rglob("manifest.json")
    assert sentence in load_manifest(manifest.parent).notes
    assert load_run(manifest.parent).scores == load_run(run).scores


def test_answers_about_no_image_are_refused(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(tmp_path / "elsewhere"))
    change_lines(run, lambda line: {"image_id": None})
    with pytest.raises(RunError, match="no answer says which image it is about"):
        submit_run(run, to=tmp_path / "results")


@pytest.mark.parametrize("task", [COUNTING, REFERRING])
@pytest.mark.parametrize("changes", [{"perturbation": "ghost"}, {"prompt_id": "sarbench-3"}, {"coords": "norm1000"}])
def test_lines_that_contradict_the_manifest_are_refused(
    run: Path, tmp_path: Path, task: str, changes: dict[str, Any]
) -> None:
    lines = list(read_lines(run, task))
    last = lines[-1]["id"]
    change_lines(run, lambda line: changes if line["id"] == last else {}, task=task)
    with pytest.raises(RunError, match=rf"{last}.*where the manifest says"):
        submit_run(run, to=tmp_path / "results")
    with pytest.raises(RunError, match="where the manifest says"):
        rescore_run(run)


@pytest.mark.parametrize("name", ["id", "sample_sha256", "target", "outcome", "scores", "coords"])
def test_what_no_line_may_lack_is_named_with_its_file(run: Path, tmp_path: Path, name: str) -> None:
    table = load_samples(run, COUNTING)
    place = table.schema.get_field_index(name)
    field = table.schema.field(name)
    values = pa.array([None, *table.column(name).to_pylist()[1:]], field.type)
    save_samples(run, COUNTING, table.set_column(place, field, values))
    for call in (lambda: submit_run(run, to=tmp_path / "results"), lambda: rescore_run(run)):
        with pytest.raises(RunError, match=rf"{COUNTING}\.parquet.* record 1 .*{name}"):
            call()


def test_scores_without_a_target_are_not_believed(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(tmp_path / "elsewhere"))
    change_lines(run, lambda line: {"target": "null", "scores": {"exact": 1.0}})
    with pytest.raises(RunError, match="answers have no target"):
        submit_run(run, to=tmp_path / "results")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"done": 0, "failed": 1}, "1 answers failed of 0"),
        ({"failed": -5}, "failed: Input should be greater than or equal to 0"),
        ({"done": -1}, "done: Input should be greater than or equal to 0"),
    ],
)
def test_counts_that_cannot_be_are_refused(run: Path, tmp_path: Path, values: dict[str, Any], says: str) -> None:
    edit_manifest(run, lambda manifest: manifest["tasks"][0].update(values))
    with pytest.raises(InputError, match=says):
        submit_run(run, to=tmp_path / "results")


def test_a_task_that_stands_twice_in_the_manifest_is_refused(run: Path) -> None:
    edit_manifest(run, lambda manifest: manifest["tasks"].append(manifest["tasks"][0]))
    with pytest.raises(InputError, match=r"sarbench_sarchat_rebuilt_\w+ stands there twice"):
        load_manifest(run)


@pytest.mark.parametrize("name", ["sarbench_gone", "sarbench_*", "sarbench_sarchat_rebuilt", "", "../../evil"])
def test_a_task_has_its_very_name(run: Path, tmp_path: Path, name: str) -> None:
    edit_manifest(run, lambda manifest: manifest["tasks"][0].update(task=name))
    with pytest.raises(RunError, match="this version of sarbench has no such task"):
        submit_run(run, to=tmp_path / "results")
    with pytest.raises(UnknownNameError, match="is no single task"):
        rescore_run(run)


def renamed(run: Path, name: str, **changes: Any) -> Path:
    copy = run.with_name(name)
    shutil.copytree(run, copy)
    manifest = load_manifest(copy)
    save_manifest(copy, manifest.model_copy(update={"run_id": name, **changes}))
    return copy


def test_the_same_answers_stand_on_the_board_once(run: Path, tmp_path: Path) -> None:
    first = submit_run(run, to=tmp_path / "results").folder
    with pytest.raises(RunError, match=rf"{COUNTING}: {first} holds the same answers of this model already"):
        submit_run(renamed(run, "again"), to=tmp_path / "results")
    model = load_manifest(run).model.model_copy(update={"id": "org/another"})
    submit_run(renamed(run, "another", model=model), to=tmp_path / "results")
    blind = renamed(run, "blind", perturbation="blank")
    for task in (COUNTING, REFERRING):
        change_lines(blind, lambda line: {"perturbation": "blank"}, task=task)
    submit_run(blind, to=tmp_path / "results")


def test_a_broken_neighbour_keeps_no_run_off_the_board(run: Path, tmp_path: Path) -> None:
    first = submit_run(run, to=tmp_path / "results").folder
    for samples in (first / "samples").iterdir():
        samples.write_bytes(b"")
    broken = renamed(first, "unreadable")
    (broken / "manifest.json").write_text("{")
    submit_run(renamed(run, "again"), to=tmp_path / "results")
