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

ARGS = {"pretrained": "org/radar-vl"}


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
            {"manifest": {"backend": BackendInfo(name="llava_hf", args=ARGS, generation={"do_sample": "true"})}},
            "another setting of --gen_kwargs (do_sample=true) than",
        ),
        (
            {"manifest": {"backend": BackendInfo(name="llava_hf", args={"pretrained": "org/other"})}},
            "another setting of --model_args (pretrained=org/other) than",
        ),
        (
            {"manifest": {"backend": BackendInfo(name="llava_hf", args={**ARGS, "max_pixels": "9"})}},
            "another setting of --model_args (max_pixels=9, pretrained=org/radar-vl) than",
        ),
        (
            {"manifest": {"backend": BackendInfo(name="llava_hf", args=ARGS, dtype="int4")}},
            "another dtype (int4) than",
        ),
        ({"task_run": {"failed": 3}}, "3 of 60 answers (5.0 %) failed in the harness"),
        ({"task_run": {"generation": {"max_new_tokens": "4"}}}, "another generation in"),
        ({"task_run": {"limit": 60}}, "another limit in"),
        ({"task_run": {"version": "2.0"}}, "another task version in"),
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


def test_failed_answers_of_the_first_run_count_too(base: Path, tmp_path: Path) -> None:
    broken = load_run(asked(tmp_path, "broken", 0.8, task_run={"failed": 3}))
    with pytest.raises(InputError, match=rf"{broken.folder}: .*: 3 of 60 answers \(5\.0 %\) failed in the harness"):
        require_same(load_run(base), broken, apart_from="--perturb")


def test_answers_that_scoring_found_to_have_failed_count(base: Path, tmp_path: Path) -> None:
    other = asked(tmp_path, "other", 0.5)
    scores = load_scores(other)
    tasks = tuple(task.model_copy(update={"outcomes": {"ok": 57, "failed": 3}}) for task in scores.tasks)
    save_scores(other, scores.model_copy(update={"tasks": tasks}))
    with pytest.raises(InputError, match="3 of 60 answers"):
        require_same(load_run(other), load_run(base), apart_from="--prompt")


@pytest.mark.parametrize("changes", [{"metric": "within_1"}, {"unit": "objects"}], ids=str)
def test_another_headline_is_refused(changes: dict[str, str], base: Path, tmp_path: Path) -> None:
    other = asked(tmp_path, "other", 0.5)
    scores = load_scores(other)
    tasks = tuple(
        task.model_copy(update={"scores": tuple(score.model_copy(update=changes) for score in task.scores)})
        for task in scores.tasks
    )
    save_scores(other, scores.model_copy(update={"tasks": tasks}))
    with pytest.raises(InputError, match=f"another headline in {COUNTING} .*Run `sarbench score` on both"):
        require_same(load_run(other), load_run(base), apart_from="--perturb")


def test_where_a_model_runs_and_where_its_exact_weights_lie_does_not_matter(tmp_path: Path) -> None:
    places = ({"pretrained": "/a/m", "device_map": "auto"}, {"pretrained": "/b/m", "base_url": "http://h:1/v1"})
    first, second = (
        load_run(
            asked(
                tmp_path, f"r{number}", 0.5, revision="4f" * 32,
                manifest={"backend": BackendInfo(name="llava_hf", args=args)},
            )
        )
        for number, args in enumerate(places)
    )  # fmt: skip
    require_same(second, first, apart_from="--perturb")


def test_a_server_may_move_and_is_not_the_one_of_the_backend(tmp_path: Path) -> None:
    served = ({"base_url": "http://h:1/v1"}, {"base_url": "http://h:2/v1"}, {})
    first, moved, other = (
        load_run(
            asked(
                tmp_path, f"r{number}", 0.5,
                manifest={"backend": BackendInfo(name="openai", args={"model": "m", **args})},
            )
        )
        for number, args in enumerate(served)
    )  # fmt: skip
    require_same(moved, first, apart_from="--perturb")
    with pytest.raises(InputError, match=r"another setting of --model_args \(model=m\).*base_url=given"):
        require_same(other, first, apart_from="--perturb")


def test_other_word_lists_say_what_to_run(base: Path, tmp_path: Path) -> None:
    other = asked(tmp_path, "other", 0.5)
    save_scores(other, load_scores(other).model_copy(update={"rules": {"vocabulary": "9"}}))
    with pytest.raises(InputError, match="Run `sarbench score` on both"):
        require_same(load_run(other), load_run(base), apart_from="--prompt")
