import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from PIL import Image

from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, UnknownNameError
from sarbench.lmms import hooks
from sarbench.lmms.settings import Settings, from_environment
from sarbench.perturb import BLANK_GRAY
from sarbench.questions.family import family
from sarbench.questions.kinds import KINDS
from sarbench.runs.samples import from_table, rescore_all, to_table
from tests.questions.rows import PERFECT, ROWS


@pytest.fixture(autouse=True)
def _default_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SARBENCH_PROMPT", "SARBENCH_COORDS", "SARBENCH_PERTURB", "SARBENCH_HISTORY"):
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
    (kept,) = from_table(to_table([line]))
    (again,) = rescore_all([kept], read_catalogue().tasks["sarbench_sarchat_rebuilt_counting"])
    assert again == kept


@pytest.mark.parametrize("results", [[], [None], [""]])
def test_no_answer_is_empty(results: list[str | None]) -> None:
    assert hooks.process_results(ROWS["counting"], results)["exact"]["outcome"] == "empty"


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_coarser_pixels_change_the_frame_of_everything(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is right in the picture that the model saw is right, and is so again when the record is scored."""
    monkeypatch.setenv("SARBENCH_PERTURB", "speckle:L=4+gsd:factor=2")
    doc = with_image(ROWS[kind])
    (seen,) = hooks.doc_to_visual(doc)
    answer = HALF.get(kind, PERFECT[kind])
    (line,) = hooks.process_results(doc, [answer]).values()
    assert seen.size == (line["width"], line["height"]) == (100, 50)
    assert line["outcome"] == "ok"
    assert line["perturbation"] == "speckle:L=4+gsd:factor=2"
    assert line["prompt"] == hooks.doc_to_text(doc)
    assert line["target"] == msgspec.json.encode(json.loads(hooks.doc_to_target(doc))).decode()
    assert hooks.aggregate([line]) == (0.0 if kind == "caption" else 1.0)
    spec = read_catalogue().tasks["sarbench_sarchat_rebuilt_counting"]
    (again,) = rescore_all([line], replace(spec, family=kind, dataset=doc["dataset"]))
    assert again == line


HALF = {"grounding": "ship [5, 5, 15, 15]\nship [25, 25, 40, 45]", "referring": "[5, 5, 15, 15]"}


def test_boxes_in_questions_are_those_of_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_PERTURB", "gsd:factor=2")
    assert "[5, 5, 15, 15]" in hooks.doc_to_text(ROWS["identification"])
    monkeypatch.setenv("SARBENCH_COORDS", "norm1000")
    scaled = hooks.doc_to_text(ROWS["identification"])
    monkeypatch.delenv("SARBENCH_PERTURB")
    assert scaled == hooks.doc_to_text(ROWS["identification"])


def test_a_broken_row_of_a_changed_frame_is_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_PERTURB", "gsd:factor=2")
    line = hooks.process_results({**ROWS["counting"], "width": "not a number"}, ["4"])["exact"]
    assert (line["outcome"], line["target"]) == ("failed", "null")


def test_hooks_may_be_called_from_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_PERTURB", "speckle:L=1+looks:L=4+gsd:factor=2")
    docs = [{**with_image(ROWS["counting"]), "id": str(number)} for number in range(12)]
    alone = [hooks.doc_to_visual(doc)[0].tobytes() for doc in docs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda doc: hooks.doc_to_visual(doc)[0].tobytes(), reversed(docs)))
    assert together[::-1] == alone
    assert len(set(alone)) == len(docs)


def test_shuffling_needs_the_other_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_PERTURB", "shuffle")
    with pytest.raises(InputError, match="process_docs"):
        hooks.doc_to_visual(with_image(ROWS["counting"]))
    assert hooks.doc_to_visual({**ROWS["counting"], "image": None}) == []


def test_settings_have_one_spelling_and_travel() -> None:
    settings = Settings(perturbation="speckle+gsd:factor=2.0", history="gold")
    assert settings.perturbation == "speckle:L=1+gsd:factor=2"
    assert from_environment(settings.to_environment()) == settings
    with pytest.raises(UnknownNameError, match="Did you mean speckle"):
        Settings(perturbation="speckl")
    with pytest.raises(UnknownNameError, match="history"):
        Settings(history="silver")


def test_earlier_turns_move_with_the_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [
        ("user", "[refer] Where is the tank?"),
        ("assistant", "{<50><60><71><80>}"),
        ("user", "?"),
        ("assistant", "!"),
    ]
    record = json.dumps({"messages": [{"role": role, "content": text} for role, text in said]})
    doc = {**ROWS["referring"], "turn": 1, "record": record}
    monkeypatch.setenv("SARBENCH_HISTORY", "gold")
    assert "Question: Where is the tank?\nAnswer: [50, 60, 71, 80]" in hooks.doc_to_text(doc)
    monkeypatch.setenv("SARBENCH_PERTURB", "gsd:factor=2")
    text = hooks.doc_to_text(doc)
    assert "Question: Where is the tank?\nAnswer: [25, 30, 36, 40]" in text
    (line,) = hooks.process_results(doc, [""]).values()
    assert line["prompt"] == text
