import subprocess
import sys
from pathlib import Path

import pytest

from sarbench.errors import RunError
from sarbench.lmms.locks import WRITER, remove_temporaries, writing

HOLD = """
import sys
from pathlib import Path
from sarbench.lmms.locks import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_runs_in_one_folder(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        named = rf"another evaluation \(process {other.pid} on .+ since "
        with pytest.raises(RunError, match=named) as caught, writing(tmp_path):
            pass
        assert "--out" in str(caught.value)
        other.kill()
        other.wait()
    assert (tmp_path / WRITER).exists()  # left behind by the dead, and in nobody's way
    with writing(tmp_path):
        pass
    assert not (tmp_path / WRITER).exists()


def test_errors_inside_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError), writing(tmp_path):
        raise KeyError


def test_hidden_files_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / ".notes.tmp").write_text("mine")
    (tmp_path / ".run.json.7.tmp").write_text("half")
    remove_temporaries(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".notes.tmp"]
