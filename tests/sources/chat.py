"""SARChat's ten files in small: one question a task, in the authors' form."""

from typing import Any

TASKS = ("classification", "description", "counting", "grounding", "identification", "referring")
TRAIN = "SARChat_total_task_train_modified.json"
ASKED = {
    "classification": ("Which of (aircraft, ship) is visible?", "It is ship"),
    "description": ("What do you observe?", "A small ship is visible in the top left portion of the image"),
    "counting": ("[count] Count the ship in this image.", "There are 2 instances. {<1><2><30><40>}{<5><6><17><18>}"),
    "grounding": ("[grounding] What is where?", "There is 1 ship: one in the top left portion {<1><2><30><40>}"),
    "identification": ("[identify] What is at {<1><2><30><40>}?", "Examining the top left area reveals a small ship."),
    "referring": ("[refer] Locate 1 ship.", "{<1><2><30><40>} (top left)"),
}
SUBTASKS = {
    "count": "counting",
    "grounding_multi": "grounding",
    "grounding_single": "grounding",
    "identify_multi": "identification",
    "identify_single": "identification",
    "refer_multi": "referring",
    "refer_single": "referring",
    "classify": "classification",
    "describe": "description",
}


def record(question: str, answer: str, name: str = "img/0000001.png") -> dict[str, Any]:
    said = [{"role": "user", "content": f"<image>\n{question}"}, {"role": "assistant", "content": answer}]
    return {"messages": said, "images": [name]}


def file_name(subtask: str) -> str:
    middle = {"classify": "classify", "describe": "describe"}.get(subtask, f"classify_{subtask}")
    return f"SARChat_{middle}_test.json"
