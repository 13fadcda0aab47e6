import io
from collections import namedtuple
from pathlib import Path

import pyarrow as pa
import pytest

from sarbench.errors import RunError
from sarbench.lmms import process
from sarbench.lmms.job import Answered, Asked, Broken, Event, Finished, Noted, Started, decode, encode
from sarbench.lmms.process import DiskFullError, _follow, check_answers
from tests.lmms.small_run import JOB

STARTED = Started(samples=2, parameters=None, dtype=None, device=None)
FINISHED = Finished(generated_tokens=3, generation={"max_new_tokens": "8"})
LOG = Path("run/logs/t.log")


@pytest.mark.parametrize(
    "event", [STARTED, Asked(), Answered(2, 0.5, 10.0), Noted("é"), FINISHED, Broken("é\nnot a line end")]
)
def test_events_are_one_line_each_and_come_back(event: Event) -> None:
    line = encode(event)
    assert line.count(b"\n") == 1
    assert decode(line) == event


def follow(*events: Event) -> tuple[tuple[Started | None, Finished | None], list[Event]]:
    heard: list[Event] = []
    stream = io.BytesIO(b"".join(map(encode, events)))
    return _follow(stream, JOB, LOG, heard.append), heard


def test_a_finished_worker_is_believed_and_every_event_heard() -> None:
    result, heard = follow(STARTED, Asked(), Asked(), FINISHED)
    assert result == (STARTED, FINISHED)
    assert heard == [STARTED, Asked(), Asked(), FINISHED]


def test_a_broken_worker_names_its_log() -> None:
    with pytest.raises(RunError, match=r"run/logs/t\.log: t broke: ValueError: no"):
        follow(STARTED, Broken("ValueError: no"))


def test_a_worker_that_dies_is_no_result() -> None:
    assert follow(STARTED, Asked())[0] == (STARTED, None)
    assert follow()[0] == (None, None)


def test_a_torn_line_is_a_dead_worker() -> None:
    stream = io.BytesIO(encode(STARTED) + encode(FINISHED)[:7])
    assert _follow(stream, JOB, LOG, lambda event: None) == (STARTED, None)


@pytest.mark.parametrize("hashes", [["a"], ["a", "a"], ["a", "b", "c"], ["b", "a"], ["a", "stale"]])
def test_missing_repeated_or_other_answers_are_no_result(hashes: list[str]) -> None:
    with pytest.raises(RunError, match="answers"):
        check_answers(pa.table({"sample_sha256": hashes}), ["a", "b"], task="t", log=LOG)


def test_an_answer_to_every_question() -> None:
    check_answers(pa.table({"sample_sha256": ["a", "b"]}), ["a", "b"], task="t", log=LOG)


def test_a_full_disk_is_told_from_a_broken_task() -> None:
    with pytest.raises(DiskFullError, match=r"the disk became full during t\. Make room .*--resume"):
        follow(STARTED, Broken("OSError: [Errno 28] No space left on device", disk_full=True))


def test_what_breaks_on_a_full_disk_breaks_for_that(monkeypatch, tmp_path: Path) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(process.shutil, "disk_usage", lambda folder: usage(10, 10, 4096))
    with pytest.raises(DiskFullError, match="the disk became full during t"):
        follow(STARTED, Broken("RuntimeError: cannot write the cache"))
    assert isinstance(process._death(None, JOB, tmp_path / "t.log", loaded=True), DiskFullError)
