"""What `sarbench eval` says of tasks that a group brings along, and of answers that failed."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.cli import evaluation
from sarbench.cli.evaluation import _left_out, _say_what_failed
from sarbench.cli.options import out_path
from sarbench.errors import UnknownNameError
from sarbench.lmms import failures
from sarbench.task_data import why_not


def test_what_is_not_built_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(tmp_path))
    specs = read_catalogue().select(["sarbench_lite"])
    (line,) = _left_out(specs, {spec.name: why_not(spec) for spec in specs})
    assert line.startswith(f"Left out: {specs[0].name}, ")
    assert f"and {len(specs) - 4} others: not built. Build it: `sarbench build " in line
    assert line.count("`sarbench build") == 3


def test_other_reasons_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sarbench.task_data.is_missing", lambda spec: False)
    specs = read_catalogue().select(["sarbench_lite"])[:3]
    reasons = {spec.name: f"no images, and {spec.name} asks about them. Give them" for spec in specs[:2]}
    assert _left_out(specs, reasons) == [
        f"Left out: {specs[0].name}, {specs[1].name}: no images, and it asks about them. Give them"
    ]
    assert _left_out(specs, {}) == []


def test_failures_are_told_with_what_they_say(monkeypatch, capsys, tmp_path: Path) -> None:
    monkeypatch.setattr(failures, "commonest_failure", lambda folder, tasks, hide: hide(f"{tasks} SEKRET8"))
    runs = [SimpleNamespace(task="a", failed=2), SimpleNamespace(task="b", failed=0)]
    asked = SimpleNamespace(arguments={"api_key": "SEKRET8"}, generation={})
    assert _say_what_failed({tmp_path: SimpleNamespace(tasks=runs)}, asked)
    said = capsys.readouterr().err
    assert "2 samples failed in the harness, most often with: ['a'] ***\n" in said
    assert "--resume asks them again" in said
    assert not _say_what_failed({tmp_path: SimpleNamespace(tasks=runs[1:])}, asked)


def test_an_empty_out_is_not_the_current_folder() -> None:
    for empty in ("", " "):
        with pytest.raises(UnknownNameError, match="--out: is empty"):
            out_path(empty)
    assert out_path(".") == Path()
    assert evaluation.Out.__metadata__[0].parser is out_path
