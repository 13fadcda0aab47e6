"""The `evaluate` modules, loaded by path without a network, against `sarbench.score` itself."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import sarbench
from sarbench.errors import InputError, UnknownNameError
from sarbench.evaluate_modules.where import evaluate_path, module_names
from sarbench.questions.family import FAMILIES
from tests.questions.rows import PERFECT, ROWS

needs_evaluate = pytest.mark.skipif(find_spec("evaluate") is None, reason="needs the package evaluate")
KNOWN = [name for name in module_names() if name in ROWS]


def load(name: str, folder: Path) -> Any:
    import evaluate

    return evaluate.load(evaluate_path(name), cache_dir=str(folder / "metrics"))


def flat(name: str, predictions: list[str], rows: list[dict[str, Any]], **given: Any) -> dict[str, float | None]:
    table = sarbench.score(task=name, predictions=predictions, references=rows, **given)
    return {f"{protocol}/{metric}": value for protocol, found in table.items() for metric, value in found.items()}


def answers(name: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return a right and a wrong answer to two rows."""
    return [PERFECT[name], "airplane 7"], [ROWS[name], {**ROWS[name], "id": "another", "image_id": "0000002"}]


def test_there_is_a_module_for_every_kind_of_question() -> None:
    assert set(module_names()) == set(FAMILIES)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"'detection'.*caption, classification, counting"):
        evaluate_path("detection")
    for name in ("", ".", "../errors", "__pycache__", "_metric"):
        with pytest.raises(UnknownNameError):
            evaluate_path(name)


