"""Whether boxes are above chance, from what scoring writes to what the page says."""

import json
from pathlib import Path

import pytest

import sarbench
from sarbench.board import render_site
from sarbench.board.chance import NOT_ABOVE_CHANCE, above_chance
from tests.board.board_runs import REFERRING, RunPlan, TaskPlan


def rows(number: int) -> list[dict]:
    """One small ship an image, in another place each."""
    places = [(10 * (k % 6) + 4, 12 * (k % 5) + 3) for k in range(number)]
    return [
        {
            "id": f"r{k}",
            "image_id": f"i{k}",
            "dataset": "sarchat-2m",
            "task": "referring",
            "subtask": "refer_single",
            "question": "Locate the ship.",
            "answers": ["…"],
            "boxes": [{"label": "ship", "xyxy": [x, y, x + 9, y + 7], "position": None}],
            "width": 100,
            "height": 90,
        }
        for k, (x, y) in enumerate(places)
    ]


@pytest.mark.parametrize(("follows", "expected"), [(True, True), (False, False)])
def test_it_reads_what_scoring_writes(*, follows: bool, expected: bool) -> None:
    asked = rows(30)
    said = [str(row["boxes"][0]["xyxy"]) if follows else "[45.5, 41.5, 54.5, 48.5]" for row in asked]
    scores = sarbench.score(task="referring", predictions=said, references=asked).details.scores
    f1 = next(each for each in scores if (each.metric, each.slice) == ("f1@0.5", "all"))
    assert above_chance(scores, f1) is expected
    assert above_chance(scores, next(each for each in scores if each.metric == "mean_iou")) is None


def test_pages_and_programs_say_which_boxes_are_not_above_chance(make_runs, tmp_path: Path) -> None:
    above = {"sees": 0.2, "guesses": 0.05, "older": None, "floor-random": 0.0}
    plans = [
        RunPlan(name, name, [TaskPlan(REFERRING, above_chance=value)], kind="floor" if "floor" in name else "model")
        for name, value in above.items()
    ]
    render_site(make_runs(*plans), tmp_path / "site")
    for page in ("index.html", f"tasks/{REFERRING}.html"):
        assert (tmp_path / "site" / page).read_text().count(f">{NOT_ABOVE_CHANCE}<") == 1
    assert NOT_ABOVE_CHANCE in (tmp_path / "site/methods.html").read_text()
    told = {each["model"]: each["above_chance"] for each in _results(tmp_path / "site")}
    assert told == {"sees": True, "guesses": False, "older": None, "floor-random": None}


def _results(site: Path) -> list[dict]:
    return json.loads((site / "board.json").read_text())["results"]
