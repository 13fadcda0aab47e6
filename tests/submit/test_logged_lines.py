"""Lines of lmms-eval's samples file, made up here with the keys that it writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from sarbench.errors import InputError
from sarbench.submit.logged_lines import read_logged


def ours(place: int, **changes: Any) -> dict[str, Any]:
    """The line of the run record inside a logged one."""
    return {
        "id": f"set/config/test/{place}",
        "sample_sha256": f"{place:064x}",
        "image_id": str(place),
        "width": 8,
        "height": 8,
        "prompt_id": "sarbench",
        "prompt_sha256": "0" * 64,
        "prompt": "How many?",
        "coords": "pixel",
        "perturbation": None,
        "target": "1",
        "prediction": "1",
        "parsed": "1",
        "outcome": "ok",
        "rule": "number",
        "scores": {"exact": 1.0},
        "seconds": None,
        "tokens": None,
        "family": "counting",
        **changes,
    }


def logged(path: Path, places: list[int], **changes: Any) -> Path:
    lines = [
        {"doc_id": place, "token_counts": [{"output_tokens": place}], "exact": ours(place, **changes)}
        for place in places
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_the_answers_of_two_processes_come_in_the_order_of_the_data(tmp_path: Path) -> None:
    lines = read_logged(logged(tmp_path / "samples.jsonl", [0, 2, 4, 1, 3]), "counting")
    assert [line["image_id"] for line in lines] == ["0", "1", "2", "3", "4"]
    assert [line["tokens"] for line in lines] == [0, 1, 2, 3, 4]


def test_a_question_that_is_answered_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"answers 2 questions more than once, the first of them doc_id 1\b"):
        read_logged(logged(tmp_path / "samples.jsonl", [0, 1, 2, 1, 2, 1]), "counting")


@pytest.mark.parametrize(("changes", "history"), [({}, "none"), ({"history": "gold"}, "gold")])
def test_the_history_is_taken_along_where_it_is_logged(changes: dict[str, str], history: str, tmp_path: Path) -> None:
    lines = read_logged(logged(tmp_path / "samples.jsonl", [0, 1], **changes), "counting")
    assert {line["history"] for line in lines} == {history}


def test_answers_to_another_kind_of_question_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was scored as counting, the task asks referring"):
        read_logged(logged(tmp_path / "samples.jsonl", [0]), "referring")
