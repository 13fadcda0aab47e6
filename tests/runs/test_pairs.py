"""Answers by place and by id: what holds ids is never read by place."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import sarbench
from sarbench.errors import InputError, UnknownNameError
from sarbench.runs.score import ScoreTable
from tests.questions.rows import ROWS

IDS = ["one", "two", "three"]
ROWS_OF_THREE = [{**ROWS["counting"], "id": name, "count": n, "answers": [str(n)]} for n, name in enumerate(IDS, 1)]
SAID = ["1", "2", "9"]


def score(predictions: Any, references: Any = ROWS_OF_THREE, **given: Any) -> ScoreTable:
    return sarbench.score(task="counting", predictions=predictions, references=references, **given)


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(tuple(SAID), id="tuple"),
        pytest.param(iter(SAID), id="iterator"),
        pytest.param(np.array(SAID), id="numpy"),
        pytest.param(pd.Series(SAID), id="series"),
        pytest.param(pd.Series(SAID[::-1], index=IDS[::-1]), id="series by id"),
        pytest.param(pd.Series(SAID[::-1], index=pd.CategoricalIndex(IDS[::-1])), id="series by category"),
        pytest.param(pa.array(SAID), id="arrow"),
        pytest.param(dict(zip(IDS[::-1], SAID[::-1], strict=True)), id="mapping"),
    ],
)
def test_every_form_gives_the_same_numbers(answers: Any) -> None:
    found, expected = score(answers), score(SAID)
    assert found == expected
    assert found.details == expected.details
    assert found["strict"]["exact"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        pytest.param(set(SAID), "is a set", id="set"),
        pytest.param(frozenset(SAID), "is a set", id="frozenset"),
        pytest.param(pd.Series(SAID).iloc[::-1], "to_list", id="reversed"),
        pytest.param(pd.Series(["", *SAID]).iloc[1:], "to_list", id="filtered"),
        pytest.param(pd.Series(SAID, index=pd.CategoricalIndex([2, 1, 0])), "to_list", id="categories of numbers"),
        pytest.param(pd.Series(SAID, index=pd.MultiIndex.from_product([["a"], IDS])), "to_list", id="two levels"),
    ],
)
def test_what_says_not_which_answer_is_whose_is_refused(answers: Any, said: str) -> None:
    with pytest.raises(InputError, match=rf"score\(predictions=…\).*{said}"):
        score(answers)


def test_an_id_that_comes_twice_in_a_series_is_named() -> None:
    with pytest.raises(InputError, match="one: answers 'one' a second time"):
        score(pd.Series(SAID, index=["one", "one", "two"]))


def test_a_table_is_not_gone_through_for_the_names_of_its_columns() -> None:
    """A table of two columns against two rows would be scored as two answers, `id` and `prediction`."""
    table = {"id": IDS, "prediction": SAID}
    with pytest.raises(InputError, match=r"is a table \(DataFrame\).*zip"):
        score(pd.DataFrame(table), ROWS_OF_THREE[:2])
    with pytest.raises(InputError, match=r"is of type Table|is a table"):
        score(pa.table(table), ROWS_OF_THREE[:2])
    with pytest.raises(InputError, match=r'is dict, not text.*line\["id"\]'):
        score([{"id": "one", "prediction": "1"}] * 3)


def test_lists_of_different_lengths_say_where_they_part() -> None:
    with pytest.raises(InputError, match="2 predictions, and more references: the first without one is three"):
        score(SAID[:2])
    with pytest.raises(InputError, match=r"there are 3 references, and more predictions \(5 in all\)"):
        score([*SAID, "4", "5"])


def test_a_reference_that_comes_twice_is_named_whatever_answers_it() -> None:
    twice = [*ROWS_OF_THREE, ROWS_OF_THREE[1]]
    for answers in ([*SAID, "2"], dict(zip(IDS, SAID, strict=True))):
        with pytest.raises(InputError, match="two: two references have this id"):
            score(answers, twice)
    nameless = [{**row, "id": None} for row in ROWS_OF_THREE]
    assert score(SAID, nameless) == score(SAID)


@pytest.mark.parametrize("rows", ["sarchat-2m", {"test": ROWS_OF_THREE}, ROWS_OF_THREE[0]])
def test_what_is_no_rows_is_named(rows: Any) -> None:
    with pytest.raises(InputError, match=r"score\(references=…\): is of type (str|dict), and no rows"):
        score(SAID, rows)


def test_what_is_missing_is_said_and_not_only_counted() -> None:
    with pytest.warns(UserWarning, match=r"counting: PARTIAL, 2 of 3 samples \(66.7 %\) have no answer"):
        assert score({"one": "1"}).details.missing == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        score(SAID)


def test_a_name_that_is_nearly_right_is_offered() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean counting"):
        sarbench.score(task="countng", predictions=[], references=[])
    with pytest.raises(UnknownNameError, match="or a kind of question: classification"):
        sarbench.score(task="attribute", predictions=[], references=[])
    with pytest.raises(UnknownNameError, match="no protocol is named"):
        score(SAID, protocols=[])
