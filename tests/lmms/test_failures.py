from pathlib import Path

import pytest

from sarbench.lmms import failures
from sarbench.lmms.failures import commonest_failure
from sarbench.lmms.secrets import hiding


class Table:
    def __init__(self, lines: list[tuple[str, str, str]]) -> None:
        self.lines = lines

    def select(self, names: list[str]) -> "Table":
        assert names == ["outcome", "rule", "prediction"]
        return self

    def to_pylist(self) -> list[dict[str, str]]:
        return [dict(zip(("outcome", "rule", "prediction"), line, strict=True)) for line in self.lines]


def said(monkeypatch: pytest.MonkeyPatch, *lines: tuple[str, str, str]) -> str | None:
    monkeypatch.setattr(failures, "load_samples", lambda folder, task: Table(list(lines)))
    return commonest_failure(Path("run"), ["t"], hide=hiding({"api_key": "SEKRET8"}))


def test_the_commonest_is_told_without_secrets(monkeypatch) -> None:
    found = said(
        monkeypatch,
        ("ok", "number", "a"),
        ("ok", "number", "a"),
        ("failed", "no-generation: RuntimeError: shape", ""),
        ("failed", "harness_message", "[LMMS_EVAL_REQUEST_FAILED after 3 retries] Error 401 of 1:\nkey SEKRET8"),
        ("failed", "request-failed", "[LMMS_EVAL_REQUEST_FAILED after 3 retries] Error 401 of 2: key SEKRET8"),
    )
    assert found == "Error 401 of 1: key ***"


def test_it_is_short(monkeypatch) -> None:
    found = said(monkeypatch, ("failed", "harness_message", "[LMMS_EVAL_REQUEST_FAILED] " + "x" * 999))
    assert found == "x" * 160 + "…"


def test_what_says_nothing_has_its_rule(monkeypatch) -> None:
    assert said(monkeypatch, ("failed", "harness_message", "[LMMS_EVAL_BUDGET_EXCEEDED]")) == "harness_message"
    assert said(monkeypatch, ("ok", "number", "1")) is None
