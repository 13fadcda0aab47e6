import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from sarbench.errors import InputError, RunError
from sarbench.judge.asking import PATIENCE, Replies, Settings, ask_all
from sarbench.judge.cache import Cache
from sarbench.judge.endpoint import Endpoint, Failure, Reply, request_reply
from sarbench.judge.prompt import PROMPTS, Question, sampling_of
from sarbench.judge.retry import until_answered
from sarbench.judge.workers import side_by_side
from tests.judge.stub_server import Behave, Handler, Stub, answer_in, sensible, serving

ROOT = Path(__file__).parents[2]


def questions(number: int) -> list[Question]:
    return [Question("What is it?", ("Bare land.",), f"meadow {n}" if n % 2 else f"lake {n}") for n in range(number)]


def settings(stub: Stub, **changes: Any) -> Settings:
    prompt = changes.pop("prompt", PROMPTS["sarbench"])
    endpoint = Endpoint(stub.url, changes.pop("model", "j"), timeout=changes.pop("timeout", 5.0))
    base = {"workers": 3, "attempts": 2, "first_wait": 0.001, "sampling": sampling_of(prompt)}
    return Settings(endpoint=endpoint, prompt=prompt, **{**base, **changes})


def ask(path: Path, stub: Stub, number: int, **changes: Any) -> Replies:
    cache = Cache(path)
    try:
        return ask_all(questions(number), settings(stub, **changes), cache)
    finally:
        cache.close()


def test_everything_is_asked_once_and_then_never_again(tmp_path: Path) -> None:
    with serving(sensible) as stub:
        first = ask(tmp_path / "c", stub, 20)
        assert len(stub.seen) == 20
        again = ask(tmp_path / "c", stub, 20)
        assert len(stub.seen) == 20
    assert first.texts == again.texts == {q: "yes" if "meadow" in q.answer else "No." for q in questions(20)}
    assert (first.model, again.model, again.sent) == ("judge-7b@abc", "judge-7b@abc", 0)
    assert first.keys == again.keys


def test_another_prompt_sampling_or_model_is_asked_anew(tmp_path: Path) -> None:
    with serving(sensible) as stub:
        ask(tmp_path / "c", stub, 4)
        for changes in ({"prompt": PROMPTS["sarlang-paper"]}, {"sampling": {"temperature": 0.5}}, {"model": "other"}):
            assert ask(tmp_path / "c", stub, 4, **changes).sent == 4


def test_another_model_behind_the_same_name_is_not_served_from_the_cache(tmp_path: Path) -> None:
    names = ["v1"]
    with serving(lambda h, b, n: h.reply("yes", model=names[0])) as stub:
        ask(tmp_path / "c", stub, 6)
        names[0] = "v2"
        found = ask(tmp_path / "c", stub, 7)
        assert (found.model, found.sent, len(found.texts)) == ("v2", 7, 7)


def test_a_model_that_changes_in_the_middle_ends_the_pass(tmp_path: Path) -> None:
    with (
        serving(lambda h, b, n: h.reply("yes", model="v1" if n < 4 else "v2")) as stub,
        pytest.raises(RunError, match="replies as v2, and before as v1"),
    ):
        ask(tmp_path / "c", stub, 9, workers=1)


def test_passing_failures_are_tried_again(tmp_path: Path) -> None:
    def flaky(handler: Handler, body: dict[str, Any], number: int) -> None:
        if number % 2:
            handler.send(503, b"busy")
        else:
            sensible(handler, body, number)

    with serving(flaky) as stub:
        found = ask(tmp_path / "c", stub, 10, attempts=8)
    assert len(found.texts) == 10
    assert found.failures == {}


