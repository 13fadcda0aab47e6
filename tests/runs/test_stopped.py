"""Folders in which a run was begun and nothing is whole."""

from pathlib import Path

import pytest

from sarbench.errors import InputError
from sarbench.lmms.parts import Answer, write_part
from sarbench.lmms.session_log import SESSIONS
from sarbench.runs.stopped import stopped_run
from sarbench.runs.store import load_manifest, load_run
from sarbench.site import make_site


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    folder = tmp_path / "results" / "run"
    first = [Answer(position=0, prompt_sha256="", text="1", seconds=0.1)]
    second = [
        Answer(position=place, prompt_sha256="", text="1", seconds=0.1, error="e" * place or None) for place in (0, 1)
    ]
    write_part(folder / "parts" / "a", first, key="k")
    write_part(folder / "parts" / "a", second, key="k", session=2)
    write_part(folder / "parts" / "b", first, key="k")
    (folder / "parts" / "b" / "0002-000000000-000000001.parquet").write_bytes(b"PAR1")
    (folder / SESSIONS).write_text("{}\n")
    return folder


def test_a_stopped_run_is_no_stranger(stopped: Path) -> None:
    said = r"stopped before its first task was whole; 2 answers are written\. Run the same .* with --resume"
    for read in (load_manifest, load_run):
        with pytest.raises(InputError, match=said):
            read(stopped)
    for results in (stopped, stopped.parent, stopped.parent.parent):
        with pytest.raises(InputError, match=said):
            make_site(results, results / "site" if results != stopped.parent else stopped.parents[1] / "site")


def test_one_without_an_answer_is_one_too(stopped: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    assert stopped_run(bare) is None
    (bare / SESSIONS).write_text("{}\n")
    assert "0 answers" in str(stopped_run(bare))


def test_another_folder_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is no run: it has no manifest\.json"):
        load_manifest(tmp_path)
    with pytest.raises(InputError, match="holds no run"):
        make_site(tmp_path, tmp_path / "site")
