import json

import pyarrow as pa
import pytest

from sarbench.board.inputs import DatasetNote
from sarbench.board.rows import entries
from sarbench.board.sample_views import view_samples
from sarbench.board.standings import standings
from sarbench.runs.store import save_samples
from tests.board.board_runs import COUNTING, REFERRING, RunPlan, TaskPlan

OPEN = DatasetNote("sarchat-2m", "SARChat-2M", "CC BY 4.0", "", may_show_texts=True)
CLOSED = DatasetNote("sarchat-2m", "SARChat-2M", "CC BY-NC 4.0", "", may_show_texts=False)


def held(runs):
    rows = entries(runs)
    return standings(rows[0].results[0].variant, rows)


@pytest.mark.parametrize(
    ("simulated", "note", "shown", "why"),
    [
        (True, None, True, ""),
        (True, CLOSED, True, ""),
        (False, OPEN, True, ""),
        (False, CLOSED, False, "The licence of SARChat-2M (CC BY-NC 4.0) does not let"),
        (False, None, False, "Nothing is known here about the licence of sarchat-2m"),
    ],
)
def test_texts_appear_only_where_they_may(make_run, simulated, note, shown, why):
    run = make_run(RunPlan("a", "a", [TaskPlan(REFERRING, simulated=simulated)]))
    view = view_samples(held([run]), wanted=5, note=note)
    assert len(view.samples) == 5
    assert view.withheld.startswith(why)
    assert bool(view.withheld) == bool(why)
    for sample in view.samples:
        assert (sample.prompt is not None) == shown
        assert sample.target.boxes
        assert all((answer.prediction is not None) == shown for answer in sample.answers)


def test_a_run_without_samples_is_named_and_the_others_are_shown(make_runs):
    runs = make_runs(
        RunPlan("a", "org/a", [TaskPlan(COUNTING, write_samples=False)]), RunPlan("b", "org/b", [TaskPlan(COUNTING)])
    )
    view = view_samples(held(runs), wanted=3, note=None)
    assert view.missing == ("org/a (a): is missing",)
    assert [entry.key for entry in view.entries] == ["b"]
    assert len(view.samples) == 3


def test_no_samples_at_all(make_run):
    run = make_run(RunPlan("a", "org/a", [TaskPlan(COUNTING, write_samples=False)]))
    assert view_samples(held([run]), wanted=3, note=None).samples == ()
    assert view_samples(held([run]), wanted=0, note=None).missing == ()


def test_every_shown_run_answers_every_sample_side_by_side(make_runs):
    runs = make_runs(
        RunPlan("a", "m", [TaskPlan(REFERRING, 0.9)]),
        RunPlan("b", "m", [TaskPlan(REFERRING, 0.2)], perturbation="blank"),
        RunPlan("c", "m", [TaskPlan(REFERRING, 0.2)], perturbation="looks:2"),
    )
    view = view_samples(held(runs), wanted=12, note=None)
    assert len(view.samples) == 12
    assert len({sample.id for sample in view.samples}) == 12
    for sample in view.samples:
        assert [answer.entry.key for answer in sample.answers] == ["a", "b"]
        assert sample.answers[1].remarks[0] == "It saw a blank image."
        assert sample.boxes_matter
        assert sample.size == (256, 256)
        assert len(sample.sha256) == 64


def test_boxes_outside_the_image_are_counted(make_run):
    run = make_run(RunPlan("a", "m", [TaskPlan(REFERRING, 0.0)]))
    view = view_samples(held([run]), wanted=60, note=None)
    outside = [answer for sample in view.samples for answer in sample.answers if answer.outcome == "out_of_range"]
    assert outside
    assert all("Boxes that reach outside the image: " in " ".join(answer.remarks) for answer in outside)


def rewritten(run, task, change):
    """The run with other samples."""
    table = run.samples(task)
    lines = [line | change(line) for line in table.to_pylist()]
    save_samples(run.folder, task, pa.Table.from_pylist(lines, schema=table.schema))
    return run


def test_a_run_with_a_sample_without_an_id_is_named(make_runs):
    one, other = make_runs(RunPlan("a", "org/a", [TaskPlan(COUNTING)]), RunPlan("b", "org/b", [TaskPlan(COUNTING)]))
    rewritten(one, COUNTING, lambda line: {"id": None if line["id"].endswith("-7") else line["id"]})
    view = view_samples(held([one, other]), wanted=3, note=None)
    assert view.missing == ("org/a (a): some have no sample id",)
    assert [entry.key for entry in view.entries] == ["b"]
    assert len(view.samples) == 3


@pytest.mark.parametrize(
    ("task", "shown"),
    [("sarbench_sarchat_retrieval_rebuilt_test", True), ("sarbench_sarchat_rebuilt_description", False)],
)
def test_ranks_are_our_own_words_and_answers_may_quote_the_authors(make_run, task, shown):
    said = "image to text: rank 3"
    run = make_run(RunPlan("a", "org/a", [TaskPlan(task, simulated=False)]))
    texts = {
        "prediction": said,
        "parsed": json.dumps({"text": said}),
        "prompt": "secret",
        "target": json.dumps({"captions": ["secret"]}),
    }
    view = view_samples(held([rewritten(run, task, lambda _: texts)]), wanted=2, note=CLOSED)
    assert view.withheld
    for sample in view.samples:
        assert (sample.prompt, sample.target.lines, sample.target.withheld) == (None, (), True)
        (answer,) = sample.answers
        assert answer.prediction == (said if shown else None)
        assert answer.parsed.lines == ((("text", said),) if shown else ())
        assert answer.parsed.withheld != shown
