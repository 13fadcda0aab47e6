import json
from pathlib import Path

import pytest

from sarbench import __version__, paths
from sarbench.simulate import write_sardet
from tests.cli.commands import run


def test_version() -> None:
    assert run("--version").stdout.strip() == __version__


def test_list_names_every_dataset() -> None:
    answer = run("list")
    assert answer.returncode == 0
    for name in ("sarlang-1m", "sarchat-2m", "sar-text", "fusar-geovl", "sardet-100k"):
        assert name in answer.stdout


def test_show_says_where_files_come_from_and_what_is_not_released() -> None:
    answer = run("show", "sarchat-2m")
    assert answer.returncode == 0
    for word in ("Licence:", "Released:", "Files:", "rebuilt-counting"):
        assert word in answer.stdout


def test_unknown_dataset_is_wrong_usage_with_a_suggestion() -> None:
    answer = run("show", "sarchat")
    assert answer.returncode == 2
    assert "sarchat-2m" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_missing_folder_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    answer = run("build", "sardet-100k", "--data-dir", str(tmp_path / "absent"), home=tmp_path)
    assert answer.returncode == 1
    assert "absent" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_tasks_as_json_match_the_yamls(tmp_path: Path) -> None:
    listed = json.loads(run("tasks", "--json", home=tmp_path).stdout)
    assert {task["name"] for task in listed["tasks"]} >= {"sarbench_sarchat_rebuilt_counting"}
    assert all(task["built"] is False for task in listed["tasks"])


def test_tasks_path_is_a_folder_of_yamls() -> None:
    folder = Path(run("tasks-path").stdout.strip())
    assert folder == paths.tasks()
    assert list(folder.rglob("*.yaml"))


def test_eval_without_built_data_names_the_command_that_builds_it(tmp_path: Path) -> None:
    pytest.importorskip("lmms_eval", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    answer = run(
        *("eval", "--model", "dummy", "--tasks", "sarbench_sarchat_counting", "--out", str(tmp_path / "run")),
        home=tmp_path / "home",
    )
    assert answer.returncode == 1
    assert "sarbench build sarchat-2m" in answer.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "extra", [("--coords", "unheard"), ("--prompt", "unheard"), ("--perturb", "unheard"), ("--tasks", "unheard")]
)
def test_unknown_settings_are_wrong_usage(tmp_path: Path, extra: tuple[str, str]) -> None:
    arguments = ["eval", "--model", "dummy", "--tasks", "sarbench_sarchat_counting", "--out", str(tmp_path / "run")]
    answer = run(*arguments, *extra, home=tmp_path)
    assert answer.returncode == 2, answer.stderr
    assert "unheard" in answer.stderr


def test_board_without_runs_says_how_to_make_one(tmp_path: Path) -> None:
    answer = run("board", "--results", str(tmp_path), "--out", str(tmp_path / "site"))
    assert answer.returncode == 1
    assert "holds no run" in answer.stderr


def test_an_out_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    answer = run("floors", "--tasks", "", "--out", str(tmp_path / "file"), home=tmp_path)
    assert answer.returncode == 2
    assert "the names '': hold an empty one" in answer.stderr
    raw = write_sardet(tmp_path / "raw", images={"test": 2})
    answer = run("build", "sardet-100k", "--data-dir", str(raw), "--out", str(tmp_path / "file" / "deep"))
    assert answer.returncode == 1
    assert "file" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_one_unusable_file_is_exit_code_1_and_the_rest_is_built(tmp_path: Path) -> None:
    raw = write_sardet(tmp_path / "raw", images={"train": 2, "test": 2})
    annotations = raw / "Annotations" / "test.json"
    annotations.write_bytes(annotations.read_bytes()[:-40])
    answer = run("build", "sardet-100k", "--data-dir", str(raw), "--out", str(tmp_path / "out"))
    assert answer.returncode == 1
    assert "Left out detection/test" in answer.stderr
    assert list((tmp_path / "out" / "detection").glob("train-*.parquet"))