def test_what_fails_for_good_leaves_the_others(tmp_path: Path) -> None:
    def picky(handler: Handler, body: dict[str, Any], number: int) -> None:
        if answer_in(body["messages"][0]["content"]).endswith(" 0"):
            handler.send(400, b"too long")
        else:
            sensible(handler, body, number)

    with serving(picky) as stub:
        found = ask(tmp_path / "c", stub, 11)
        assert [q.answer for q in found.failures] == ["lake 0"]
        assert "too long" in next(iter(found.failures.values()))
        assert len(found.texts) == 10
        assert found.stopped is None
        assert ask(tmp_path / "c", stub, 11).sent == 1


def breaking(bad: Behave) -> Behave:
    return lambda handler, body, number: (sensible if number <= 5 else bad)(handler, body, number)


@pytest.mark.parametrize(
    "bad",
    [
        lambda h, b, n: h.send(500, b"no"),
        lambda h, b, n: h.send(200, b"<html>maintenance</html>"),
        lambda h, b, n: h.send(200, b'{"model": "judge-7b@abc", "cho', claim=900),
        lambda h, b, n: h.server.release.wait(10),
        lambda h, b, n: h.send(401, b"expired"),
    ],
    ids=["500", "html", "cut off", "hangs", "401"],
)
def test_a_server_that_breaks_loses_nothing_and_stops_the_pass(bad: Behave, tmp_path: Path) -> None:
    with serving(breaking(bad)) as stub:
        found = ask(tmp_path / "c", stub, 60, timeout=0.25, attempts=1)
        assert len(found.texts) == 5
        assert found.stopped
        # Of four requests at once, three may fail before the last good reply, and three after the last straw.
        assert len(found.failures) <= PATIENCE + 3 + 3
        stub.behave = sensible
        later = ask(tmp_path / "c", stub, 60)
    assert later.sent == 55
    assert len(later.texts) == 60


def gone() -> str:
    """Return an address where nothing listens."""
    with serving(sensible) as stub:
        return stub.url


def test_a_server_that_was_never_there_is_left_within_seconds(tmp_path: Path) -> None:
    prompt = PROMPTS["sarbench"]
    asked = Settings(Endpoint(gone(), "j", timeout=5), prompt, sampling_of(prompt))
    cache, began = Cache(tmp_path / "c"), time.monotonic()
    found = ask_all(questions(20), asked, cache)
    cache.close()
    assert time.monotonic() - began < 10
    assert (found.sent, len(found.failures)) == (1, 1)
    assert "Connection refused" in (found.stopped or "")


def test_what_is_known_of_a_server_that_is_gone_is_kept(tmp_path: Path) -> None:
    with serving(sensible) as stub:
        ask(tmp_path / "c", stub, 6)
    found = ask(tmp_path / "c", stub, 9)  # its port is closed now
    assert (len(found.texts), found.sent) == (6, 1)
    assert "cannot be reached" in (found.stopped or "")


def test_a_server_that_dies_midway_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sarbench.judge.asking.REACH_WITHIN", 0.0)
    dead = request_reply(Endpoint(gone(), "j", timeout=5), "?", {})
    asked = 0

    def flickering(*_: Any) -> Reply | Failure:
        nonlocal asked
        asked += 1
        return dead if asked in (2, 3, 4) else Reply("m", "yes")

    monkeypatch.setattr("sarbench.judge.asking.request_reply", flickering)
    with serving(sensible) as stub:
        found = ask(tmp_path / "c", stub, 10, workers=1, attempts=5)
    assert (len(found.texts), found.stopped, asked) == (10, None, 13)


def test_at_another_address_one_question_tells_the_models_name(tmp_path: Path) -> None:
    with serving(sensible) as stub:
        ask(tmp_path / "c", stub, 10)
    with serving(sensible) as stub:
        assert ask(tmp_path / "c", stub, 10).sent == 1


def test_a_limit_is_of_questions_that_are_put(tmp_path: Path) -> None:
    with serving(sensible) as stub:
        assert len(ask(tmp_path / "c", stub, 10, limit=3).texts) == 3
        assert len(ask(tmp_path / "c", stub, 10, limit=3).texts) == 6
        assert len(stub.seen) == 6
        assert len(ask(tmp_path / "c", stub, 10).texts) == 10
        assert len(stub.seen) == 10


