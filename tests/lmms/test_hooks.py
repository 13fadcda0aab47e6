import io
from typing import Any

import pytest
from PIL import Image

from sarbench.lmms import hooks
from sarbench.perturb import BLANK_GRAY
from sarbench.questions.family import family
from sarbench.questions.kinds import KINDS
from tests.questions.rows import PERFECT, ROWS


@pytest.fixture(autouse=True)
def _default_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SARBENCH_PROMPT", "SARBENCH_COORDS", "SARBENCH_PERTURB"):
        monkeypatch.delenv(name, raising=False)


def with_image(row: dict[str, Any]) -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.effect_noise((row["width"], row["height"]), 80).save(buffer, format="PNG")
    return {**row, "image": Image.open(buffer)}


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_one_metric_named_as_in_the_yaml(kind: str) -> None:
    result = hooks.process_results(ROWS[kind], [PERFECT[kind]])
    ((name, line),) = result.items()
    assert name == hooks.yaml_metric(kind)
    assert line["outcome"] == "ok"
    assert line["family"] == kind == family(ROWS[kind])
    # One caption alone scores 0 by CIDEr: no word of it is rarer than another.
    assert hooks.aggregate([line]) == (0.0 if kind == "caption" else 1.0)


def test_yaml_metrics_have_no_sign_that_lmms_eval_cuts_at() -> None:
    assert {hooks.yaml_metric(kind) for kind in KINDS} >= {"macro_f1", "mention_f1", "exact", "f1_50", "all_fields"}


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_COORDS", "norm1000")
    row = ROWS["referring"]
    assert "from 0 to 1000" in hooks.doc_to_text(row)
    line = hooks.process_results(row, ["[50, 100, 150, 300]"])["f1_50"]
    assert line["coords"] == "norm1000"
    assert line["scores"]["tp@0.5"] == 1


def test_blind_sees_gray(monkeypatch: pytest.MonkeyPatch) -> None:
    doc = with_image(ROWS["counting"])
    (seen,) = hooks.doc_to_visual(doc)
    assert seen.mode == "RGB"
    assert len(set(seen.getdata())) > 10
    monkeypatch.setenv("SARBENCH_PERTURB", "blank")
    (blind,) = hooks.doc_to_visual(doc)
    assert blind.size == seen.size
    assert set(blind.getdata()) == {(BLANK_GRAY,) * 3}


def test_text_only_rows_have_no_visual() -> None:
    assert hooks.doc_to_visual({**ROWS["counting"], "image": None}) == []


def test_a_broken_scorer_is_an_outcome_not_a_lost_run() -> None:
    broken = {**ROWS["counting"], "width": "not a number"}
    line = hooks.process_results(broken, ["4"])["exact"]
    assert line["outcome"] == "failed"
    assert line["rule"].startswith("scorer-error: ")
    assert line["prediction"] == "4"
    assert hooks.aggregate([line]) is None


@pytest.mark.parametrize("results", [[], [None], [""]])
def test_no_answer_is_empty(results: list[str | None]) -> None:
    assert hooks.process_results(ROWS["counting"], results)["exact"]["outcome"] == "empty"
