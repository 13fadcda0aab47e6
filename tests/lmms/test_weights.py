"""Which weights a run is about: told apart in the key, when it is resumed, and on the board."""

from dataclasses import replace
from pathlib import Path

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.errors import RunError
from sarbench.lmms import launcher, weights
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.job import Job, Started
from sarbench.lmms.launcher import evaluate
from sarbench.lmms.model_info import Told
from sarbench.lmms.parts import Answer, write_part
from sarbench.lmms.process import KilledError
from sarbench.lmms.session import begin, with_loaded
from sarbench.lmms.weights import weights_revision
from sarbench.task_data import TaskData

TASK = "sarbench_sarchat_rebuilt_counting"
COMMITS = ("a" * 40, "b" * 40)


def checkpoint(folder: Path, content: bytes = b"weights") -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(content)
    return folder


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evaluation:
    monkeypatch.setenv("SARBENCH_HOME", str(tmp_path / "home"))
    folder = checkpoint(tmp_path / "exp1" / "checkpoint" / "final")
    (tmp_path / "run").mkdir()
    return Evaluation(
        model="llava_hf",
        model_args=f"pretrained={folder}",
        tasks=read_catalogue().select([TASK]),
        out=tmp_path / "run",
    )


@pytest.fixture
def data(asked: Evaluation, tmp_path: Path) -> TaskData:
    return TaskData(asked.tasks[0], tmp_path, 3, "digest", True, ("test",))


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of `org/model` in a local Hub cache; it is not there yet."""
    folder = tmp_path / COMMITS[0]
    monkeypatch.setattr(weights, "hub_snapshot", lambda name, revision=None: folder if folder.is_dir() else None)
    return folder


def answered(asked: Evaluation) -> Path:
    return write_part(asked.parts(TASK), [Answer(position=0, prompt_sha256="", text="1", seconds=0.1)], key="k")


def test_other_bytes_in_the_same_folder_are_another_model(asked: Evaluation, data: TaskData) -> None:
    key = asked.key(data)
    first = begin(asked, (data,)).manifest
    part = answered(asked)
    assert begin(replace(asked, resume=True), (data,)).manifest.model == first.model
    (Path(asked.arguments["pretrained"]) / "model.safetensors").write_bytes(b"weightz")
    again = replace(asked, resume=True)
    assert again.key(data) != key
    with pytest.raises(RunError, match=r"another state of the weights \([0-9a-f]{64}, now [0-9a-f]{64}\)"):
        begin(again, (data,))
    assert part.exists()


def test_checkpoints_of_one_name_are_two_models(asked: Evaluation, data: TaskData, tmp_path: Path) -> None:
    other = checkpoint(tmp_path / "exp2" / "checkpoint" / "final", b"others")
    one = begin(asked, (data,)).manifest.model
    two = begin(replace(asked, model_args=f"pretrained={other}"), (data,)).manifest.model
    assert (one.id, two.id) == ("exp1/checkpoint-final", "exp2/checkpoint-final")
    assert one.revision != two.revision


def test_an_adapter_counts(asked: Evaluation, tmp_path: Path) -> None:
    adapter = checkpoint(tmp_path / "lora")
    args = {**asked.arguments, "peft": str(adapter)}
    with_it = weights_revision("llava_hf", args)
    assert with_it is not None
    assert with_it.startswith(f"{weights_revision('llava_hf', asked.arguments)}+peft:")
    (adapter / "model.safetensors").write_bytes(b"other")
    assert weights_revision("llava_hf", args) != with_it


@pytest.mark.parametrize(
    ("backend", "args"),
    [("openai", {"model": "org/model"}), ("vllm", {"model": "org/model", "base_url": "http://h/v1"}), ("dummy", {})],
)
def test_nobody_knows_the_weights_of_a_server(cached: Path, backend: str, args: dict[str, str]) -> None:
    checkpoint(cached)
    assert weights_revision(backend, args) is None
    assert weights_revision("vllm", {"model": "org/model"}) == COMMITS[0]


def test_a_commit_is_written_down_once_it_is_loaded(asked: Evaluation, data: TaskData, cached: Path) -> None:
    asked = replace(asked, model_args="pretrained=org/model,revision=main")
    first = begin(asked, (data,)).manifest
    assert first.model.revision == "main"
    started = Started(1, None, None, None, revision=COMMITS[0])
    known = with_loaded(first, started)
    assert known.model.revision == COMMITS[0]
    assert with_loaded(known, Started(1, None, None, None, revision=COMMITS[1])) == known


def test_a_killed_session_leaves_the_commit_that_it_had_loaded(
    asked: Evaluation, data: TaskData, cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replace(asked, model_args="pretrained=org/model")

    def killed(job: Job, settings, *, log: Path, listen) -> None:
        checkpoint(cached)
        listen(Started(1, None, None, None, revision=COMMITS[0]))
        answered(asked)
        raise KilledError(where=log, task=TASK, batch_size=1, loaded=True)

    monkeypatch.setattr(launcher, "preflight", lambda asked: (data,))
    monkeypatch.setattr(launcher, "run_while_killed", killed)
    with pytest.raises(RunError, match="1 of 1 tasks broke"):
        evaluate(asked)
    again = replace(asked, resume=True)
    assert again.key(data) == asked.key(data)  # what was answered before the commit was known is not thrown away
    assert begin(again, (data,)).manifest.model.revision == COMMITS[0]
    monkeypatch.setattr(weights, "hub_snapshot", lambda name, revision=None: Path(COMMITS[1]))
    with pytest.raises(RunError, match=f"another state of the weights .{COMMITS[0]}, now {COMMITS[1]}"):
        begin(again, (data,))


def test_a_worker_refuses_other_weights_than_those_of_the_run(asked: Evaluation, data: TaskData) -> None:
    pytest.importorskip("lmms_eval", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    from sarbench.lmms.worker import _loaded

    job = launcher._job(asked, data, None)
    revision = _loaded(job)
    assert revision == asked.folder_weights
    assert _loaded(launcher._job(asked, data, revision)) == revision
    with pytest.raises(RuntimeError, match="the weights changed during this run"):
        _loaded(launcher._job(asked, data, COMMITS[0]))


def test_an_id_that_was_told_is_compared_as_told(asked: Evaluation, data: TaskData) -> None:
    begin(replace(asked, told=Told(id="me/radar")), (data,))
    answered(asked)
    assert begin(replace(asked, resume=True), (data,)).manifest.model.id == "me/radar"
    with pytest.raises(RunError, match=r"another model \(me/radar, now you/radar\)"):
        begin(replace(asked, resume=True, told=Told(id="you/radar")), (data,))
