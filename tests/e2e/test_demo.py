import os
import subprocess
import sys
from pathlib import Path

import pytest

from sarbench.cli.demo import demo_environment
from sarbench.demo import run_demo

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def _demo_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in demo_environment(tmp_path).items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_demo_settings")
def test_the_main_job_end_to_end_and_again(tmp_path: Path) -> None:
    pytest.importorskip("lmms_eval", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    steps: list[str] = []
    heard: list[str] = []

    def listen(spec, event) -> None:
        heard.append(spec.name)

    def run():
        return run_demo(
            tmp_path,
            say=steps.append,
            listen={"seeing": listen, "blind": listen},
            images={"train": 6, "val": 2, "test": 3},
        )

    result = run()
    assert [step[:3] for step in steps] == ["1/5", "2/5", "3/5", "4/5", "5/5"]
    assert len(set(heard)) == 6
    assert (tmp_path / "home" / "fusar-geovl" / "fields").is_dir()
    for folder in result.runs:
        assert len(list((folder / "samples").glob("*.parquet"))) == 6
    page = result.site.read_text()
    assert "Simulated data" in page
    assert len(list((result.site.parent / "tasks").glob("*.html"))) == 6

    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "results").rglob("tiny*/samples/*.parquet")}
    heard.clear()
    run()
    assert heard == []
    assert {path: path.stat().st_mtime_ns for path in made} == made


def test_demo_help_costs_no_model() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "from sarbench.cli.main import main; main()", "demo", "--help"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "120"},
        check=False,
    )
    assert answer.returncode == 0
    assert "--out" in answer.stdout


def _of_floors(printed: str) -> list[list[str]]:
    """What the table says of the floors, its last two columns: those before hang on the arithmetic of a machine."""
    table = printed[printed.index("sarbench_sarchat_rebuilt_*: ") :]
    return [line.split()[-2:] for line in table[: table.index("\n\n")].splitlines()]


def test_the_readme_shows_what_the_demo_prints(tmp_path: Path) -> None:
    pytest.importorskip("lmms_eval", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    answer = subprocess.run(
        [sys.executable, "-c", "from sarbench.cli.main import main; main()", "demo", "--out", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100"},
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert _of_floors(answer.stdout) == _of_floors(readme)
