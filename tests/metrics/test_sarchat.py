"""SARChat-2M's formulas against its own table 3, and counting columns against hand cases."""

import csv
from pathlib import Path

import numpy as np
import pytest

from sarbench.errors import InputError
from sarbench.metrics import sarchat

TABLE = Path(__file__).parent / "golden" / "sarchat_table_3.csv"
COLUMNS = [name for names in sarchat.SUB_TASKS.values() for name in names]


def _rows() -> dict[str, dict[str, float]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row.pop("model"): {name: float(value) for name, value in row.items()} for row in csv.DictReader(lines)}


ROWS = _rows()


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 16
    assert sum(sarchat.TEST_ITEMS.values()) == 226_636
    assert sarchat.TEST_ITEMS.keys() == sarchat.SUB_TASKS.keys()
    assert all(set(COLUMNS) < row.keys() for row in ROWS.values())


@pytest.mark.parametrize("model", ROWS)
def test_our_formula_gives_the_formula_and_not_the_printed_average(model: str) -> None:
    row = ROWS[model]
    found = sarchat.printed_versus_formula({name: row[name] for name in COLUMNS}, printed=row["Avg"])
    assert found.formula == pytest.approx(row["formula"], abs=0.005001)
    assert found.without_abspos == pytest.approx(row["without_abspos"], abs=0.005001)
    assert found.plain_mean == pytest.approx(row["plain_mean"], abs=0.005001)
    assert found.printed == row["Avg"]
    assert abs(found.printed - found.formula) > 0.005


def test_the_gap_is_what_the_module_says() -> None:
    gaps = [row["Avg"] - row["formula"] for row in ROWS.values()]
    assert (min(gaps), max(gaps)) == (pytest.approx(-0.26, abs=0.006), pytest.approx(0.87, abs=0.006))
    assert sarchat.TEST_ITEMS["identification"] / 226_636 == pytest.approx(0.77, abs=0.01)


def test_every_abstract_position_is_a_simple_fraction() -> None:
    values = {row["AbsPos"] for row in ROWS.values()}
    shares = {round(100 * hit / n, 2) for n in range(1, 17) for hit in range(n + 1)}
    assert values <= shares
    assert not any(values <= {round(100 * hit / n, 2) for hit in range(n + 1)} for n in range(1, 17))


def test_averages_take_arrays() -> None:
    draws = {name: np.linspace(0, 1, 5) for name in COLUMNS}
    scores = sarchat.task_scores(draws)
    assert sarchat.overall(scores).tolist() == pytest.approx(np.linspace(0, 1, 5).tolist())


def test_averages_name_what_is_missing() -> None:
    row = dict.fromkeys(COLUMNS, 50.0)
    del row["SG-S"]
    with pytest.raises(InputError, match="lacks the score of SG-S"):
        sarchat.task_scores(row)
    assert sarchat.task_score(row, "grounding", leave_out=("SG-S",)) == 50
    with pytest.raises(InputError, match="no sub-task left"):
        sarchat.task_score(row, "classification", leave_out=("Cls",))
    with pytest.raises(InputError, match="NaN"):
        sarchat.task_score(row | {"Cls": float("nan")}, "classification")
    with pytest.raises(InputError, match="unknown"):
        sarchat.task_score(row, "captioning")
    with pytest.raises(InputError, match="name the tasks"):
        sarchat.overall({"counting": 1.0})


def test_the_number_alone() -> None:
    assert sarchat.count_accuracy([3, 2, None, 4], [3, 3, 3, 4]) == 0.5
    assert sarchat.count_accuracy([], []) is None


SHIP, NEAR, FAR = [0, 0, 10, 10], [0, 0, 10, 4], [50, 50, 60, 60]


def test_boxes_of_counting() -> None:
    found = sarchat.located_counts([[SHIP], [NEAR], [SHIP, FAR], None, []], [[SHIP], [SHIP], [SHIP], [SHIP], []])
    loose, firm = found[0.25], found[0.5]
    assert (loose.tp, loose.fp, loose.fn, loose.n) == (3, 1, 1, 5)
    assert (loose.acc, loose.whole_image) == (3 / 5, 3 / 5)
    assert (firm.tp, firm.fp, firm.fn) == (2, 2, 2)
    assert (firm.acc, firm.whole_image) == (2 / 6, 2 / 5)


def test_a_missed_box_costs_twice_in_acc() -> None:
    hits, n = 856, 1000
    found = sarchat.located_counts([[SHIP]] * hits + [[FAR]] * (n - hits), [[SHIP]] * n)[0.25]
    assert found.whole_image == 0.856
    assert found.acc == pytest.approx(0.7486, abs=1e-3)


def test_an_unread_answer_is_no_empty_image() -> None:
    assert sarchat.located_counts([None], [[]])[0.5].whole_image == 0
    assert sarchat.located_counts([[]], [[]])[0.5].whole_image == 1
    nothing = sarchat.located_counts([], [])[0.5]
    assert (nothing.acc, nothing.whole_image, nothing.n) == (None, None, 0)
    with pytest.raises(InputError, match="1 for 2"):
        sarchat.located_counts([None], [[], []])
