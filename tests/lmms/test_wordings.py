"""Every wording in turn, without a worker: which runs are made where, and what is kept when one stops."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.errors import RunError
from sarbench.lmms import wordings
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.job import Noted
from sarbench.lmms.settings import Settings
from sarbench.lmms.wordings import evaluate_wordings
from sarbench.prompts import PARAPHRASES
from sarbench.runs.finding import find_runs
from sarbench.runs.record import Manifest
from sarbench.runs.store import load_manifest, load_scores
from tests.board.board_runs import COUNTING
from tests.runs.folders import asked as write

VALUES = dict(zip(PARAPHRASES, (0.8, 0.6, 0.7, 0.3), strict=True))


@pytest.fixture
def asked(tmp_path: Path) -> Evaluation:
    return Evaluation(
        model="dummy",
        model_args="response=1",
        tasks=read_catalogue().select([COUNTING]),
        out=tmp_path / "results" / "radar",
        settings=Settings(coords="norm1000", perturbation="blank"),
    )


@pytest.fixture
def evaluated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Evaluation]:
    """What was evaluated, by a launcher that only writes the record."""
    seen: list[Evaluation] = []

    def evaluate(asked: Evaluation, *, listen: Callable[..., None]) -> Manifest:
        seen.append(asked)
        prompt = asked.settings.prompt
        listen(asked.tasks[0], Noted(prompt))
        if not asked.out.exists():
            asked.out.parent.mkdir(parents=True, exist_ok=True)
            write(tmp_path, asked.out.name, VALUES[prompt], prompt=prompt).rename(asked.out)
        return load_manifest(asked.out)

    monkeypatch.setattr(wordings, "evaluate", evaluate)
    return seen


def test_one_run_a_wording_and_one_result(asked: Evaluation, evaluated: list[Evaluation]) -> None:
    heard: list[tuple[str, str]] = []
    made = evaluate_wordings(asked, listen=lambda prompt, spec, event: heard.append((prompt, event.text)))
    inside = asked.out / "wordings"
    assert list(made) == [asked.out, *(inside / f"radar-sarbench-{number}" for number in (2, 3, 4))]
    assert [each.settings for each in evaluated] == [replace(asked.settings, prompt=prompt) for prompt in PARAPHRASES]
    assert heard == [(prompt, prompt) for prompt in PARAPHRASES]
    assert {manifest.run_id for manifest in made.values()} == {folder.name for folder in made}
    counting, _ = load_scores(asked.out).wordings
    assert counting.mean == pytest.approx(0.6)
    assert find_runs(asked.out.parent) == [asked.out]


def test_what_is_there_needs_resume(asked: Evaluation, evaluated: list[Evaluation]) -> None:
    evaluate_wordings(asked)
    (asked.out / "manifest.json").rename(asked.out / "elsewhere")
    evaluated.clear()
    with pytest.raises(RunError, match=r"radar-sarbench-2: holds a run already\. Give --resume"):
        evaluate_wordings(asked)
    assert evaluated == []
    (asked.out / "elsewhere").rename(asked.out / "manifest.json")
    evaluate_wordings(replace(asked, resume=True))
    assert [each.resume for each in evaluated] == [True] * 4


def test_a_wording_that_stops_is_the_one_that_goes_on(
    asked: Evaluation, evaluated: list[Evaluation], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = wordings.evaluate

    def broken(asked: Evaluation, *, listen: Callable[..., None]) -> Manifest:
        if asked.settings.prompt == "sarbench-3":
            raise RunError(where=asked.out, problem="broke", fix="Mend it")
        return sound(asked, listen=listen)

    monkeypatch.setattr(wordings, "evaluate", broken)
    with pytest.raises(RunError, match="radar-sarbench-3: broke"):
        evaluate_wordings(asked)
    assert [each.settings.prompt for each in evaluated] == ["sarbench", "sarbench-2"]
    assert load_scores(asked.out).wordings == ()
    monkeypatch.setattr(wordings, "evaluate", sound)
    assert len(evaluate_wordings(replace(asked, resume=True))) == 4
    assert load_scores(asked.out).wordings[0].lowest == 0.3
