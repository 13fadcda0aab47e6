import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from sarbench.answers import parse
from sarbench.baselines import FLOORS, floor_run
from sarbench.baselines.answerers import answerer
from sarbench.baselines.floor import _answerer
from sarbench.baselines.known import Known, asked_class
from sarbench.build import build
from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, RunError
from sarbench.files import locked
from sarbench.paths import built
from sarbench.questions.family import family
from sarbench.questions.kinds import KINDS
from sarbench.questions.score import score_answer, target_of
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_run
from sarbench.simulate import write_sardet
from tests.questions.rows import ROWS, asked

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


def _exact(kind, target, text: str) -> float:
    return score_answer(kind, target, text, coords="pixel", size=(200, 100)).scores["exact"]


LISTED = {
    "position of five words": (asked("position", "Where is the ship?", "Left.", config="vqa1"), 5),
    "position of the grid": (asked("position", "Where is the ship?", "Left.", config="vqa2"), 9),
    "position, own list": (asked("position", "Where?", "left", config="vqa1", choices=["left", "right"]), 2),
    "class of six words": (asked("classification", "Which class is shown?", "Ship.", config="vqa1"), 6),
    "class, own list": ({**ROWS["classification"], "answers": ["It is harbor"], "choices": ["harbor", "ship"]}, 2),
    "class in a box": (asked("region", "Which class is at [1, 1, 9, 9]?", "ship.", config="vqa1"), 6),
    "yes or no": (asked("presence", "Is there a ship?", "Yes.", config="vqa1"), 2),
}
"""Question out of a closed list, and how many words are in it."""


@pytest.mark.parametrize(("row", "options"), LISTED.values(), ids=LISTED)
def test_the_random_floor_is_chance(row, options) -> None:
    """Neither above nor below it: 1 in k, for the k answers that the model is given to choose from."""
    import numpy as np

    target, kind = target_of(row), family(row)
    answer = _answerer("random", kind, [Known(row, target, None)])
    drawn = 3000
    said = Counter(answer(row, np.random.default_rng(seed)) for seed in range(drawn))
    right = sum(_exact(kind, target, text) * number for text, number in said.items())
    assert len(said) == options
    assert right / drawn == pytest.approx(1 / options, abs=4 * (1 / options / drawn) ** 0.5)


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


def test_another_seed_or_floor_into_the_same_folder_is_refused(raw: Path, home: Path, tmp_path: Path) -> None:
    build("sarchat-2m", data_dir=raw, out=built("sarchat-2m"), configs=["rebuilt-counting"])
    counting, out = read_catalogue().select(["*rebuilt_counting"]), tmp_path / "floor"
    floor_run("random", counting, out, seed=1)
    before = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(RunError, match=r"holds this floor with seed 1, not 2.*Give another --out"):
        floor_run("random", counting, out, seed=2)
    with pytest.raises(RunError, match="holds floor/random, not floor/prior"):
        floor_run("prior", counting, out, seed=1)
    with locked(out, problem="test"), pytest.raises(InputError, match="is being written by another process"):
        floor_run("random", counting, out, seed=1)
    assert {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_a_floor_that_is_killed_leaves_what_was_there(raw: Path, home: Path, tmp_path: Path) -> None:
    """However late it dies: the samples of a manifest are its own, and the next call makes the run whole."""
    build("sarchat-2m", data_dir=raw, out=built("sarchat-2m"), configs=["rebuilt-counting", "rebuilt-referring"])
    tasks, out = read_catalogue().select(["*rebuilt_counting", "*rebuilt_referring"]), tmp_path / "floor"
    floor_run("random", tasks, out, seed=1)
    before = {path.name: path.read_bytes() for path in (out / "samples").iterdir()}
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from sarbench.baselines import floor_run; from sarbench.catalogue import read_catalogue\n"
        "tasks = read_catalogue().select(['*rebuilt_counting', '*rebuilt_referring'])\n"
        "def die(spec, done, total):\n"
        "    if spec == tasks[-1] and done == total: os.kill(os.getpid(), signal.SIGKILL)\n"
        "floor_run('random', tasks, Path(sys.argv[1]), seed=int(sys.argv[2]), progress=die)\n"
    )
    for folder, seed in ((out, 1), (tmp_path / "fresh", 2)):
        died = subprocess.run([sys.executable, "-c", code, str(folder), str(seed)], env={**os.environ}, check=False)
        assert died.returncode == -signal.SIGKILL
    assert {path.name: path.read_bytes() for path in (out / "samples").iterdir()} == before
    assert not (tmp_path / "fresh" / "samples").exists()
    assert not (tmp_path / "fresh" / "manifest.json").exists()
    floor_run("random", tasks, tmp_path / "fresh", seed=3)
    assert sorted(path.name for path in (tmp_path / "fresh").iterdir()) == ["manifest.json", "samples", "scores.json"]
