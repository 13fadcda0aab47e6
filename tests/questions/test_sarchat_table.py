"""The columns of SARChat's table from scored answers, and its averages from those."""

import pytest

import sarbench
from sarbench.errors import InputError
from sarbench.metrics import sarchat
from sarbench.questions.kinds import KINDS
from sarbench.questions.sarchat_table import COLUMNS, columns
from tests.questions.rows import PERFECT, ROWS

AUTHORS = ("classification", "description", "counting", "grounding", "identification", "referring")


def test_every_column_but_one_is_a_number_of_ours() -> None:
    every = {name for names in sarchat.SUB_TASKS.values() for name in names}
    assert every - set(COLUMNS) == {"AbsPos"}
    for column, (kind, metric, _) in COLUMNS.items():
        assert column in sarchat.SUB_TASKS[kind]
        assert KINDS[kind].metric(metric, "paper").datasets == ("sarchat-2m",)


def test_perfect_answers_have_a_perfect_average() -> None:
    scores = {}
    for kind in AUTHORS:
        multi = {**ROWS[kind], "id": "m", "dataset": "sarchat-2m"}
        single = {**multi, "id": "s"}
        text = PERFECT[kind]
        if kind == "identification":
            single["subtask"] = "identify_single"
        said = [text, text]
        if kind == "grounding":
            single["boxes"], said = multi["boxes"][:1], [text, text.splitlines()[0]]
        if kind == "referring":
            multi["boxes"] = [multi["boxes"][0], {**multi["boxes"][0], "xyxy": [50.0, 50.0, 80.0, 90.0]}]
            said = [text + " [50, 50, 80, 90]", text]
        if kind == "counting":
            said = ["2 ships: [10, 10, 30, 30] [50, 50, 80, 90]"] * 2
        scores[kind] = sarbench.score(task=kind, predictions=said, references=[multi, single]).details.scores
    found = columns(scores)
    assert found == dict.fromkeys(COLUMNS, 100.0)
    averages = sarchat.task_scores(found, leave_out=("AbsPos",))
    assert float(sarchat.overall(averages)) == pytest.approx(100.0)


def test_what_was_not_scored_is_no_column() -> None:
    assert columns({}) == {}
    with pytest.raises(InputError, match="lacks the score of Cls"):
        sarchat.task_scores(columns({}))
