"""Readings change only together with `ANSWERS_VERSION`: some hundred answers against a golden file."""

import json
import os
from pathlib import Path

from sarbench.answers import ANSWERS_VERSION, KINDS, Parsed, parse
from sarbench.questions.kinds import rule_versions

GOLDEN = Path(__file__).parent / "golden" / "readings.json"
WRITE = "SARBENCH_REFRESH_GOLDEN"
"""Set it to write the golden file anew; then read the difference."""

SIX = ["ship", "aircraft", "car", "tank", "bridge", "harbor"]
ANSWERS: dict[str, list[str]] = {
    "boxes": [
        "{<393><426><470><494>} (bottom right)",
        "[10, 20, 30, 40]",
        "[[10, 20, 30, 40], [50, 60, 70, 80]]",
        "(10,20),(30,40)",
        "[(10,20),(30,40),(50,60),(70,80)]",
        "[(10,20),(30,20),(30,40),(10,40)]",
        "[(10,20),(30,40),(50,60)]",
        "Top-left corner: (10, 20)\nBottom-right corner: (30, 40)",
        '[{"bbox_2d": [10, 20, 30, 40], "label": "ship"}]',
        '{"x": 10, "y": 20, "width": 30, "height": 40}',
        "<loc0100><loc0200><loc0300><loc0400> ship",
        "[10, 20, 30, 40, 0.95]",
        "10, 20, 30, 40\n50, 60, 70, 80",
        "[30, 40, 30, 40]",
        "[10, 20, 600, 700]",
        "No ships",
        "I cannot see the image.",
    ],
    "count": [
        "3",
        "There are 4 ships.",
        "a dozen ships",
        "No ships are visible.",
        "between 3 and 5",
        "several ships",
        "3 ships and 2 planes",
        "- Ships: 3\n- Aircraft: 2\n- Cars: 5",
        "- 3 ships\n- 2 aircraft\n- 5 cars",
        "The number of planes is 3 and the number of ships is 5.",
        "There are 7 objects in total, 3 of which are ships.",
        "There are 2 ships at the top. There are 3 ships at the bottom.",
        "I see 3 ships. Wait, there are 4 ships.",
        "2 + 3 = 5",
        "There are 3 groups of ships.",
        "{<1><2><30><40>} {<5><6><70><80>}",
        "",
    ],
    "yes_no": [
        "Yes.",
        "No, there is a bridge.",
        "Y",
        "yes and no",
        "There is a ship.",
        "There are 0 ships.",
        "There is no way to tell.",
        "No doubt there is a ship",
        "Unclear if there are ships, but there is one visible.",
        "It is unclear whether there is a ship.",
        "It is unlikely that there is a ship.",
        "The image contains ships, but no cars.",
        "<think>No?</think>yes",
    ],
    "label": [
        "Ship",
        "It is a ship.",
        "Ship. It lies in a harbor.",
        "Ship: unlikely. More likely a harbor.",
        "Answer: ship. On second thought, harbor",
        "The answer is ship because a harbor is nearby",
        "ship or harbor",
        "not a ship",
        "aircraft, bridge, car, harbor, ship, tank",
        "A vessel",
        "I don't know",
    ],
    "labels": [
        "ships, cars and bridges",
        "There are no ships, aircraft, cars, tanks, bridges, or harbors",
        "The image contains ships but does not contain any harbors or bridges.",
        '{"ship": true, "bridge": false}',
        "ship: yes, bridge: no",
        "0 ships, 2 bridges",
        "no cars, ships on the water",
        "all of the above",
        "Absent: ships, cars",
    ],
    "position": ["top left", "It is in the upper right corner.", "middle", "left or right", "not in the top left"],
    "text": ["A ship at sea.", "I cannot help with that.", "  ", "[LMMS_EVAL_REQUEST_FAILED after 3 tries]"],
    "fields": ["a small ship in the top left", "A large aircraft in the center.", "nothing"],
    "mentions": [
        "Two ships in the top left and a car in the center.",
        "The top left has no ship, the bottom right has a ship.",
        "0 ships in the top left",
        "No aircraft, cars or tanks in the center.",
    ],
}


def _read(kind: str, text: str) -> Parsed:
    choices = SIX if kind in ("label", "labels") else []
    return parse(text, kind=kind, choices=choices, size=(512, 512), asked="ship" if kind == "count" else None)


def _plain(found: Parsed) -> list[object]:
    value = found.value
    if isinstance(value, frozenset):
        value = sorted(value)
    elif hasattr(value, "tolist"):
        value = value.tolist()
    plain: list[object] = json.loads(json.dumps([value, found.outcome, found.rule], default=vars))
    return plain


def test_readings_change_only_with_the_version() -> None:
    read = {kind: {text: _plain(_read(kind, text)) for text in texts} for kind, texts in ANSWERS.items()}
    if WRITE in os.environ:
        lines = json.dumps({"version": ANSWERS_VERSION, "readings": read}, indent=1, ensure_ascii=False)
        GOLDEN.write_text(lines + "\n", encoding="utf-8")
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    advice = f"if the change is meant, raise ANSWERS_VERSION and write the golden file anew: {WRITE}=1"
    assert golden["version"] == ANSWERS_VERSION, f"the golden file is of another version: write it anew, {WRITE}=1"
    old = golden["readings"]
    assert {kind: list(texts) for kind, texts in old.items()} == ANSWERS, advice
    changed = {
        text: (old[kind][text], found)
        for kind, texts in read.items()
        for text, found in texts.items()
        if old[kind][text] != found
    }
    assert not changed, f"{advice}\n{changed}"


def test_every_kind_is_held() -> None:
    assert set(ANSWERS) == set(KINDS)


def test_a_run_keeps_the_version_of_the_readings() -> None:
    assert rule_versions()["answers"] == ANSWERS_VERSION
