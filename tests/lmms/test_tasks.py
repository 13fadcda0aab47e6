"""Every task YAML, loaded by lmms-eval over a small simulated set of its dataset."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from sarbench import paths
from sarbench.baselines import floor_run
from sarbench.build import build, data_digest
from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError
from sarbench.lmms import data, hooks
from sarbench.prompts import PROMPT_VERSION
from sarbench.questions.family import FAMILIES, family
from sarbench.runs.scoring import rescore_run
from sarbench.simulate import write_fusar, write_sartext
from sarbench.task_data import task_data, task_rows, training_place, why_not
from tests.lmms.every_set import build_every_set

GOLDEN = Path(__file__).parents[1] / "golden" / "tasks.txt"
CATALOGUE = read_catalogue()
SPECS = CATALOGUE.tasks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    return build_every_set(folder / "raw", folder / "home")


@pytest.fixture(autouse=True)
def _at_home(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SARBENCH_PROMPT", "SARBENCH_COORDS", "SARBENCH_PERTURB", "SARBENCH_HISTORY"):
        monkeypatch.delenv(name, raising=False)
    if "sets" in request.fixturenames:
        monkeypatch.setenv("SARBENCH_HOME", str(request.getfixturevalue("sets")))


@pytest.fixture(scope="module")
def loaded(sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Every task as lmms-eval loads it."""
    if find_spec("lmms_eval") is None:
        pytest.skip("lmms-eval is not installed: pip install 'sarbench[eval]'")
    from sarbench.lmms import torchvision_shim

    torchvision_shim.install()
    import datasets
    from lmms_eval.tasks import TaskManager, get_task_dict

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SARBENCH_HOME", str(sets))
        patch.setenv("LMMS_EVAL_DATASETS_CACHE", str(tmp_path_factory.mktemp("cache")))
        datasets.disable_progress_bars()
        manager = TaskManager("WARNING", include_path=str(paths.tasks()), include_defaults=False, model_name="llava_hf")
        yield get_task_dict(list(SPECS), manager)
        datasets.enable_progress_bars()


def test_lmms_eval_knows_exactly_the_tasks_and_groups_of_the_catalogue(loaded: dict[str, Any]) -> None:
    from lmms_eval.tasks import TaskManager

    manager = TaskManager("WARNING", include_path=str(paths.tasks()), include_defaults=False)
    assert set(manager.all_subtasks) == set(SPECS)
    assert set(manager.all_groups) == set(CATALOGUE.groups)


def test_lmms_eval_asks_the_rows_that_sarbench_scores(loaded: dict[str, Any]) -> None:
    for name, spec in SPECS.items():
        expected = [row["sample_sha256"] for row in task_rows(spec, columns=["sample_sha256"])]
        assert expected, name
        assert list(loaded[name].test_docs()["sample_sha256"]) == expected, name
        found = task_data(spec)
        assert (found.rows, found.digest) == (len(expected), data_digest(expected)), name


def test_every_row_is_of_the_tasks_kind_and_has_an_image(loaded: dict[str, Any]) -> None:
    for name, spec in SPECS.items():
        for doc in loaded[name].test_docs():
            assert family(doc) == spec.family, name
            assert spec.asks in (None, doc["task"])
            image = data.image_of(doc)
            assert image is not None
            assert image.size == (doc["width"], doc["height"])


def test_headline_generation_and_versions_are_as_sarbench_has_them(loaded: dict[str, Any]) -> None:
    for name, spec in SPECS.items():
        config = loaded[name].config
        assert [metric["metric"] for metric in config.metric_list] == [hooks.yaml_metric(spec.family)]
        assert config.generation_kwargs["do_sample"] is False
        assert config.generation_kwargs["until"] == []
        assert config.metadata["prompt_version"] == PROMPT_VERSION


def test_first_prompts_are_what_they_were(loaded: dict[str, Any]) -> None:
    parts = []
    for name, task in loaded.items():
        docs = task.test_docs()
        shown = [hooks.doc_to_text(docs[place]) for place in range(min(2, len(docs)))]
        parts += [f"## {name}\n" + "\n--\n".join(shown) + "\n"]
    rendered = "\n".join(parts)
    if os.environ.get("SARBENCH_REFRESH_GOLDEN"):
        GOLDEN.write_text(rendered)
    assert rendered == GOLDEN.read_text(), "changed on purpose? set SARBENCH_REFRESH_GOLDEN=1"


def test_answers_are_scored_under_the_metric_of_the_yaml(loaded: dict[str, Any]) -> None:
    for name, task in loaded.items():
        doc = task.dataset_no_image["test"][0]
        ((metric, line),) = task.process_results(doc, ["yes"]).items()
        assert metric == hooks.yaml_metric(SPECS[name].family), name
        assert line["outcome"] != "failed", name