def test_finding_a_module_imports_nothing() -> None:
    code = (
        "import sys; from sarbench.evaluate_modules.where import evaluate_path; evaluate_path('grounding')\n"
        "print([m for m in ('evaluate', 'datasets', 'numpy') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@needs_evaluate
@pytest.mark.parametrize("name", KNOWN)
def test_compute_is_score(name: str, evaluate_cache: Path) -> None:
    said, rows = answers(name)
    found = load(name, evaluate_cache).compute(predictions=said, references=rows)
    assert found == pytest.approx(flat(name, said, rows), nan_ok=True)
    assert any(key.startswith("strict/") for key in found)


@needs_evaluate
@pytest.mark.parametrize("name", KNOWN)
def test_batches_and_single_answers_add_up(name: str, evaluate_cache: Path) -> None:
    said, rows = answers(name)
    metric = load(name, evaluate_cache)
    metric.add_batch(predictions=said, references=rows)
    metric.add(prediction=said[0], reference={**rows[0], "id": "third"})
    metric.add_batch(predictions=[], references=[])
    expected = flat(name, [*said, said[0]], [*rows, {**rows[0], "id": "third"}])
    assert metric.compute() == pytest.approx(expected, nan_ok=True)
    assert metric.compute(predictions=said, references=rows) == pytest.approx(flat(name, said, rows), nan_ok=True)


@needs_evaluate
def test_columns_that_are_missing_and_columns_that_are_too_many(evaluate_cache: Path) -> None:
    rows = [
        {"task": "counting", "question": "How many ships?", "answers": ["2"], "count": 2, "image": object()},
        {"task": "counting", "question": "How many cars?", "answers": ["3"], "count": 3, "subtask": None, "geo": {}},
    ]
    found = load("counting", evaluate_cache).compute(predictions=["2", "2"], references=rows)
    assert found == flat("counting", ["2", "2"], rows)
    assert 0.5 in found.values()


@needs_evaluate
def test_a_dataset_passes_and_its_images_stay_encoded(evaluate_cache: Path, tmp_path: Path) -> None:
    """Rows as `load_dataset` gives them: all columns of the schema, fixed lists, an image that cannot be decoded."""
    import datasets

    from sarbench.schema import Box, EncodedImage, Row, to_table

    rows = [
        Row(
            id=f"sarchat-2m/referring/test/{number}", dataset="sarchat-2m", config="referring", split="test",
            task="referring", subtask="refer_single", task_origin="file", text_origin="authors",
            image=EncodedImage(b"no image at all", "sarbench/0.png"), image_id=str(number), width=200, height=100,
            question="[refer] Locate 1 ship.", answers=("{<10><10><30><30>} (top left)",),
            boxes=(Box("ship", (10.0, 10.0, 30.0, 30.0), None),), record="{}", sample_sha256="0" * 64,
        )
        for number in range(3)
    ]  # fmt: skip
    path = tmp_path / "test.parquet"
    pq.write_table(to_table(rows), path)
    loaded = datasets.load_dataset(
        "parquet", data_files={"test": str(path)}, split="test", cache_dir=str(tmp_path / "cache")
    )
    said = ["[10, 10, 30, 30]", "[10, 10, 30, 30]", "[90, 40, 120, 60]"]
    metric = load("referring", evaluate_cache)
    found = metric.compute(predictions=said, references=loaded)
    assert found["strict/f1@0.5"] == pytest.approx(2 / 3)
    metric.add_batch(predictions=said[:2], references=loaded.select([0, 1]))
    metric.add_batch(predictions=said[2:], references=loaded.select([2]))
    assert metric.compute() == found
    said = ["[0.05, 0.1, 0.15, 0.3]"] * 3
    assert metric.compute(predictions=said, references=loaded, coords="norm1")["strict/f1@0.5"] == 1.0


@needs_evaluate
@pytest.mark.parametrize(
    ("said", "rows", "says"),
    [
        (["2", "3"], [ROWS["counting"]], r"1 references, and more predictions \(2 in all\)"),
        ([2], [ROWS["counting"]], "its prediction is int"),
        ([None], [ROWS["counting"]], "its prediction is NoneType"),
        (["2"], ["two"], "reference 0: is no row"),
        (None, [ROWS["counting"]], "got predictions of type NoneType"),
        (["2"], None, "got references of type NoneType"),
        ("2", [ROWS["counting"]], "got predictions of type str"),
        ({}, [ROWS["counting"]], "got no prediction for sarchat-2m/"),
        ({"elsewhere": "2"}, [ROWS["counting"]], "about no sample of the references: elsewhere"),
        (["2", "2"], [ROWS["counting"]] * 2, "two references have this id"),
        (["2"], [{"id": "x"}], "no task"),
        (["2"], [ROWS["grounding"]], "asks for grounding"),
    ],
)
def test_wrong_input_is_named(said: Any, rows: Any, says: str, evaluate_cache: Path) -> None:
    metric = load("counting", evaluate_cache)
    with pytest.raises(InputError, match=says):
        metric.compute(predictions=said, references=rows)
    assert metric.compute(predictions=["2"], references=[ROWS["counting"]])["strict/exact"] == 1.0


@needs_evaluate
def test_answers_are_taken_as_score_takes_them(evaluate_cache: Path) -> None:
    """By id where they have ids, and with half an emoji, which no Arrow table holds."""
    import pandas as pd

    said, rows = answers("counting")
    metric, expected = load("counting", evaluate_cache), flat("counting", said, rows)
    by_id = {row["id"]: text for row, text in zip(rows, said, strict=True)}
    backwards = dict(reversed(by_id.items()))
    for given in (backwards, pd.Series(backwards)):
        assert metric.compute(predictions=given, references=rows) == expected
    half = [text + " \ud83d" for text in said]
    assert metric.compute(predictions=half, references=rows) == flat("counting", half, rows)
    nameless = [{**row, "id": None} for row in rows]
    for row, text in zip(nameless, said, strict=True):
        metric.add(prediction=text, reference=row)
    assert metric.compute() == expected


@needs_evaluate
def test_evaluate_describes_and_combines_the_modules(evaluate_cache: Path) -> None:
    import evaluate

    metric = load("grounding", evaluate_cache)
    assert "strict/f1@0.5" in metric.description
    assert "coords" in metric.inputs_description
    assert metric.name == "grounding"
    both = evaluate.combine([metric, load("grounding", evaluate_cache)], force_prefix=True)
    said, rows = answers("grounding")
    found = both.compute(predictions=said, references=rows)
    assert len(found) == 2 * len(flat("grounding", said, rows))


@pytest.mark.slow  # evaluate takes its time to import
@needs_evaluate
def test_a_fresh_process_without_a_network(tmp_path: Path) -> None:
    """As a user would: the environment alone says offline, and no folder but the caches is written to."""
    code = (
        "import json, sys, evaluate\n"
        "from sarbench.evaluate_modules.where import evaluate_path\n"
        "said, rows = json.loads(sys.stdin.read())\n"
        "print(json.dumps(evaluate.load(evaluate_path('counting')).compute(predictions=said, references=rows)))\n"
    )
    home = {"HF_HOME": str(tmp_path), "HF_MODULES_CACHE": str(tmp_path / "modules"), "HF_EVALUATE_OFFLINE": "1"}
    said, rows = answers("counting")
    answer = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps([said, rows]),
        env={**os.environ, **home, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1]) == flat("counting", said, rows)
