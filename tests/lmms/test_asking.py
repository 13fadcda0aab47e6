"""A backend that is stopped anywhere: no answer twice, none lost, at most one chunk generated again."""

import errno
import random
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.lmms import parts, torchvision_shim
from sarbench.lmms.asking import Asking
from sarbench.lmms.job import Answered, Noted
from sarbench.lmms.parts import read_parts

torchvision_shim.install()
_instance = pytest.importorskip(
    "lmms_eval.api.instance", reason="lmms-eval is not installed: pip install 'sarbench[eval]'"
)
GenerationResult, TokenCounts = _instance.GenerationResult, _instance.TokenCounts

KEY = "key"


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


@dataclass
class Request:
    doc_id: int
    prompt: str = "How many?"
    arguments: tuple = ()
    args: tuple = ()

    def __post_init__(self) -> None:
        self.arguments = self.args = (f"{self.prompt} {self.doc_id}", {"max_new_tokens": 4})


@dataclass
class Inner:
    fails: set[int] = field(default_factory=set)

    def generate(self, place: int, batch: int) -> str:
        if batch > 2 and self.fails:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return f"{place}:{random.random()}"


@dataclass
class Backend:
    """Draws its answers; swallows errors as lmms-eval's `llava_hf` does."""

    model: Inner = field(default_factory=Inner)
    batch_size_per_gpu: int = 8
    kill_at: int = -1
    asked: list[int] = field(default_factory=list)

    def generate_until(self, requests):
        results = []
        for request in requests:
            if len(self.asked) == self.kill_at:
                raise Killed
            self.asked.append(request.doc_id)
            request.args[1].clear()  # backends write into them
            try:
                text = self.model.generate(request.doc_id, self.batch_size_per_gpu)
                results.append(GenerationResult(text, TokenCounts(output_tokens=1)))
            except RuntimeError:
                results.append(GenerationResult("", None))
        return results


def session(folder: Path, backend: Backend, count: int, *, chunk: int = 4, prompt: str = "How many?", key: str = KEY):
    kept, notes = read_parts(folder, key=key)
    told = []
    asking = Asking(backend, kept=kept, parts=folder, key=key, chunk=chunk, seed=7, local=True, tell=told.append)
    requests = [Request(place, prompt) for place in range(count)]
    try:
        results = backend.generate_until(requests)
    except Killed:
        return None, asking, notes, told
    return [result.text for result in results], asking, notes, told


@pytest.mark.parametrize("seed", range(20))
def test_killed_ten_times_and_resumed_gives_the_same_answers(tmp_path: Path, seed: int) -> None:
    whole, _, _, _ = session(tmp_path / "whole", Backend(), 50)
    draw = random.Random(seed)
    asked: list[int] = []
    for _ in range(10):
        backend = Backend(kill_at=draw.randrange(12))
        session(tmp_path / "parts", backend, 50)
        asked += backend.asked
    backend = Backend()
    resumed, asking, _, _ = session(tmp_path / "parts", backend, 50)
    asked += backend.asked
    assert resumed == whole
    assert [asking.answers[place].position for place in range(50)] == list(range(50))
    assert len(asked) - 50 <= 10 * 4  # at most one chunk again for each time it was killed
    assert len(list((tmp_path / "parts").iterdir())) == 13


def test_progress_is_told_chunk_by_chunk(tmp_path: Path) -> None:
    _, _, _, told = session(tmp_path, Backend(), 6)
    assert [event.done for event in told if isinstance(event, Answered)] == [4, 6]
    assert told[-1].seconds_left == 0
    assert told[0].rate > 0


def test_a_truncated_part_is_asked_again_with_a_note(tmp_path: Path) -> None:
    whole, _, _, _ = session(tmp_path, Backend(), 10)
    damaged = sorted(tmp_path.iterdir())[1]
    damaged.write_bytes(damaged.read_bytes()[:-20])
    backend = Backend()
    again, _, notes, _ = session(tmp_path, backend, 10)
    assert again == whole
    assert backend.asked == [4, 5, 6, 7]
    assert "000000004-000000007.parquet cannot be read" in notes[0]
    assert "asked again" in notes[0]


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    session(tmp_path, Backend(), 4)
    (path,) = tmp_path.iterdir()
    content = bytearray(path.read_bytes())
    content[40] ^= 255
    path.write_bytes(content)
    backend = Backend()
    session(tmp_path, backend, 4)
    assert backend.asked == [0, 1, 2, 3]


