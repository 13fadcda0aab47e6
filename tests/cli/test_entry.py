"""Ctrl-C before the command line is there."""

import subprocess
import sys
from pathlib import Path

import pytest

from sarbench.cli import entry

ROOT = Path(__file__).parents[2]
STOPPED_IN_AN_IMPORT = """
import importlib.abc, os, signal, sys
class Stop(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Stop())
from sarbench.cli.entry import main
main()
"""


def test_a_stop_while_importing_is_one_word() -> None:
    made = subprocess.run(
        [sys.executable, "-c", STOPPED_IN_AN_IMPORT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (made.returncode, made.stdout, made.stderr) == (130, "", "stopped\n")


def test_the_command_is_the_same(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["sarbench", "--version"])
    with pytest.raises(SystemExit) as left:
        entry.main()
    assert left.value.code == 0
    assert capsys.readouterr().out.strip()


def test_nothing_slow_is_imported_before_it() -> None:
    code = (
        "import sys; import sarbench.cli.entry; print([name for name in ('typer', 'pyarrow') if name in sys.modules])"
    )
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"
