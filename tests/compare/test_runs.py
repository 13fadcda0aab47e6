"""Two runs held against each other: the numbers of the pairs are those of the runs, and chance is counted in images."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sarbench.catalogue import read_catalogue
from sarbench.compare import compare_runs
from sarbench.errors import InputError, RunError, UnknownNameError
from sarbench.runs.record import BackendInfo, ModelInfo
from sarbench.runs.store import load_manifest, load_run, load_samples, save_manifest, save_samples, save_scores

TASKS = read_catalogue().select(["sarbench_sarchat_rebuilt"])
COUNTING = next(spec.name for spec in TASKS if spec.family == "counting")

pytestmark = pytest.mark.slow


@pytest.fixture
def other(rebuilt: Path, tmp_path: Path) -> Path:
    """A copy of run B that a test may change."""
    shutil.copytree(rebuilt / "random", tmp_path / "other")
    return tmp_path / "other"


def change_task(run: Path, **values: object) -> None:
    manifest = load_manifest(run)
    tasks = [task.model_copy(update=values) if task.task == COUNTING else task for task in manifest.tasks]
    save_manifest(run, manifest.model_copy(update={"tasks": tuple(tasks)}))


def change_lines(run: Path, **values: str) -> None:
    """Change columns of the samples, as another way of asking would have left them."""
    table = load_samples(run, COUNTING)
    for name, value in values.items():
        place = table.schema.get_field_index(name)
        said = pa.array([value] * table.num_rows, pa.string())
        table = table.set_column(place, table.schema.field(place), said)
    save_samples(run, COUNTING, table)


def test_both_sides_are_the_numbers_of_their_runs(rebuilt: Path) -> None:
    found = compare_runs(rebuilt / "prior", rebuilt / "random", every=True)
    assert [task.task for task in found.tasks] == [spec.name for spec in TASKS]
    checked = 0
    for side, name in (("a", "prior"), ("b", "random")):
        recorded = {
            (score.task, score.metric): score.value
            for task in load_run(rebuilt / name).scores.tasks
            for score in task.scores
            if score.slice == "all" and score.protocol == "strict"
        }
        for task in found.tasks:
            for number in task.differences:
                if number.metric == "mean_absolute_error":  # of the answers that hold a number in both runs
                    continue
                assert getattr(number, side) == pytest.approx(recorded[task.task, number.metric]), number.metric
                checked += 1
    assert checked > 20
    for task in found.tasks:
        assert task.headline.headline
        assert task.headline.difference == pytest.approx(task.headline.a - task.headline.b)
        assert task.headline.p_holm >= task.headline.p
        assert (task.only_a, task.only_b, task.failed) == (0, 0, 0)
        assert all(number.p_holm is None for number in task.differences[1:])


def test_sides_swap(rebuilt: Path) -> None:
    forth, back = (
        compare_runs(rebuilt / "prior", rebuilt / "random"),
        compare_runs(rebuilt / "random", rebuilt / "prior"),
    )
    for one, two in zip(forth.tasks, back.tasks, strict=True):
        assert one.headline.difference == pytest.approx(-two.headline.difference)
        assert one.headline.p == pytest.approx(two.headline.p)
        assert {sample.id for sample in one.differing} == {sample.id for sample in two.differing}


def test_a_run_against_itself_differs_nowhere(rebuilt: Path) -> None:
    for task in compare_runs(rebuilt / "prior", rebuilt / "prior").tasks:
        assert task.headline.difference == 0
        assert task.headline.p == 1
        assert task.differing == ()


def test_samples_that_differ_are_those_with_other_facts(rebuilt: Path) -> None:
    (task,) = compare_runs(rebuilt / "prior", rebuilt / "random", tasks=[COUNTING]).tasks
    exact = [
        {line["id"]: dict(line["scores"])["exact"] for line in load_samples(rebuilt / floor, COUNTING).to_pylist()}
        for floor in ("prior", "random")
    ]
    assert {sample.id for sample in task.differing} == {name for name in exact[0] if exact[0][name] != exact[1][name]}
    assert task.differing
    for sample in task.differing:
        assert sample.scores_a["exact"] == exact[0][sample.id]
        assert sample.scores_b["exact"] == exact[1][sample.id]


def test_what_one_side_lacks_or_failed_is_left_out_and_counted(rebuilt: Path, other: Path) -> None:
    table = load_samples(other, COUNTING)
    few = table.slice(3)
    outcomes = few.column("outcome").to_pylist()
    outcomes[0] = "failed"
    few = few.set_column(few.schema.get_field_index("outcome"), "outcome", pa.array(outcomes))
    save_samples(other, COUNTING, few)
    change_task(other, done=few.num_rows, limit=few.num_rows)
    (task,) = compare_runs(rebuilt / "prior", other, tasks=[COUNTING]).tasks
    assert (task.only_a, task.only_b, task.failed, task.pairs) == (3, 0, 1, table.num_rows - 4)
    assert task.headline.n == task.pairs


def test_other_data_are_refused(rebuilt: Path, other: Path) -> None:
    change_task(other, data_digest="f" * 64)
    found = compare_runs(rebuilt / "prior", other)
    assert list(found.refused) == [COUNTING]
    assert "other data" in found.refused[COUNTING]
    assert len(found.tasks) == len(TASKS) - 1
    with pytest.raises(InputError, match="other data"):
        compare_runs(rebuilt / "prior", other, tasks=[COUNTING])


def test_another_task_version_is_refused_and_a_minor_one_is_said(rebuilt: Path, other: Path) -> None:
    major = next(spec.version for spec in TASKS if spec.name == COUNTING).partition(".")[0]
    change_task(other, version=f"{major}.99")
    (task,) = compare_runs(rebuilt / "prior", other, tasks=[COUNTING]).tasks
    assert any("task version" in note for note in task.notes)
    change_task(other, version=f"{int(major) + 1}.0")
    with pytest.raises(InputError, match="task version"):
        compare_runs(rebuilt / "prior", other, tasks=[COUNTING])


def test_other_prompts_and_conventions_are_said(rebuilt: Path, other: Path) -> None:
    change_task(other, prompt_id="authors")
    save_manifest(other, load_manifest(other).model_copy(update={"coords": "norm1000"}))
    change_lines(other, prompt_id="authors", coords="norm1000")
    found = compare_runs(rebuilt / "prior", other, tasks=[COUNTING])
    assert any(note.startswith("prompt: sarbench") for note in found.tasks[0].notes)
    assert found.notes == ("coordinate convention: pixel in A, norm1000 in B", "seed: floor=1 in A, floor=2 in B")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"history": "gold"}, "history: none in A, gold in B"),
        ({"seeds": {"floor": 7}}, "seed: floor=2 in A, floor=7 in B"),
        ({"backend": BackendInfo(name="vllm")}, "backend: floor in A, vllm in B"),
        ({"model": ModelInfo(id="floor/random", revision="2")}, "revision: none in A, 2 in B"),
        ({"perturbation": "blank"}, "perturbation: none in A, blank in B"),
    ],
)
def test_however_else_a_run_was_asked_is_said(
    rebuilt: Path, other: Path, changes: dict[str, object], says: str
) -> None:
    save_manifest(other, load_manifest(other).model_copy(update=changes))
    if "perturbation" in changes:
        change_lines(other, perturbation="blank")
    assert says in compare_runs(rebuilt / "random", other, tasks=[COUNTING]).notes
    assert compare_runs(rebuilt / "random", rebuilt / "random", tasks=[COUNTING]).notes == ()


def test_revisions_of_two_models_are_not_held_against_each_other(rebuilt: Path, other: Path) -> None:
    model = ModelInfo(id="org/other", revision="2")
    save_manifest(other, load_manifest(other).model_copy(update={"model": model}))
    assert compare_runs(rebuilt / "random", other, tasks=[COUNTING]).notes == ()


def test_facts_by_other_word_lists_are_refused(rebuilt: Path, other: Path) -> None:
    scores = load_run(other).scores
    save_scores(other, scores.model_copy(update={"rules": {**scores.rules, "vocabulary": "0"}}))
    with pytest.raises(InputError, match="vocabulary") as caught:
        compare_runs(rebuilt / "prior", other)
    assert "sarbench score" in str(caught.value)


def test_facts_of_another_version_are_compared_and_said(rebuilt: Path, other: Path, tmp_path: Path) -> None:
    shutil.copytree(rebuilt / "prior", tmp_path / "prior")
    for run in (other, tmp_path / "prior"):
        scores = load_run(run).scores
        save_scores(run, scores.model_copy(update={"rules": {**scores.rules, "class_words": "0"}}))
    found = compare_runs(tmp_path / "prior", other, tasks=[COUNTING])
    assert any("another version of class_words" in note for note in found.notes)
    assert not any("another version" in note for note in compare_runs(rebuilt / "prior", rebuilt / "random").notes)


def test_a_headline_without_its_facts_is_said(rebuilt: Path, other: Path) -> None:
    table = load_samples(other, COUNTING)
    place = table.schema.get_field_index("scores")
    empty = pa.array([[]] * table.num_rows, table.schema.field(place).type)
    save_samples(other, COUNTING, table.set_column(place, table.schema.field(place), empty))
    (task,) = compare_runs(rebuilt / "prior", other, tasks=[COUNTING]).tasks
    assert task.headline.n == 0
    assert f"none of the {task.pairs} pairs holds what exact is made from" in task.notes[0]


def test_changed_samples_under_one_id_are_refused(rebuilt: Path, other: Path) -> None:
    table = load_samples(other, COUNTING)
    hashes = ["0" * 64, *table.column("sample_sha256").to_pylist()[1:]]
    place = table.schema.get_field_index("sample_sha256")
    save_samples(other, COUNTING, table.set_column(place, "sample_sha256", pa.array(hashes)))
    with pytest.raises(RunError, match="sample hashes differ"):
        compare_runs(rebuilt / "prior", other, tasks=[COUNTING])


def test_a_task_that_one_run_lacks_is_named(rebuilt: Path, other: Path) -> None:
    manifest = load_manifest(other)
    kept = tuple(task for task in manifest.tasks if task.task != COUNTING)
    save_manifest(other, manifest.model_copy(update={"tasks": kept}))
    with pytest.raises(UnknownNameError, match=COUNTING):
        compare_runs(rebuilt / "prior", other, tasks=[COUNTING])
    assert COUNTING not in [task.task for task in compare_runs(rebuilt / "prior", other).tasks]
    with pytest.raises(InputError):
        compare_runs(rebuilt / "prior", other / "absent")


def test_a_task_that_is_gone_does_not_hinder_the_others(rebuilt: Path, tmp_path: Path) -> None:
    for floor in ("prior", "random"):
        shutil.copytree(rebuilt / floor, tmp_path / floor)
        change_task(tmp_path / floor, task="sarbench_gone")
    found = compare_runs(tmp_path / "prior", tmp_path / "random")
    assert list(found.refused) == ["sarbench_gone"]
    assert len(found.tasks) == len(TASKS) - 1


def test_a_file_that_is_cut_is_said(rebuilt: Path, other: Path) -> None:
    path = other / "samples" / f"{COUNTING}.parquet"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(RunError, match="cannot be read"):
        compare_runs(rebuilt / "prior", other, tasks=[COUNTING])
    pq.write_table(load_samples(rebuilt / "random", COUNTING).slice(0, 2), path)
    with pytest.raises(RunError, match="where the manifest says"):
        compare_runs(rebuilt / "prior", other, tasks=[COUNTING])


def test_the_comparison_is_json(rebuilt: Path) -> None:
    found = json.loads(json.dumps(compare_runs(rebuilt / "prior", rebuilt / "random").as_dict()))
    assert found["tasks"][0]["differences"][0]["headline"] is True