def test_answers_to_something_else_are_not_taken_up(tmp_path: Path) -> None:
    session(tmp_path, Backend(), 4)
    backend = Backend()
    _, _, notes, _ = session(tmp_path, backend, 4, key="other model")
    assert backend.asked == [0, 1, 2, 3]
    assert "other questions or settings" in notes[0]
    backend = Backend()
    session(tmp_path, backend, 4, key="other model", prompt="How many now?")
    assert backend.asked == [0, 1, 2, 3]


def test_what_a_killed_process_was_writing_is_not_read(tmp_path: Path) -> None:
    (tmp_path / ".000000000-000000003.parquet.77.tmp").write_bytes(b"PAR1 half")
    backend = Backend()
    _, _, notes, _ = session(tmp_path, backend, 4)
    assert (backend.asked, notes) == ([0, 1, 2, 3], [])
    assert len(list(tmp_path.iterdir())) == 1


def test_swallowed_memory_errors_make_the_batch_smaller(tmp_path: Path) -> None:
    backend = Backend(model=Inner(fails={0}))
    answers, asking, _, told = session(tmp_path, backend, 6)
    assert backend.batch_size_per_gpu == 2
    assert [event.text for event in told if isinstance(event, Noted)] == [
        "out of memory; batch size 4 from question 0 on",
        "out of memory; batch size 2 from question 0 on",
    ]
    assert all(answers)
    assert all(answer.error is None for answer in asking.answers.values())


def test_a_backend_that_helps_itself_is_noted(tmp_path: Path) -> None:
    class Halving(Backend):
        batch_size = 8  # as `sarbench_hf` has it: no size that others could set

        def generate_until(self, requests):
            if requests[0].doc_id == 4:
                self.batch_size = 2
            return [GenerationResult("1", TokenCounts(output_tokens=1)) for _ in requests]

    _, _, _, told = session(tmp_path, Halving(), 10)
    noted = "out of memory; batch size 2, was 8, from questions 4 to 7 on"
    assert [event.text for event in told if isinstance(event, Noted)] == [noted]


def test_memory_that_never_suffices_stops_the_task(tmp_path: Path) -> None:
    class Full(Backend):
        def generate_until(self, requests):
            raise MemoryError("no room")

    with pytest.raises(MemoryError, match="one question at a time"):
        session(tmp_path, Full(), 4)


def test_a_swallowed_error_is_a_failure_and_asked_again(tmp_path: Path) -> None:
    class Flaky(Inner):
        def generate(self, place: int, batch: int) -> str:
            if place == 2:
                raise RuntimeError("shape mismatch")
            return "1"

    backend = Backend(model=Flaky())
    _, asking, _, _ = session(tmp_path, backend, 4)
    assert {place: answer.error for place, answer in asking.answers.items() if answer.error} == {
        2: "no-generation: RuntimeError: shape mismatch"
    }
    backend = Backend()
    _, asking, _, _ = session(tmp_path, backend, 4)
    assert backend.asked == [2]
    assert all(answer.error is None for answer in asking.answers.values())


class Failing(Inner):
    """Fails at some places."""

    def __init__(self, places: Collection[int]) -> None:
        self.places = places
        self.fails = set()

    def generate(self, place: int, batch: int) -> str:
        if place in self.places:
            raise RuntimeError("shape mismatch")
        return super().generate(place, batch)


def test_failures_at_both_ends_of_a_chunk_cost_no_good_answer(tmp_path: Path) -> None:
    session(tmp_path, Backend(model=Failing({0, 3})), 4)
    session(tmp_path, Backend(model=Failing({0, 3})), 4)
    assert sorted(read_parts(tmp_path, key=KEY)[0]) == [1, 2]
    backend = Backend()
    _, asking, _, _ = session(tmp_path, backend, 4)
    assert backend.asked == [0, 3]
    assert all(answer.error is None for answer in asking.answers.values())


