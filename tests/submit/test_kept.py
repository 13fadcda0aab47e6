"""What stands beside the answers of a run stays with it: the words of a judge, and what is said of other runs."""

from pathlib import Path

import pytest

from sarbench.build import data_digest
from sarbench.catalogue import read_catalogue
from sarbench.errors import RunError, SarbenchError
from sarbench.metrics.robustness import severity_curve
from sarbench.perturb import LEVELS
from sarbench.runs.record import CurvePoint, SeverityCurve, Wording, WordingSpread
from sarbench.runs.store import load_manifest, load_run, load_samples, save_manifest, save_scores
from sarbench.runs.verdicts import (
    TaskVerdicts,
    VerdictsFile,
    load_file,
    load_lines,
    load_spoken,
    save_file,
    save_lines,
    text_sha256,
)
from sarbench.submit import submit_run
from tests.judge.run_folder import TASK as JUDGED
from tests.judge.run_folder import write_run
from tests.judge.test_agreement import JUDGE

COUNTING = "sarbench_sarchat_rebuilt_counting"

pytestmark = pytest.mark.slow


def test_what_is_said_of_other_runs_is_kept(run: Path, tmp_path: Path) -> None:
    scores = load_run(run).scores
    task = next(task for task in scores.tasks if task.task == COUNTING)
    headline = next(score for score in task.scores if score.headline)
    points = tuple(CurvePoint(perturbation=level, run_id="other", value=0.1) for level in LEVELS["speckle"])
    sums = severity_curve(headline.value, [point.value for point in points], floor=0.0)
    assert sums is not None
    curve = SeverityCurve(
        task=COUNTING,
        metric=headline.metric,
        unit=headline.unit,
        perturbation="speckle",
        clean=headline.value,
        points=points,
        floor=0.0,
        floor_run_id=None,
        area=sums.area,
        retained=sums.retained,
        worst=sums.worst,
    )
    wordings = tuple(
        Wording(prompt_id=name, run_id=run_id, value=headline.value)
        for name, run_id in ((load_manifest(run).tasks[0].prompt_id, load_manifest(run).run_id), ("second", "other"))
    )
    spread = WordingSpread(
        task=COUNTING,
        metric=headline.metric,
        unit=headline.unit,
        higher_is_better=headline.higher_is_better,
        wordings=wordings,
        mean=headline.value,
        lowest=headline.value,
        highest=headline.value,
    )
    save_scores(run, scores.model_copy(update={"curves": (curve,), "wordings": (spread,)}))
    kept = load_run(submit_run(run, to=tmp_path / "results").folder).scores
    assert (kept.curves, kept.wordings) == ((curve,), (spread,))
    assert kept.tasks == scores.tasks


def judged(folder: Path) -> Path:
    """Write a run whose open answers a judge finds right."""
    run = write_run(folder)
    manifest = load_manifest(run)
    lines = load_samples(run, JUDGED).to_pylist()
    digest = data_digest(line["sample_sha256"] for line in lines)
    version = read_catalogue().tasks[JUDGED].version
    tasks = [
        task.model_copy(update={"simulated": False, "data_digest": digest, "version": version})
        for task in manifest.tasks
    ]
    save_manifest(run, manifest.model_copy(update={"tasks": tuple(tasks)}))
    by = {"model": JUDGE.model, "prompt_sha256": JUDGE.prompt_sha256, "verdict": True, "why": None, "key": "k"}
    open_ones = [line for line in lines if dict(line["scores"]).get("undecided")]
    verdicts = [
        {
            **{"id": line["id"], "protocol": "strict", "sample_sha256": line["sample_sha256"], "reply": "yes"},
            **by,
            "prediction_sha256": text_sha256(line["prediction"]),
        }
        for line in open_ones
    ]
    save_lines(run, JUDGED, verdicts)
    told = dict.fromkeys(("answers", "right_by_rule", "wrong", "unparsable", "unjudged"), 0)
    told |= dict.fromkeys(("undecided", "right"), len(open_ones))
    summary = TaskVerdicts(
        **{"task": JUDGED, "protocol": "strict", "judge": JUDGE, "questions": "prompts", "written": "now"},
        **{"accuracy_low": None, "accuracy_high": None},
        **told,
    )
    save_file(run, VerdictsFile(sarbench_version="1", tasks=(summary,)))
    return run


def test_the_verdicts_of_a_judge_stay_in_the_numbers(tmp_path: Path) -> None:
    run = judged(tmp_path / "judged")
    lines = load_samples(run, JUDGED).to_pylist()
    open_ones = [line for line in lines if dict(line["scores"]).get("undecided")]
    done = submit_run(run, to=tmp_path / "results").folder
    assert load_spoken(done, JUDGED) == load_spoken(run, JUDGED)
    numbers = {(s.metric, s.protocol): s.value for s in load_run(done).scores.tasks[0].scores if s.slice == "all"}
    assert len(open_ones) > 2
    assert numbers["accuracy_judged", "strict"] == numbers["accuracy", "strict"] + len(open_ones) / len(lines)


@pytest.mark.parametrize("name", ["right", "undecided", "unjudged"])
def test_verdicts_that_are_summed_up_wrongly_are_found(tmp_path: Path, name: str) -> None:
    run = judged(tmp_path / "judged")
    (told,) = load_file(run).tasks
    save_file(run, VerdictsFile(sarbench_version="1", tasks=(told.model_copy(update={name: 1}),)))
    with pytest.raises(RunError, match=rf"verdicts\.json says 1 {name} \(strict\)"):
        submit_run(run, to=tmp_path / "results")


def test_edited_verdicts_are_found(tmp_path: Path) -> None:
    run = judged(tmp_path / "judged")
    first, *others = load_lines(run, JUDGED)
    save_lines(run, JUDGED, [first | {"verdict": False}, *others])
    with pytest.raises(SarbenchError, match=r"verdicts"):
        submit_run(run, to=tmp_path / "results")