@pytest.mark.usefixtures("sets")
def test_every_row_of_a_config_is_asked_by_just_one_task() -> None:
    asked: dict[tuple[str, str], list[str]] = {}
    for spec in SPECS.values():
        asked.setdefault((spec.dataset, spec.config), []).extend(row["id"] for row in task_rows(spec, columns=["id"]))
    for (dataset, config), ids in asked.items():
        spec = next(spec for spec in SPECS.values() if (spec.dataset, spec.config) == (dataset, config))
        whole = task_rows(spec, columns=["id"], place=(config, task_data(spec).spec.split))
        assert len(ids) == len(set(ids))
        if spec.asks is None:
            assert ids == [row["id"] for row in whole]


@pytest.mark.usefixtures("sets")
def test_training_items_come_from_the_whole_config() -> None:
    def place(name: str) -> tuple[str, str]:
        return training_place(task_data(SPECS[name]))

    assert place("sarbench_sarlang_vqa1_counting_lite") == ("vqa1", "train")
    assert place("sarbench_sarlang_caption_concise") == ("caption-mixed", "train")
    assert place("sarbench_sarlang_caption_complex_lite") == ("caption-mixed", "train")
    assert place("sarbench_sartext_vqa_counting") == ("vqa", "train")
    assert place("sarbench_fusar_fields") == ("fields", "train")
    spec = SPECS["sarbench_sarlang_vqa1_counting"]
    assert {row["task"] for row in task_rows(spec, place=("vqa1", "train"))} == {"counting"}


def test_what_cannot_be_run_says_why(home: Path, tmp_path: Path) -> None:
    fields, counting = SPECS["sarbench_fusar_fields"], SPECS["sarbench_sarlang_vqa1_counting_lite"]
    assert "is not built. Build it: `sarbench build sarlang-1m --data-dir DIR --configs vqa1 --lite 5000`" in str(
        why_not(counting)
    )
    build("fusar-geovl", data_dir=write_fusar(tmp_path / "fusar", records=2), out=home / "fusar-geovl")
    assert "no images in the built set" in str(why_not(fields))
    with pytest.raises(InputError, match="no images in the built set"):
        task_data(fields)
    (home / "fusar-geovl" / "sarbench.json").write_text("{")
    assert "cannot be used" in str(why_not(fields))


def test_sartext_without_lists_is_asked_on_train_and_has_no_twin(home: Path, tmp_path: Path) -> None:
    raw = write_sartext(tmp_path / "sartext", images={"SEN12": 2})
    build("sar-text", data_dir=raw, out=home / "sar-text", configs=["caption", "vqa"])
    found = task_data(SPECS["sarbench_sartext_caption"])
    assert (found.spec.split, found.rows) == ("train", 2)
    assert found.run(prompt="sarbench", done=2, failed=0, started=_now()).split == "train"
    assert "/caption/train-*.parquet" in getattr(data, "sar-text/caption/test|train")
    assert why_not(SPECS["sarbench_sartext_vqa_counting"]) is None
    assert "holds no caption-lite/test" in str(why_not(SPECS["sarbench_sartext_caption_lite"]))
    assert "no row of vqa/train is a question of attribute" in str(why_not(SPECS["sarbench_sartext_vqa_attribute"]))


def test_every_kind_has_a_template() -> None:
    templates = {path.name for path in paths.tasks().glob("_common_*")}
    assert templates == {"_common_generation", *map("_common_{}".format, FAMILIES)}


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


@pytest.mark.usefixtures("sets")
def test_every_task_can_be_run_once_its_set_is_built() -> None:
    assert {name: reason for name, spec in SPECS.items() if (reason := why_not(spec))} == {}


@pytest.mark.usefixtures("sets")
def test_floors_take_every_task(tmp_path: Path) -> None:
    specs = list(SPECS.values())
    manifest = floor_run("prior", specs, tmp_path / "floor")
    for spec, run in zip(specs, manifest.tasks, strict=True):
        found = task_data(spec)
        assert (run.samples, run.done, run.data_digest, run.split) == (
            found.rows,
            found.rows,
            found.digest,
            found.spec.split,
        )
    scored = rescore_run(tmp_path / "floor")
    assert [task.samples for task in scored.tasks] == [run.samples for run in manifest.tasks]
    noted = {note.partition(":")[0] for note in manifest.notes}
    assert noted >= {"sarbench_fusar_caption", "sarbench_fusar_fields"}
    assert [name for name in noted if "vqa1" in name or "sarchat" in name or "sarlang_caption" in name] == []