@given(st.lists(st.tuples(st.sets(st.integers(0, 11)), st.integers(-1, 12), st.integers(1, 6)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_nothing_good_is_asked_again_or_lost(sessions: list[tuple[set[int], int, int]]) -> None:
    """Whatever fails, wherever a session is killed, and however the chunks are cut."""
    good: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for fails, kill_at, chunk in [*sessions, (set(), -1, 4)]:
            backend = Backend(model=Failing(fails), kill_at=kill_at)
            session(Path(scratch), backend, 12, chunk=chunk)
            assert not good.keys() & set(backend.asked)
            kept = {place: answer.text for place, answer in read_parts(Path(scratch), key=KEY)[0].items()}
            assert good.items() <= kept.items()
            good = kept
    assert sorted(good) == list(range(12))


@pytest.mark.parametrize(
    ("text", "tokens", "error"),
    [
        ("[LMMS_EVAL_REQUEST_FAILED after 1 retries] 500 1", 0, "request-failed"),
        ("[LMMS_EVAL_BUDGET_EXCEEDED]", None, "request-failed"),
        ('Error: can only concatenate str (not "NoneType") to str', 5, "request-failed"),
        ("", 0, None),  # the model ended at once
        ("2", None, None),
    ],
)
def test_failures_are_told_from_answers(tmp_path: Path, text: str, tokens: int | None, error: str | None) -> None:
    class Fixed(Backend):
        def generate_until(self, requests):
            return [GenerationResult(text, TokenCounts(output_tokens=tokens)) for _ in requests]

    _, asking, _, _ = session(tmp_path, Fixed(), 1)
    assert asking.answers[0].error == error


def test_a_full_disk_loses_no_earlier_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = 0
    write = parts.pq.write_table

    def full(table, path, **options):
        nonlocal written
        written += 1
        if written == 2:
            Path(path).write_bytes(b"PAR1")
            raise OSError(errno.ENOSPC, "No space left on device")
        write(table, path, **options)

    monkeypatch.setattr(parts.pq, "write_table", full)
    with pytest.raises(OSError, match="No space"):
        session(tmp_path, Backend(), 12)
    assert [path.name for path in tmp_path.iterdir()] == ["0001-000000000-000000003.parquet"]
    backend = Backend()
    session(tmp_path, backend, 12)
    assert backend.asked == list(range(4, 12))


@pytest.mark.parametrize("odd", [[{"type": "text", "text": "1"}], 1, {"text": "1"}])
def test_what_is_no_text_costs_its_own_question(tmp_path: Path, odd: object) -> None:
    class Odd(Backend):
        def generate_until(self, requests):
            return [
                GenerationResult(odd if request.doc_id == 1 else "2", TokenCounts(output_tokens="x"))
                for request in requests
            ]

    answers, asking, _, _ = session(tmp_path, Odd(), 4)
    assert answers == ["2", "", "2", "2"]
    failed = {place: answer.error for place, answer in asking.answers.items() if answer.error}
    assert failed == {1: f"request-failed: {type(odd).__name__} where a text should be"}
    assert asking.answers[0].output_tokens is None


def test_a_failure_tells_no_secret_and_an_answer_is_left_as_it_is(tmp_path: Path) -> None:
    class Telling(Backend):
        def generate_until(self, requests):
            texts = ["SEKRET8", "[LMMS_EVAL_REQUEST_FAILED after 1 retries] 401: SEKRET8"]
            return [GenerationResult(texts[request.doc_id], TokenCounts(output_tokens=1)) for request in requests]

    asking = Asking(
        Telling(),
        kept={},
        parts=tmp_path,
        key=KEY,
        chunk=4,
        seed=7,
        local=False,
        tell=lambda event: None,
        hide=lambda text: text.replace("SEKRET8", "***"),
    )
    found = asking.generate_until([Request(0), Request(1)])
    assert [result.text for result in found] == ["SEKRET8", "[LMMS_EVAL_REQUEST_FAILED after 1 retries] 401: ***"]


def test_a_backend_that_reads_ahead_is_told_what_comes_next(tmp_path: Path) -> None:
    backend, expected = Backend(), []
    backend.expect = lambda requests: expected.append([request.doc_id for request in requests])
    session(tmp_path, backend, 10, chunk=4)
    assert expected == [[4, 5, 6, 7], [8, 9], []]
