"""Runs that may stand in one curve or one spread, and what keeps others out."""

from pathlib import Path
from typing import Any

import pytest

from sarbench.errors import InputError
from sarbench.runs.record import BackendInfo
from sarbench.runs.sameness import require_same
from sarbench.runs.store import load_run, load_scores, save_scores
from tests.board.board_runs import COUNTING, IDENTIFICATION, TaskPlan
from tests.runs.folders import asked


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return asked(tmp_path, "base", 0.8)


@pytest.mark.parametrize("option", ["--prompt", "--perturb"])
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model": "org/other"}, "another model (org/other) than"),
        ({"revision": None}, "another revision (none) than"),
        ({"coords": "norm1000"}, "another coordinate convention"),
        ({"manifest": {"history": "gold"}}, r"another history (gold) than"),
        ({"manifest": {"seeds": {"torch": 1}}}, "another seed (torch=1) than"),
        ({"manifest": {"backend": BackendInfo(name="vllm")}}, "another backend (vllm)"),
        (
            {"manifest": {"backend": BackendInfo(name="llava_hf", generation={"do_sample": "true"})}},
            "another setting of --gen_kwargs (do_sample=true) than",
        ),
        ({"task_run": {"generation": {"max_new_tokens": "4"}}}, "another generation in"),
        ({"task_run": {"limit": 60}}, "another limit in"),
        ({"task_run": {"version": "2.0"}}, "another version of"),
        ({"task_run": {"prompt_version": "2.0"}}, "another version of prompts in"),
        ({"tasks": [TaskPlan(COUNTING, digest="e" * 64)]}, "another data digest"),
        ({"tasks": [TaskPlan(COUNTING, samples=9)]}, "another number of answers"),
        ({"tasks": [TaskPlan(IDENTIFICATION)]}, "holds no task of"),
    ],
)
def test_other_runs_are_refused(changes: dict[str, Any], says: str, option: Any, base: Path, tmp_path: Path) -> None:
    other = load_run(asked(tmp_path, "other", 0.5, **changes))
    with pytest.raises(InputError) as caught:
        require_same(other, load_run(base), apart_from=option)
    assert says in str(caught.value)
    assert str(caught.value).startswith(str(other.folder))


def test_the_option_itself_may_differ_and_nothing_else(base: Path, tmp_path: Path) -> None:
    first = load_run(base)
    speckled = load_run(asked(tmp_path, "speckled", 0.5, perturbation="speckle:L=1"))
    worded = load_run(asked(tmp_path, "worded", 0.5, prompt="sarbench-2", task_run={"version": "1.7"}))
    require_same(speckled, first, apart_from="--perturb")
    require_same(worded, first, apart_from="--prompt")
    with pytest.raises(InputError, match=r"another perturbation \(speckle:L=1\).*differ in --prompt alone"):
        require_same(speckled, first, apart_from="--prompt")
    with pytest.raises(InputError, match=r"another prompt in .*differ in --perturb alone"):
        require_same(worded, first, apart_from="--perturb")


def test_other_word_lists_say_what_to_run(base: Path, tmp_path: Path) -> None:
    other = asked(tmp_path, "other", 0.5)
    save_scores(other, load_scores(other).model_copy(update={"rules": {"vocabulary": "9"}}))
    with pytest.raises(InputError, match="Run `sarbench score` on both"):
        require_same(load_run(other), load_run(base), apart_from="--prompt")
