"""Only training and validation items calibrate; the file that comes of it is what --coords reads."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sarbench.baselines import floor_run
from sarbench.build import build
from sarbench.calibrate import calibrate, coords_option, items_of_file, items_of_run, save_calibration
from sarbench.catalogue import read_catalogue
from sarbench.coords import format_box
from sarbench.errors import InputError, SarbenchError, UnknownNameError
from sarbench.hub.lookup import rows
from sarbench.paths import built
from sarbench.runs.store import load_manifest, load_samples, save_manifest, save_samples
from sarbench.simulate import write_sardet

REFERRING = "sarbench_sarchat_rebuilt_referring"
COUNTING = "sarbench_sarchat_rebuilt_counting"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built simulated data, a floor's run on its test split, and true answers to its validation items in norm1000."""
    folder = tmp_path_factory.mktemp("calibrate")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SARBENCH_HOME", str(folder / "home"))
        raw = write_sardet(folder / "raw", images={"train": 4, "val": 24, "test": 4})
        home = built("sarchat-2m")
        build("sarchat-2m", data_dir=raw, out=home, configs=["rebuilt-referring", "rebuilt-counting"])
        floor_run("prior", read_catalogue().select([REFERRING, COUNTING]), folder / "run", seed=1)
        with (folder / "answers.jsonl").open("w") as file:
            for row in rows(home, "rebuilt-referring", "validation"):
                size = (row["width"], row["height"])
                said = " ".join(format_box(np.array(box["xyxy"]), "norm1000", size) for box in row["boxes"])
                file.write(json.dumps({"id": row["id"], "prediction": said}) + "\n")
    return folder


@pytest.fixture(autouse=True)
def _at_home(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(made / "home"))


def as_validation(made: Path, to: Path) -> Path:
    """The run as if it had asked validation items."""
    shutil.copytree(made / "run", to)
    manifest = load_manifest(to)
    tasks = tuple(task.model_copy(update={"split": "validation"}) for task in manifest.tasks)
    save_manifest(to, manifest.model_copy(update={"tasks": tasks}))
    table = load_samples(to, REFERRING)
    ids = [name.replace("/test/", "/validation/") for name in table.column("id").to_pylist()]
    place = table.schema.get_field_index("id")
    save_samples(to, REFERRING, table.set_column(place, "id", [ids]))
    return to


def test_a_file_of_validation_answers_calibrates(made: Path, tmp_path: Path) -> None:
    source = items_of_file(made / "answers.jsonl", [REFERRING], split="validation")
    found = calibrate(source.items)
    save_calibration(tmp_path / "coords.json", found, source)
    assert found.clear, found.why
    assert coords_option(f"@{tmp_path / 'coords.json'}") == found.convention
    assert found.convention in ("norm1000", "norm999")


def test_a_run_on_validation_items_is_read(made: Path, tmp_path: Path) -> None:
    run = as_validation(made, tmp_path / "run")
    source = items_of_run(run)
    assert source.tasks == (REFERRING,)
    assert len(source.items) == load_samples(run, REFERRING).num_rows
    assert (source.split, source.asked_in, source.model) == ("validation", "pixel", "floor/prior")


def test_a_test_split_is_refused_however_it_comes(made: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="never chosen on the items that runs are ranked by"):
        items_of_run(made / "run")
    with pytest.raises(InputError, match="never chosen"):
        items_of_file(made / "answers.jsonl", [REFERRING], split="test")
    run = as_validation(made, tmp_path / "run")  # the manifest says validation, the samples are of the test split
    shutil.copy(made / "run" / "samples" / f"{REFERRING}.parquet", run / "samples" / f"{REFERRING}.parquet")
    with pytest.raises(SarbenchError, match="no sample of"):
        items_of_run(run)
    test = [{"id": row["id"], "prediction": ""} for row in rows(built("sarchat-2m"), "rebuilt-referring", "test")]
    (tmp_path / "test.jsonl").write_text("\n".join(map(json.dumps, test)))
    with pytest.raises(InputError, match="no sample of the references"):
        items_of_file(tmp_path / "test.jsonl", [REFERRING], split="validation")


def test_tasks_without_boxes_and_perturbed_runs_are_refused(made: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="asks for no boxes"):
        items_of_file(made / "answers.jsonl", [COUNTING], split="validation")
    with pytest.raises(InputError, match="no task that asks for boxes"):
        items_of_run(made / "run", tasks=[COUNTING])
    run = as_validation(made, tmp_path / "run")
    save_manifest(run, load_manifest(run).model_copy(update={"perturbation": "blank"}))
    with pytest.raises(InputError, match="perturbed"):
        items_of_run(run)


def test_what_is_not_clear_is_not_taken(made: Path, tmp_path: Path) -> None:
    source = items_of_file(made / "answers.jsonl", [REFERRING], split="validation")
    save_calibration(tmp_path / "few.json", calibrate(source.items[:3]), source)
    with pytest.raises(InputError, match="nothing is clear"):
        coords_option(f"@{tmp_path / 'few.json'}")


def test_the_calibration_of_another_model_is_not_taken(made: Path, tmp_path: Path) -> None:
    source = items_of_file(made / "answers.jsonl", [REFERRING], split="validation")
    path = tmp_path / "coords.json"
    save_calibration(path, calibrate(source.items), replace(source, model="org/one"))
    with pytest.raises(InputError, match=r"is the calibration of org/one, and org/other is asked.*Calibrate org/other"):
        coords_option(f"@{path}", model="org/other")
    assert coords_option(f"@{path}", model="org/one") == coords_option(f"@{path}") == "norm1000"
    save_calibration(path, calibrate(source.items), source)  # a file of answers does not say whose they are
    assert coords_option(f"@{path}", model="org/other") == "norm1000"


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "cannot be read"), ("{", "no calibration"), ('{"convention": "norm1000"}', "no calibration")],
)
def test_a_file_that_is_no_calibration_is_said(tmp_path: Path, content: str | None, says: str) -> None:
    if content is not None:
        (tmp_path / "x.json").write_text(content)
    with pytest.raises(InputError, match=says):
        coords_option(f"@{tmp_path / 'x.json'}")


def test_a_calibration_on_a_test_split_is_refused(made: Path, tmp_path: Path) -> None:
    source = items_of_file(made / "answers.jsonl", [REFERRING], split="validation")
    save_calibration(tmp_path / "x.json", calibrate(source.items), source)
    (tmp_path / "x.json").write_text((tmp_path / "x.json").read_text().replace('"validation"', '"test"'))
    with pytest.raises(InputError, match="was made on 'test'"):
        coords_option(f"@{tmp_path / 'x.json'}")


def test_a_name_is_checked() -> None:
    assert coords_option("norm1") == "norm1"
    with pytest.raises(UnknownNameError):
        coords_option("norm7")
