"""Spreads over wordings: mean and range by hand, and only runs that differ in the wording."""

from pathlib import Path

import pytest

from sarbench.errors import InputError
from sarbench.prompts import PARAPHRASES
from sarbench.runs.finding import find_runs
from sarbench.runs.store import WORDINGS, load_scores, save_scores
from sarbench.runs.wordings import record_wordings, wording_folder, wording_spreads, wordings_inside
from tests.board.board_runs import COUNTING, REFERRING, TaskPlan
from tests.runs.folders import asked

VALUES = (0.8, 0.6, 0.7, 0.3)


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    return [asked(tmp_path, prompt, value, prompt=prompt) for prompt, value in zip(PARAPHRASES, VALUES, strict=True)]


def test_mean_and_range_whatever_the_order_of_runs(runs: list[Path]) -> None:
    counting, referring = wording_spreads(runs[0], runs[:0:-1])
    assert (counting.task, referring.task, counting.metric) == (COUNTING, REFERRING, "exact")
    assert [(found.prompt_id, found.value) for found in counting.wordings] == list(
        zip(PARAPHRASES, VALUES, strict=True)
    )
    assert counting.mean == pytest.approx(0.6)
    assert (counting.lowest, counting.highest) == (0.3, 0.8)
    assert referring.mean == pytest.approx(0.3)
    assert wording_spreads(runs[2], [runs[0]])[0].mean == pytest.approx(0.75)


def test_a_task_that_a_wording_lacks_has_no_mean(tmp_path: Path, runs: list[Path]) -> None:
    part = asked(tmp_path, "part", 0.1, prompt="sarbench-4", tasks=[TaskPlan(COUNTING, value=0.1)])
    counting, referring = wording_spreads(runs[0], [runs[1], part])
    assert counting.lowest == 0.1
    assert [found.value for found in referring.wordings] == [0.4, 0.3, None]
    assert (referring.mean, referring.lowest, referring.highest) == (None, None, None)
    assert [found.task for found in wording_spreads(runs[0], [part])] == [COUNTING]


def test_what_is_no_wording_and_what_is_there_twice(tmp_path: Path, runs: list[Path]) -> None:
    authors = asked(tmp_path, "authors", 0.5, prompt="authors")
    with pytest.raises(InputError, match="has the prompt authors, which is no wording"):
        wording_spreads(runs[0], [authors])
    with pytest.raises(InputError, match=r"has the wording sarbench-2, as .* has\. Give one run of each"):
        wording_spreads(runs[0], [runs[1], runs[1]])
    with pytest.raises(InputError, match="is the only run, under the wording sarbench-3"):
        wording_spreads(runs[2], [])
    other = asked(tmp_path, "other", 0.5, prompt="sarbench-2", coords="norm1000")
    with pytest.raises(InputError, match="another coordinate convention"):
        wording_spreads(runs[0], [other])


def test_they_are_recorded_in_the_first_run_alone(runs: list[Path]) -> None:
    untouched = (runs[1] / "scores.json").read_bytes()
    spreads = wording_spreads(runs[0], runs[1:3])
    record_wordings(runs[0], spreads)
    assert load_scores(runs[0]).wordings == spreads
    again = wording_spreads(runs[0], runs[1:])
    record_wordings(runs[0], again)
    assert load_scores(runs[0]).wordings == again
    assert (runs[1] / "scores.json").read_bytes() == untouched


def test_a_spread_of_numbers_that_changed_meanwhile_is_not_recorded(runs: list[Path]) -> None:
    spreads = wording_spreads(runs[0], runs[1:])
    scores = load_scores(runs[0])
    counting, referring = scores.tasks
    changed = [score.model_copy(update={"value": 0.1}) if score.headline else score for score in counting.scores]
    counting = counting.model_copy(update={"scores": tuple(changed)})
    save_scores(runs[0], scores.model_copy(update={"tasks": (counting, referring)}))
    record_wordings(runs[0], spreads)
    assert [found.task for found in load_scores(runs[0]).wordings] == [REFERRING]


def test_wordings_inside_a_run_are_parts_of_it(tmp_path: Path, runs: list[Path]) -> None:
    home = tmp_path / "results" / "radar"
    home.parent.mkdir()
    runs[0].rename(home)
    for prompt, run in zip(PARAPHRASES[1:3], runs[1:], strict=False):
        folder = wording_folder(home, prompt)
        assert folder == home / WORDINGS / f"radar-{prompt}"
        folder.parent.mkdir(exist_ok=True)
        run.rename(folder)
    inside = wordings_inside(home)
    assert [run.name for run in inside] == ["radar-sarbench-2", "radar-sarbench-3"]
    assert find_runs(home.parent) == find_runs(home) == [home]
    assert find_runs(home / WORDINGS) == inside
    assert find_runs(inside[0]) == [inside[0]]
    renamed = home.rename(home.with_name("renamed"))
    assert wordings_inside(renamed) == [renamed / WORDINGS / run.name for run in inside]
    (renamed / "manifest.json").unlink()
    assert find_runs(tmp_path / "results") == wordings_inside(renamed)
