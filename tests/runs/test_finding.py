from pathlib import Path

from sarbench.runs.finding import find_runs


def make(*folders: Path) -> None:
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("{}")


def test_runs_are_found_at_any_depth_and_not_inside_runs(tmp_path):
    make(tmp_path / "a", tmp_path / "deep" / "er" / "b", tmp_path / "deep" / "c", tmp_path / "a" / "wordings" / "a-2")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    assert find_runs(tmp_path) == [tmp_path / "a", tmp_path / "deep" / "c", tmp_path / "deep" / "er" / "b"]
    assert find_runs(tmp_path / "a") == [tmp_path / "a"]
    assert find_runs(tmp_path / "a" / "wordings") == [tmp_path / "a" / "wordings" / "a-2"]
    assert find_runs(tmp_path / "absent") == []


def test_links_are_followed_and_no_run_is_found_twice(tmp_path):
    make(tmp_path / "store" / "r", tmp_path / "results" / "own")
    (tmp_path / "results" / "linked").symlink_to(tmp_path / "store" / "r")
    (tmp_path / "results" / "twice").symlink_to(tmp_path / "results" / "own")
    (tmp_path / "results" / "broken").symlink_to(tmp_path / "nowhere")
    assert find_runs(tmp_path / "results") == [tmp_path / "results" / "linked", tmp_path / "results" / "own"]


def test_links_in_a_circle_end(tmp_path):
    make(tmp_path / "a" / "run")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    assert find_runs(tmp_path) == [tmp_path / "a" / "run"]


def test_what_may_not_be_read_is_passed_over(tmp_path, monkeypatch):
    make(tmp_path / "a", tmp_path / "closed" / "b")
    listed = Path.iterdir

    def iterdir(folder):
        if folder.name == "closed":
            raise PermissionError(folder)
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert find_runs(tmp_path) == [tmp_path / "a"]
