"""The files are what the format lists, and the numbers in them are those of the run."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.export import export_run
from sarbench.export.every_eval_ever.folder import file_id
from sarbench.runs.scoring import score_run
from sarbench.runs.store import load_manifest, load_run, load_samples, save_manifest
from tests.export.eee_schema import Log, Sample
from tests.export.published import change, publishable, sound
from tests.judge.run_folder import write_run

COUNTING = "sarbench_sarchat_rebuilt_counting"


def exported(run: Path, out: Path, **options: str) -> tuple[Log, list[Sample]]:
    paths = export_run(run, to="every-eval-ever", out=out, **options)
    log = Log.model_validate_json(paths[0].read_bytes())
    lines = paths[1].read_text().splitlines() if len(paths) > 1 else []
    return log, [Sample.model_validate_json(line) for line in lines]


@pytest.mark.slow
def test_every_ranking_number_is_there_with_its_interval(rebuilt: Path, tmp_path: Path) -> None:
    run = publishable(rebuilt / "prior", tmp_path / "run")
    log, _ = exported(run, tmp_path / "out", by="A group", relationship="third_party")
    held = {result.evaluation_result_id: result for result in log.evaluation_results}
    expected = [
        (task, score)
        for task in load_run(run).scores.tasks
        for score in task.scores
        if score.value is not None and score.higher_is_better is not None
    ]
    assert len(held) == len(log.evaluation_results) == len(expected) > 50
    tasks = {task.task: task for task in load_manifest(run).tasks}
    for task, score in expected:
        name = score.task if score.slice == "all" else f"{score.task}.{score.slice}"
        result = held[f"{name}:{score.protocol}:{score.metric}"]
        assert result.evaluation_name == name
        assert result.score_details.score == score.value
        assert result.score_details.uncertainty.num_samples == score.n
        interval = result.score_details.uncertainty.confidence_interval
        assert (interval and (interval.lower, interval.upper)) == (
            (score.low is not None and (score.low, score.high)) or None
        )
        assert result.metric_config.additional_details == {"protocol": score.protocol, "slice": score.slice}
        assert result.metric_config.lower_is_better is (score.higher_is_better is False)
        details = result.score_details.details
        assert details["data_digest"] == tasks[task.task].data_digest
        assert details["task_version"] == tasks[task.task].version
        assert (details["images"], details["samples"]) == (str(score.clusters), str(tasks[task.task].samples))
    assert log.source_metadata.source_organization_name == "A group"
    assert log.source_metadata.evaluator_relationship == "third_party"
    assert any(result.metric_config.max_score == "Infinity" for result in log.evaluation_results)  # absolute errors


@pytest.mark.slow
def test_samples_lie_where_the_datastore_looks_for_them(rebuilt: Path, tmp_path: Path) -> None:
    run = publishable(rebuilt / "prior", tmp_path / "run")
    log, samples = exported(run, tmp_path / "out")
    name = file_id(load_manifest(run))
    place = tmp_path / "out" / "data" / "sarbench" / "org" / "model"
    assert sorted(path.name for path in place.iterdir()) == [f"{name}.json", f"{name}_samples.jsonl"]
    detailed = log.detailed_evaluation_results
    path = tmp_path / "out" / detailed.file_path
    assert path == place / f"{name}_samples.jsonl"
    assert detailed.checksum == hashlib.sha256(path.read_bytes()).hexdigest()
    assert detailed.total_rows == len(samples) == sum(task.samples for task in load_manifest(run).tasks)
    assert {sample.evaluation_id for sample in samples} == {log.evaluation_id}
    assert {sample.model_id for sample in samples} == {log.model_info.id} == {"org/model"}
    assert {sample.evaluation_result_id for sample in samples} < {
        one.evaluation_result_id for one in log.evaluation_results
    }
    counting = [sample for sample in samples if sample.evaluation_name == COUNTING]
    exact = [dict(line)["exact"] for line in load_samples(run, COUNTING).column("scores").to_pylist()]
    assert [sample.evaluation.score for sample in counting] == exact
    headline = next(one for one in log.evaluation_results if one.evaluation_result_id == f"{COUNTING}:strict:exact")
    assert headline.score_details.score == pytest.approx(sum(exact) / len(exact))
    assert len({sample.evaluation_name for sample in samples}) == len(load_manifest(run).tasks)
    one = counting[0]
    asked = {"raw": one.input.raw, "reference": one.input.reference}
    assert (
        one.sample_hash == hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    )


@pytest.mark.slow
def test_the_same_run_has_the_same_place_and_a_single_file_no_samples(rebuilt: Path, tmp_path: Path) -> None:
    run = publishable(rebuilt / "prior", tmp_path / "run")
    for _ in range(2):
        paths = export_run(run, to="every-eval-ever", out=tmp_path / "out")
    assert len(list((tmp_path / "out").rglob("*.json*"))) == len(paths) == 2
    log, samples = exported(run, tmp_path / "one.json")
    assert (samples, log.detailed_evaluation_results) == ([], None)


def test_texts_that_may_not_be_shown_are_not(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    score_run(run)
    sound(run)
    log, samples = exported(run, tmp_path / "out")
    assert samples == []
    assert log.detailed_evaluation_results is None
    written = "".join(path.read_text() for path in (tmp_path / "out").rglob("*.json"))
    assert "predominant land cover" not in written
    assert "meadow" not in written
    (source,) = {one.source_data.model_dump_json() for one in log.evaluation_results}
    assert json.loads(source)["source_type"] == "hf_dataset"


def test_an_encoder_is_exported_without_samples(retrieved: Path, tmp_path: Path) -> None:
    change(retrieved / "first", simulated=False)
    log, samples = exported(retrieved / "first", tmp_path / "out")
    assert samples == []
    (headline,) = [one for one in log.evaluation_results if one.score_details.details["headline"] == "yes"]
    assert headline.metric_config.metric_id == "sarbench.strict.mean_recall"
    assert headline.score_details.uncertainty.num_bootstrap_samples == 2000
    ranks = [one for one in log.evaluation_results if one.metric_config.metric_unit == "rank"]
    assert all(one.metric_config.lower_is_better and one.metric_config.max_score == "Infinity" for one in ranks)


def of_model(run: Path, model: str, args: dict[str, str]) -> None:
    """Make a run that of a model, which its backend was given by these arguments."""
    manifest = load_manifest(run)
    backend = manifest.backend.model_copy(update={"args": args})
    named = manifest.model.model_copy(update={"id": model})
    save_manifest(run, manifest.model_copy(update={"model": named, "backend": backend}))


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ("org/model", "org/model"),
        ("alone", "unknown/alone"),
        ("a/b/c", "unknown/a_b_c"),
        ("../../x", "unknown/.._.._x"),
        ("/etc/data", "unknown/_etc_data"),
        ("org/aux", "org/model_aux"),
    ],
)
def test_no_name_of_a_model_leaves_the_folder(tmp_path: Path, model: str, place: str) -> None:
    run = write_run(tmp_path / "run")
    score_run(run)
    sound(run)
    of_model(run, model, {"pretrained": model})
    (path,) = export_run(run, to="every-eval-ever", out=tmp_path / "out")
    assert path.parent == tmp_path / "out" / "data" / "sarbench" / place
    Log.model_validate_json(path.read_bytes())


@pytest.mark.parametrize(
    ("model", "args", "developer", "name"),
    [
        ("org/model", {"pretrained": "org/model"}, "org", "org/model"),
        ("org/model", {"model": "org/model"}, "org", "org/model"),
        ("checkpoint/final", {"pretrained": "/home/me/checkpoint/final"}, "unknown", "unknown/checkpoint_final"),
        ("checkpoint/final", {}, "unknown", "unknown/checkpoint_final"),
        ("mine/here", {"pretrained": "mine/here"}, "unknown", "unknown/mine_here"),
        ("gpt-4o", {"model": "gpt-4o"}, "unknown", "gpt-4o"),
    ],
)
def test_only_a_hub_id_has_a_developer(
    model: str, args: dict[str, str], developer: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine" / "here").mkdir(parents=True)
    run = write_run(tmp_path / "run")
    score_run(run)
    sound(run)
    of_model(run, model, args)
    (path,) = export_run(run, to="every-eval-ever", out=tmp_path / "out")
    said = Log.model_validate_json(path.read_bytes()).model_info
    assert (said.developer, said.id, said.name) == (developer, name, model)
    assert path.parent.parent.name == developer


@pytest.mark.parametrize("to", ["every-eval-ever", "hub"])
@pytest.mark.parametrize(
    ("values", "says"), [({"kind": "floor"}, "is the run of a floor"), ({}, "is about simulated data")]
)
def test_what_is_no_result_of_a_model_is_refused(tmp_path: Path, to: str, values: dict[str, Any], says: str) -> None:
    run = write_run(tmp_path / "run")
    score_run(run)
    save_manifest(run, load_manifest(run).model_copy(update=values))
    with pytest.raises(InputError, match=says):
        export_run(run, to=to, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_relationship_is_one_of_the_format(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    score_run(run)
    sound(run)
    with pytest.raises(UnknownNameError, match="first_party"):
        export_run(run, to="every-eval-ever", out=tmp_path / "out", relationship="friend")