def kept(path: Path) -> int:
    with closing(sqlite3.connect(path, timeout=10)) as base:
        return int(base.execute("SELECT count(*) FROM replies").fetchone()[0])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_pass_that_is_killed_goes_on_where_it_was(how: signal.Signals, tmp_path: Path) -> None:
    def slow(handler: Handler, body: dict[str, Any], number: int) -> None:
        if number > 6:
            handler.server.release.wait(30)
        sensible(handler, body, number)

    code = (
        "import sys\nfrom pathlib import Path\n"
        "from sarbench.judge.asking import *\nfrom sarbench.judge.prompt import *\n"
        "endpoint, prompt = Endpoint(sys.argv[1], 'j'), PROMPTS['sarbench']\n"
        "asked = Settings(endpoint, prompt, sampling_of(prompt), workers=3)\n"
        "words = [f'meadow {n}' if n % 2 else f'lake {n}' for n in range(15)]\n"
        "ask_all([Question('What is it?', ('Bare land.',), w) for w in words], asked, Cache(Path(sys.argv[2])))\n"
    )
    with serving(slow) as stub:
        command = [sys.executable, "-c", code, stub.url, str(tmp_path / "c")]
        child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while (len(stub.seen) < 9 or kept(tmp_path / "c") < 6) and time.monotonic() < end:  # then three hang
            time.sleep(0.02)
        os.kill(child.pid, how)
        child.wait(timeout=20)  # and does not wait for replies that hang
        assert len(stub.seen) == 9
        stub.release.set()
        found = ask(tmp_path / "c", stub, 15)
        assert found.sent == 9
        assert len(found.texts) == 15


def test_a_file_that_is_no_cache_is_named(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"no SQLite" * 1000)
    with pytest.raises(InputError, match="cannot be used as cache"):
        Cache(tmp_path / "c")


def test_a_full_disk_is_named_and_keeps_what_was_there(tmp_path: Path) -> None:
    with serving(sensible) as stub:
        ask(tmp_path / "c", stub, 3)
        cache = Cache(tmp_path / "c")
        cache._base.execute("PRAGMA max_page_count = 1")  # SQLite takes the size that the file has now
        with pytest.raises(InputError, match="full"):
            ask_all(questions(2000), settings(stub), cache)
        cache.close()
        assert len(ask(tmp_path / "c", stub, 3).texts) == 3


def test_waiting_grows_is_obeyed_and_can_be_stopped() -> None:
    waits: list[float] = []

    class Watched(Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0.0)
            return len(waits) == 5

    found = until_answered(lambda: Failure("r", again=True), attempts=9, stopped=Watched(), first_wait=20)
    assert found.reason == "r"  # type: ignore[union-attr]
    assert 10 <= waits[0] <= 20 <= waits[1] <= 40 <= waits[2]
    assert waits[3] == waits[4] == 60
    replies = iter([Failure("r", again=True, wait=0.0), Reply("m", "yes")])
    assert until_answered(lambda: next(replies), attempts=2, stopped=Event()) == Reply("m", "yes")
    once = iter([Failure("r"), Reply("m", "yes")])
    assert until_answered(lambda: next(once), attempts=5, stopped=Event()) == Failure("r")


def test_what_a_worker_raises_is_raised_here() -> None:
    def work(number: int) -> int:
        return 10 // number

    stopped = Event()
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(work, [5, 2, 0, 1], workers=2, stopped=stopped))
    assert stopped.is_set()
    assert sorted(side_by_side(work, [5, 2], workers=4, stopped=Event())) == [(2, 5), (5, 2)]


def test_threads_do_not_run_ahead_of_what_is_taken() -> None:
    begun: list[int] = []
    taken = 0
    for _ in side_by_side(lambda number: begun.append(number), range(30), workers=3, stopped=Event()):
        taken += 1
        time.sleep(0.005)
        assert len(begun) <= taken + 2
    assert taken == 30
