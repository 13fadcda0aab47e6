"""Workers that really die, with little programs in place of the real one."""

import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from sarbench.errors import RunError
from sarbench.lmms import process
from sarbench.lmms.job import Event, Finished, Job, Noted, Started, encode
from sarbench.lmms.process import KilledError, run_worker
from sarbench.lmms.retrying import run_while_killed
from sarbench.lmms.settings import Settings
from tests.lmms.small_run import JOB

FINISHED = Finished(generated_tokens=3, generation={})
KILLED = "os.kill(os.getpid(), signal.SIGKILL)"


def started(kept: int) -> Started:
    return Started(samples=9, parameters=None, dtype=None, device=None, kept=kept, kept_seconds=kept / 2)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return msgspec.structs.replace(JOB, batch_size=8, out=str(tmp_path / "samples" / "t.parquet"))


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Have a program run in place of `sarbench.lmms.worker`; it knows the batch size as `size`."""

    def use(program: str) -> None:
        says = {"started": encode(started(0)), "later": encode(started(4)), "finished": encode(FINISHED)}
        begin = f"""
            import json, os, signal, sys
            size = json.load(open(sys.argv[1]))["batch_size"]
            says = {says}
            def say(what):
                os.write(1, says[what])
        """
        path = tmp_path / "worker.py"
        path.write_text(textwrap.dedent(begin) + textwrap.dedent(program))
        popen = process.subprocess.Popen
        monkeypatch.setattr(
            process.subprocess,
            "Popen",
            lambda command, **options: popen([sys.executable, str(path), command[-1]], **options),
        )

    return use


def run(job: Job, tmp_path: Path) -> tuple[tuple[Started, Finished], list[Event]]:
    heard: list[Event] = []
    return run_while_killed(job, Settings(), log=tmp_path / "t.log", listen=heard.append), heard


def test_a_killed_worker_is_started_again_with_half_the_batch(job, worker, tmp_path) -> None:
    worker(f"say('started' if size == 8 else 'later')\nif size > 2: {KILLED}\nsay('finished')")
    result, heard = run(job, tmp_path)
    assert result == (started(0), FINISHED)  # what this session answered is not what earlier ones had
    notes = [event.text for event in heard if isinstance(event, Noted)]
    reason = "its process was killed (signal 9), most likely by the kernel for want of memory"
    assert notes == [f"{reason}; batch size {size} from there on" for size in (4, 2)]


@pytest.mark.parametrize(("size", "tries"), [(8, 3), (3, 2), (2, 2), (1, 1)])
def test_it_is_given_up_after_two_tries(job, worker, tmp_path, size, tries) -> None:
    worker(f"say('started')\n{KILLED}")
    heard: list[Event] = []
    changed = msgspec.structs.replace(job, batch_size=size)
    with pytest.raises(KilledError, match=r"t\.log: .*signal 9\) while it was answering.* --resume"):
        run_while_killed(changed, Settings(), log=tmp_path / "t.log", listen=heard.append)
    assert sum(isinstance(event, Started) for event in heard) == tries


def test_smaller_batches_do_not_help_a_model_that_does_not_fit(job, worker, tmp_path) -> None:
    worker(KILLED)
    with pytest.raises(KilledError, match="while its model was loading"):
        run(job, tmp_path)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", r"Segmentation fault"),
        ("os.kill(os.getpid(), signal.SIGTERM)", r"Terminated"),
        ("os._exit(3)", r"exit code 3"),
    ],
)
def test_other_deaths_are_named_and_not_repeated(job, worker, tmp_path, end, said) -> None:
    worker(f"say('started')\n{end}")
    with pytest.raises(RunError, match=rf"t broke: its process ended without a word \({said}") as caught:
        run_worker(job, Settings(), log=tmp_path / "t.log", listen=lambda event: None)
    assert not isinstance(caught.value, KilledError)
