"""What stands in the way of a run record of lmms-eval's logs. That real logs become one is in tests/e2e."""

from pathlib import Path

import pytest

from sarbench.errors import InputError
from sarbench.submit.__main__ import main
from sarbench.submit.lmms_logs import is_lmms_logs, run_of_logs


def test_a_folder_without_results_says_that_lmms_eval_may_have_failed(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    assert not is_lmms_logs(tmp_path / "logs")
    with pytest.raises(InputError, match=r"holds no results of lmms-eval.* exits with 0 even when it failed"):
        run_of_logs(tmp_path / "logs", tmp_path / "run")


def test_a_run_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(SystemExit, match=r"run: is there already\. Give another --out"):
        main([str(tmp_path), "--out", str(tmp_path / "run")])


@pytest.mark.parametrize("content", ["{}", '{"configs": {"mmmu": {}}}', "{", '{"configs": 3}'])
def test_logs_that_cannot_be_used_leave_nothing(content: str, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "20261121_184625_results.json").write_text(content)
    with pytest.raises(InputError, match=r"20261121_184625_results\.json: is"):
        run_of_logs(logs, tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]
