"""Rows of the schema, as plain dicts, one per kind of question."""

from typing import Any


def row(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": "sarchat-2m/rebuilt-counting/test/0000001-abc-0",
        "dataset": "sarchat-2m",
        "sample_sha256": "0" * 64,
        "task": "counting",
        "subtask": "count",
        "image_id": "0000001",
        "width": 200,
        "height": 100,
        "question": "[count] Count the ship in this satellite image.",
        "answers": ["There are 2 instances. {<10><10><30><30>}{<50><50><80><90>}"],
        "choices": [],
        "boxes": [
            {"label": "ship", "xyxy": [10.0, 10.0, 30.0, 30.0], "position": "top left"},
            {"label": "ship", "xyxy": [50.0, 50.0, 80.0, 90.0], "position": "bottom left"},
        ],
        "region": [],
        "count": 2,
    }
    return {**base, **changes}


def asked(task: str, question: str, answer: str, **changes: Any) -> dict[str, Any]:
    """A question of SARLANG-1M."""
    changes = {"boxes": [], "count": None, "subtask": None, **changes}
    return row(dataset="sarlang-1m", task=task, question=question, answers=[answer], **changes)


CLASSES = ["aircraft", "bridge", "car", "harbor", "ship", "tank"]

ROWS = {
    "classification": row(
        task="classification",
        subtask="classify",
        question="Which of (aircraft, bridge, car, harbor, ship, tank) is visible?",
        answers=["It is harbor, ship"],
        choices=CLASSES,
        boxes=[],
        count=None,
    ),
    "description": row(
        task="caption",
        subtask="describe",
        question="What do you observe in this satellite imagery?",
        answers=["In this satellite image, a small ship is visible in the top left portion of the image"],
        count=None,
    ),
    "counting": row(),
    "grounding": row(
        task="grounding", subtask="grounding_multi", question="[grounding] What objects are where?", count=None
    ),
    "identification": row(
        task="region",
        subtask="identify_multi",
        question="[identify] What can you identify at {<10><10><30><30>}?",
        answers=["Examining the top left area reveals a very small ship."],
        region=[10.0, 10.0, 30.0, 30.0],
        boxes=[{"label": "ship", "xyxy": [10.0, 10.0, 30.0, 30.0], "position": "top left"}],
        count=None,
    ),
    "referring": row(
        task="referring",
        subtask="refer_single",
        question="[refer] Locate 1 ship.",
        answers=["{<10><10><30><30>} (top left)"],
        boxes=[{"label": "ship", "xyxy": [10.0, 10.0, 30.0, 30.0], "position": "top left"}],
        count=None,
    ),
    "presence": asked("presence", "Is there a ship?", "Yes."),
    "position": asked("position", "Where is the ship?", "top left."),
    "region": asked("region", "What is in the area [10, 10, 20, 20]?", "ship.", region=[10.0, 10.0, 30.0, 30.0]),
    "vqa": asked("attribute", "What is the predominant land cover?", "Bare land."),
    "caption": row(
        dataset="sarlang-1m",
        task="caption",
        subtask=None,
        question=None,
        answers=["A radar image of a small port with two long piers."],
        boxes=[],
        count=None,
    ),
    "field": row(
        dataset="fusar-geovl",
        task="attribute",
        subtask="Water",
        question="Which water bodies does this SAR image show?",
        answers=["One wide harbour basin in the south"],
        boxes=[],
        count=None,
    ),
}

PERFECT = {
    "presence": "yes",
    "position": "In the upper left corner.",
    "region": "It is a ship.",
    "vqa": "bare land",
    "caption": "A radar image of a small port with two long piers.",
    "field": "One wide harbour basin in the south",
    "classification": "harbor, ship",
    "description": "A ship is in the top left of the image.",
    "counting": "2",
    "grounding": "ship [10, 10, 30, 30]\nship [50, 50, 80, 90]",
    "identification": "A very small ship in the top left of the image.",
    "referring": "[10, 10, 30, 30]",
}
