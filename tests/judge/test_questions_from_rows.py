"""The whole road: raw files, a build, a floor's run, a judge, scores."""

from pathlib import Path

from sarbench.baselines import floor_run
from sarbench.build import build
from sarbench.catalogue import read_catalogue
from sarbench.judge.asking import Settings
from sarbench.judge.endpoint import Endpoint
from sarbench.judge.prompt import PROMPTS, sampling_of
from sarbench.judge.run import judge_run
from sarbench.paths import built
from sarbench.runs.scoring import rescore_run
from sarbench.simulate import write_sarlang
from sarbench.task_data import task_rows
from tests.judge.stub_server import sensible, serving


def test_where_the_data_is_built_the_judge_sees_the_authors_question(home: Path, tmp_path: Path) -> None:
    raw = write_sarlang(tmp_path / "raw", images={"train": 3, "test": 8})
    build("sarlang-1m", data_dir=raw, out=built("sarlang-1m"), configs=["vqa2"])
    specs = [
        spec
        for spec in read_catalogue().select(["sarbench_sarlang_vqa2_*"])
        if spec.name.endswith(("_vqa", "_attribute", "_reasoning", "_counting"))
    ]
    specs = [spec for spec in specs if any(True for _ in task_rows(spec, columns=("id",)))]
    run = tmp_path / "floor"
    floor_run("prior", specs, run, seed=1)
    prompt = PROMPTS["sarlang-paper"]
    with serving(sensible) as stub:
        settings = Settings(Endpoint(stub.url, "j"), prompt, sampling_of(prompt))
        found = judge_run(run, specs, settings, cache=tmp_path / "c.sqlite")
        asked = "\n".join(request["body"]["messages"][0]["content"] for request in stub.seen)
    assert {task.task for task in found.tasks} == {spec.name for spec in specs}
    assert all(task.questions == "rows" for task in found.tasks)
    assert sum(task.undecided for task in found.tasks) > 0
    assert "Answer with" not in asked
    paper = {
        score.task: score
        for task in rescore_run(run).tasks
        for score in task.scores
        if (score.metric, score.protocol, score.slice) == ("accuracy_judged", "paper", "all")
    }
    for task in found.tasks:
        assert paper[task.task].value == task.accuracy_low == task.accuracy_high
