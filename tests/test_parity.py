"""The same answers give the same numbers whichever road they come by."""

import json
import shutil
from pathlib import Path

import pytest

import sarbench
from sarbench.answer_file import score_file
from sarbench.catalogue import read_catalogue
from sarbench.lmms import hooks
from sarbench.runs.record import TaskScores
from sarbench.runs.samples import from_table
from sarbench.runs.scoring import rescore_run
from sarbench.runs.store import load_run
from tests.cli.commands import run as command

TASKS = read_catalogue().select(["sarbench_sarchat_rebuilt"])

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def road(rebuilt: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers of a floor as a run and as one file."""
    folder = tmp_path_factory.mktemp("parity")
    shutil.copytree(rebuilt / "prior", folder / "run")
    lines = [line for spec in TASKS for line in from_table(load_run(folder / "run").samples(spec.name))]
    answers = [{key: line[key] for key in ("id", "prediction", "sample_sha256")} for line in lines]
    (folder / "answers.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    return folder


@pytest.fixture
def _at_home(rebuilt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(rebuilt / "home"))
    for name in ("SARBENCH_PROMPT", "SARBENCH_COORDS", "SARBENCH_PERTURB"):
        monkeypatch.delenv(name, raising=False)


def recorded(road: Path) -> dict[str, TaskScores]:
    return {task.task: task for task in load_run(road / "run").scores.tasks}


def references(spec):
    return sarbench.load_dataset(spec.dataset, spec.config, split=spec.split)


def answers(road: Path, spec) -> dict[str, str]:
    return {line["id"]: line["prediction"] for line in from_table(load_run(road / "run").samples(spec.name))}


@pytest.mark.usefixtures("_at_home")
def test_scoring_a_run_again_changes_nothing(road: Path) -> None:
    before, samples = recorded(road), load_run(road / "run").samples(TASKS[0].name)
    rescore_run(road / "run")
    assert recorded(road) == before
    assert load_run(road / "run").samples(TASKS[0].name) == samples


@pytest.mark.usefixtures("_at_home")
def test_a_file_of_answers_scores_as_the_run(road: Path) -> None:
    expected = recorded(road)
    for scored in score_file(road / "answers.jsonl", TASKS):
        assert scored == expected[scored.task]


@pytest.mark.usefixtures("_at_home")
@pytest.mark.parametrize("spec", TASKS, ids=lambda spec: spec.family)
def test_sarbench_score_agrees_with_the_run(road: Path, spec) -> None:
    table = sarbench.score(task=spec.name, predictions=answers(road, spec), references=references(spec))
    assert table.details == recorded(road)[spec.name]


@pytest.mark.usefixtures("_at_home")
@pytest.mark.parametrize("spec", TASKS, ids=lambda spec: spec.family)
def test_the_hooks_agree_with_the_run(road: Path, spec) -> None:
    said = answers(road, spec)
    items = [next(iter(hooks.process_results(row, [said[row["id"]]]).values())) for row in references(spec)]
    headline = next(score for score in recorded(road)[spec.name].scores if score.headline)
    assert hooks.aggregate(items) == headline.value


@pytest.mark.usefixtures("_at_home")
@pytest.mark.parametrize("spec", TASKS, ids=lambda spec: spec.family)
def test_the_evaluate_modules_agree_with_the_run(road: Path, spec, evaluate_cache: Path) -> None:
    import evaluate

    rows, said = references(spec), answers(road, spec)
    metric = evaluate.load(sarbench.evaluate_path(spec.family), cache_dir=str(evaluate_cache / "metrics"))
    found = metric.compute(predictions=[said[name] for name in rows["id"]], references=list(rows))
    expected = {f"{s.protocol}/{s.metric}": s.value for s in recorded(road)[spec.name].scores if s.slice == "all"}
    assert {name: found[name] for name in expected} == expected


def test_the_command_line_agrees_with_the_run(road: Path, rebuilt: Path) -> None:
    names = ",".join(spec.name for spec in TASKS)
    printed = command("score", road / "answers.jsonl", "--tasks", names, "--json", home=rebuilt / "home")
    assert printed.returncode == 0, printed.stderr
    assert [TaskScores.model_validate(task) for task in json.loads(printed.stdout)] == list(recorded(road).values())


def test_a_part_of_the_answers_is_marked(road: Path, rebuilt: Path, tmp_path: Path) -> None:
    lines = (road / "answers.jsonl").read_text().splitlines()
    few = [line for line in lines if "rebuilt-counting" in line][:2]
    (tmp_path / "few.jsonl").write_text("\n".join(few))
    task = next(spec.name for spec in TASKS if spec.family == "counting")
    printed = command("score", tmp_path / "few.jsonl", "--tasks", task, home=rebuilt / "home")
    assert printed.returncode == 0, printed.stderr
    assert "PARTIAL" in printed.stderr
    assert "have no answer" in printed.stderr
    assert "count " not in printed.stdout
    sliced = command("score", tmp_path / "few.jsonl", "--tasks", task, "--slices", home=rebuilt / "home")
    assert "count 1" in sliced.stdout or "count 2-5" in sliced.stdout


def test_no_answer_at_all_is_an_error(road: Path, rebuilt: Path, tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("")
    task = next(spec.name for spec in TASKS if spec.family == "counting")
    printed = command("score", tmp_path / "none.jsonl", "--tasks", task, home=rebuilt / "home")
    assert printed.returncode == 1
    assert "holds no answer to these tasks" in printed.stderr


def test_a_protocol_that_is_asked_for_takes_no_other_away(road: Path, rebuilt: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(road / "run", run)
    for protocols, code in (("coco", 0), ("paper", 0), ("best", 2)):
        printed = command("score", run, "--protocols", protocols, home=rebuilt / "home")
        assert printed.returncode == code, printed.stderr
        assert load_run(run).scores.tasks == load_run(road / "run").scores.tasks
    assert "strict" not in command("score", run, "--protocols", "paper", home=rebuilt / "home").stdout


def test_a_run_whose_samples_are_not_those_of_its_manifest_is_left_alone(
    road: Path, rebuilt: Path, tmp_path: Path
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = next(spec.name for spec in TASKS if spec.family == "counting")
    other = next(spec.name for spec in TASKS if spec.family == "referring")
    whole = load_run(road / "run").samples(name)
    bad = whole.set_column(whole.schema.get_field_index("target"), "target", pa.array(["{bad"] * len(whole)))
    for changed, says in (
        (whole.slice(0, 2), "where the manifest says"),
        (pa.concat_tables([whole, whole]), "twice"),
        (load_run(road / "run").samples(other), "which is no sample of"),
        (bad, "cannot be scored again"),
    ):
        run = tmp_path / says.replace(" ", "-")
        shutil.copytree(road / "run", run)
        pq.write_table(changed.cast(whole.schema), run / "samples" / f"{name}.parquet")
        before = (run / "scores.json").read_bytes()
        printed = command("score", run, home=rebuilt / "home")
        assert (printed.returncode, says in " ".join(printed.stderr.split())) == (1, True), printed.stderr
        assert "Traceback" not in printed.stderr
        assert (run / "scores.json").read_bytes() == before
        assert len(pq.read_table(run / "samples" / f"{name}.parquet")) == len(changed)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["answers.jsonl"], 2, "does not say which tasks"),
        (["absent.jsonl", "--tasks", "sarbench_sarchat_rebuilt"], 1, "no such file or folder"),
        (["answers.jsonl", "--tasks", "sarbench_sarchat_rebuilt_counting"], 1, "about no sample of the references"),
        (["answers.jsonl", "--tasks", "sarbench_sarchat_rebuilt_countin"], 2, "Did you mean"),
        (["answers.jsonl", "--tasks", "sarbench_sarchat_rebuilt", "--coords", "norm7"], 2, "no coordinate convention"),
        (["answers.jsonl", "--tasks", "sarbench_sarchat_rebuilt", "--protocols", "best"], 2, "does not exist"),
        (["answers.jsonl", "--tasks", "sarbench_sarchat_counting"], 1, "holds no counting/test"),
        (["run", "--coords", "pixel"], 2, "has its convention"),
    ],
)
def test_wrong_use_is_said_so(road: Path, rebuilt: Path, arguments: list[str], code: int, says: str) -> None:
    first, *rest = arguments
    printed = command("score", road / first, *rest, home=rebuilt / "home")
    assert says in " ".join(printed.stderr.split()), printed.stderr
    assert printed.returncode == code
    assert "Traceback" not in printed.stderr
