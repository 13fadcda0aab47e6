from pathlib import Path

import pytest

from sarbench.answers import parse
from sarbench.baselines import FLOORS, floor_run
from sarbench.baselines.answerers import answerer
from sarbench.baselines.known import Known, asked_class
from sarbench.build import build
from sarbench.catalogue import read_catalogue
from sarbench.errors import RunError
from sarbench.paths import built
from sarbench.questions.kinds import KINDS
from sarbench.questions.score import target_of
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_run
from sarbench.simulate import write_sardet
from tests.questions.rows import ROWS

TASKS = read_catalogue().select(["sarbench_sarchat_rebuilt"])


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sardet(tmp_path_factory.mktemp("raw"), images={"train": 6, "val": 2, "test": 4})


@pytest.fixture
def built_home(raw: Path, home: Path) -> Path:
    build("sarchat-2m", data_dir=raw, out=built("sarchat-2m"), configs=["rebuilt"])
    return home


@pytest.mark.parametrize("floor", FLOORS)
@pytest.mark.parametrize("kind", sorted(ROWS))
def test_every_floor_answers_in_words_that_the_parser_reads(floor, kind) -> None:
    import numpy as np

    row = ROWS[kind]
    known = [Known(row, target_of(row), asked_class(row["question"]))]
    text = answerer(floor, kind, known)(row, np.random.default_rng(0))
    read = parse(text, kind=KINDS[kind].reads(target_of(row)), choices=tuple(row["choices"]), size=(200, 100))
    assert read.outcome == "ok", text


@pytest.mark.slow
def test_floors_are_the_same_bit_by_bit_and_differ_by_seed(built_home: Path, tmp_path: Path) -> None:
    def answers(name: str, seed: int) -> list[str]:
        floor_run("random", TASKS, tmp_path / name, seed=seed)
        run = load_run(tmp_path / name)
        return [line["prediction"] for spec in TASKS for line in from_table(run.samples(spec.name))]

    assert answers("a", 0) == answers("b", 0) != answers("c", 1)


@pytest.mark.slow
def test_majority_floor_is_a_whole_run_record(built_home: Path, tmp_path: Path) -> None:
    manifest = floor_run("majority", TASKS, tmp_path / "floor-majority")
    run = load_run(tmp_path / "floor-majority")
    assert run.manifest == manifest
    assert manifest.kind == "floor"
    assert all(task.simulated and task.done == task.samples and task.failed == 0 for task in manifest.tasks)
    assert {scored.task for scored in run.scores.tasks} == {spec.name for spec in TASKS}
    assert manifest.notes == ()


@pytest.mark.slow
def test_floor_from_the_test_split_says_so(raw: Path, home: Path, tmp_path: Path) -> None:
    build("sarchat-2m", data_dir=raw, out=built("sarchat-2m"), configs=["rebuilt-counting"], splits=["test"])
    manifest = floor_run("majority", read_catalogue().select(["*rebuilt_counting"]), tmp_path / "floor")
    assert "took its answers from it" in manifest.notes[0]


def test_asked_class_is_only_a_class_that_the_question_names() -> None:
    assert asked_class("[count] Count the ship in this satellite image.") == "ship"
    assert asked_class("What do you observe?") is None
    assert asked_class(None) is None


def test_fewer_tasks_into_the_same_folder_are_refused_and_nothing_is_lost(
    raw: Path, home: Path, tmp_path: Path
) -> None:
    build("sarchat-2m", data_dir=raw, out=built("sarchat-2m"), configs=["rebuilt-counting", "rebuilt-referring"])
    counting, referring = (read_catalogue().select([f"*rebuilt_{kind}"]) for kind in ("counting", "referring"))
    out = tmp_path / "floor-majority"
    floor_run("majority", [*counting, *referring], out)
    before = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(RunError, match=r"holds answers to sarbench_sarchat_rebuilt_referring too, .* would drop"):
        floor_run("majority", counting, out)
    assert {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    manifest = floor_run("majority", [*referring, *counting], out)
    assert {task.task for task in manifest.tasks} == {spec.name for spec in (*counting, *referring)}
