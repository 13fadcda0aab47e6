"""The schemas in leaderboard/schema: up to date, whole, and what real runs have."""

import json
from pathlib import Path
from typing import Any

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.judge.asking import Settings
from sarbench.judge.endpoint import Endpoint
from sarbench.judge.prompt import PROMPTS
from sarbench.judge.run import judge_run
from sarbench.runs.columns import SAMPLE_COLUMNS, VERDICT_COLUMNS
from sarbench.runs.record import SAMPLES
from sarbench.runs.schema import FILES, main, schema_path, schemas
from sarbench.runs.store import load_manifest, load_run, read_lines
from sarbench.runs.verdicts import VERDICTS, load_lines
from tests.judge import run_folder
from tests.judge.stub_server import sensible, serving

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install 'sarbench[test]'")


def check(name: str, content: Any) -> None:
    schema = json.loads(schema_path(name).read_text())
    jsonschema.Draft202012Validator(schema).validate(content)


def test_the_files_are_what_the_code_reads(tmp_path: Path) -> None:
    main([str(tmp_path)])
    made = {path.name: json.loads(path.read_text()) for path in tmp_path.iterdir()}
    there = {path.name: json.loads(path.read_text()) for path in schema_path("manifest").parent.iterdir()}
    assert made == there, "run `python -m sarbench.runs.schema`"


@pytest.mark.parametrize("name", list(schemas()))
def test_every_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[name])


def test_every_column_is_described() -> None:
    assert list(SAMPLE_COLUMNS) == SAMPLES.names
    assert list(VERDICT_COLUMNS) == VERDICTS.names


def test_attributes_are_described_as_in_the_code() -> None:
    manifest = schemas()["manifest"]
    assert manifest["properties"]["perturbation"]["description"] == "`blank` is the model without its eyes."
    digest = manifest["$defs"]["TaskRun"]["properties"]["data_digest"]["description"]
    assert digest.startswith("SHA-256 over the sample hashes in file order")


@pytest.mark.parametrize("floor", ["prior", "random"])
def test_a_floors_run_passes(rebuilt: Path, floor: str) -> None:
    run = rebuilt / floor
    check("manifest", json.loads((run / "manifest.json").read_text()))
    check("scores", json.loads((run / "scores.json").read_text()))
    for task in load_manifest(run).tasks:
        for line in read_lines(run, task.task):
            check("samples-line", line)


def test_an_encoders_run_passes(retrieved: Path) -> None:
    run = load_run(retrieved / "first")
    check("manifest", json.loads((run.folder / "manifest.json").read_text()))
    check("scores", json.loads((run.folder / "scores.json").read_text()))
    for task in run.manifest.tasks:
        for line in read_lines(run.folder, task.task):
            check("samples-line", line)


def test_a_judged_run_passes(home: Path, tmp_path: Path) -> None:
    run = run_folder.write_run(tmp_path / "run")
    with serving(sensible) as stub:
        settings = Settings(Endpoint(stub.url, "judge-7b"), PROMPTS["sarbench"], sampling={"temperature": 0})
        judge_run(run, read_catalogue().select([run_folder.TASK]), settings, cache=tmp_path / "cache.sqlite")
    check("verdicts", json.loads((run / "verdicts.json").read_text()))
    lines = load_lines(run, run_folder.TASK)
    assert lines
    for line in lines:
        check("verdicts-line", line)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("manifest", {"seeds": 3}),
        ("manifest", {"unheard": 1}),
        ("manifest", {"kind": "human"}),
        ("scores", {"tasks": None}),
        ("scores", {"record_version": "2"}),
    ],
)
def test_what_the_code_refuses_the_schema_refuses_too(rebuilt: Path, name: str, change: dict[str, Any]) -> None:
    content = json.loads((rebuilt / "prior" / f"{name}.json").read_text()) | change
    with pytest.raises(ValueError, match="validation error"):
        FILES[name].model_validate_json(json.dumps(content))
    with pytest.raises(jsonschema.ValidationError):
        check(name, content)
