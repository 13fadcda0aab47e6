"""Rows of another split in place of a task's own."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.lmms.excerpt import chosen, on_excerpt
from sarbench.lmms.job import Excerpt

IDS = st.lists(st.text(min_size=1, max_size=4), unique=True, max_size=30)


@given(ids=IDS, size=st.integers(0, 40), seed=st.integers(0, 3))
def test_a_choice_is_in_order_and_holds_every_smaller_one(ids: list[str], size: int, seed: int) -> None:
    places = chosen(ids, size, seed=seed)
    assert places == sorted(set(places))
    assert len(places) == min(size, len(ids))
    assert set(chosen(ids, max(0, size - 1), seed=seed)) <= set(places)
    assert chosen(ids, None, seed=seed) == list(range(len(ids)))


def test_a_choice_comes_from_everywhere_and_hangs_on_the_seed() -> None:
    ids = [f"set/{number:07d}" for number in range(1000)]
    places = chosen(ids, 100, seed=0)
    tenths = {place // 100 for place in places}
    assert tenths == set(range(10))
    assert places != chosen(ids, 100, seed=1)
    # The order of the others does not matter: a row is chosen for its id.
    again = {list(reversed(ids))[place] for place in chosen(list(reversed(ids)), 100, seed=0)}
    assert again == {ids[place] for place in places}


@pytest.mark.parametrize(("asks", "left"), [(None, 3), ("counting", 2)])
def test_lmms_eval_is_given_the_file_and_the_choice(home: Path, asks: str | None, left: int) -> None:
    datasets = pytest.importorskip("datasets")
    excerpt = Excerpt(dataset="d", config="c", split="validation", asks=asks, size=3, seed=0)
    task = on_excerpt("name", excerpt)
    assert task["task"] == "name"
    assert task["dataset_kwargs"] == {"data_files": {"test": f"{home}/d/c/validation-*.parquet"}}
    kinds = ["presence", "counting", "presence", "counting"]
    docs = datasets.Dataset.from_dict({"task": kinds, "id": ["a", "b", "c", "d"]})
    kept = task["process_docs"](docs)
    assert len(kept) == left
    if asks:
        assert set(kept["task"]) == {asks}
    else:
        assert kept["id"] == [docs["id"][place] for place in chosen(docs["id"], 3, seed=0)]
