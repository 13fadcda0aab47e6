from pathlib import Path

import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.questions.retrieval import is_retrieval
from sarbench.retrieval import RetrievalTask, select
from sarbench.retrieval.tasks import available


def test_captions_are_offered_and_nothing_else(hrsid: RetrievalTask) -> None:
    names = [task.name for task in available()]
    assert names == ["sar-text/caption/train", "sar-text/retrieval-hrsid/test"]


@pytest.mark.parametrize("wanted", ["sar-text/retrieval-*/test", "sar-text/retrieval-hrsid", "*/retrieval-hrsid/*"])
def test_wildcards_and_the_test_split(hrsid: RetrievalTask, wanted: str) -> None:
    assert select([wanted, hrsid.name]) == (hrsid,)


@pytest.mark.parametrize(
    "wanted", ["sarbench_sartext_retrieval_hrsid_test", "sarbench_sartext_retrieval_*_test", "sarbench_*_hrsid_*"]
)
def test_names_of_the_run_record(hrsid: RetrievalTask, wanted: str) -> None:
    assert select([wanted, hrsid.name]) == (hrsid,)


def test_an_unknown_name_gets_the_nearest(hrsid: RetrievalTask) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean sar-text/retrieval-hrsid/test") as caught:
        select(["sar-text/retreival-hrsid/test"])
    assert caught.value.exit_code == 2


def test_a_split_of_questions_is_no_retrieval(hrsid: RetrievalTask) -> None:
    with pytest.raises(UnknownNameError, match="is no built split of captions"):
        select(["sar-text/vqa/train"])


def test_nothing_built_names_the_build(home: Path) -> None:
    with pytest.raises(UnknownNameError, match="sarbench build sarlang-1m"):
        select(["sarlang-1m/caption-concise/test"])


def test_no_name_at_all(hrsid: RetrievalTask) -> None:
    with pytest.raises(UnknownNameError, match="no retrieval task is named"):
        select([])


def test_a_broken_set_that_is_named_says_so(home: Path) -> None:
    (home / "sar-text").mkdir(parents=True)
    (home / "sar-text" / "sarbench.json").write_text("{")
    assert available() == ()
    with pytest.raises(InputError, match="cannot be read by this version"):
        select(["sar-text/retrieval-hrsid/test"])


def test_an_empty_split_is_refused(hrsid: RetrievalTask, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from sarbench.retrieval import tasks

    monkeypatch.setattr(tasks, "available", lambda: (replace(hrsid, rows=0),))
    with pytest.raises(InputError, match="holds no row"):
        select([hrsid.name])


def test_recorded_names_differ_and_are_known_again(hrsid: RetrievalTask) -> None:
    names = {task.recorded for task in available()}
    assert len(names) == len(available())
    assert all(is_retrieval(name) for name in names)
