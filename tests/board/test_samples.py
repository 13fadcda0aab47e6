from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sarbench.board.rows import entries
from sarbench.board.samples import Answered, choose, sample_score, shown_entries
from sarbench.board.standings import standings
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan

answers = st.lists(
    st.tuples(st.sampled_from(["ok", "unparsable", "empty"]), st.one_of(st.none(), st.floats(0, 1))), max_size=40
)


def run(kinds):
    return [Answered(f"s{index}", f"i{index // 2}", outcome, score) for index, (outcome, score) in enumerate(kinds)]


@given(answers, st.integers(0, 15), st.randoms())
def test_choosing_is_deterministic_complete_and_without_repeats(kinds, wanted, random):
    first = run(kinds)
    shuffled = random.sample(first, len(first))
    chosen = choose([first], wanted)
    assert chosen == choose([shuffled], wanted)
    assert len(chosen) == len(set(chosen)) == min(wanted, len(first))


@given(answers.filter(lambda kinds: len(kinds) > 2))
def test_every_outcome_is_there_when_there_is_room(kinds):
    lone = [Answered(answer.id, answer.id, answer.outcome, answer.score) for answer in run(kinds)]
    chosen = set(choose([lone], 12))
    assert {answer.outcome for answer in lone if answer.id in chosen} == {answer.outcome for answer in lone}


def test_scores_are_spread():
    lone = [Answered(f"s{index}", None, "ok", index / 100) for index in range(100)]
    quarters = Counter(int(sample[1:]) // 25 for sample in choose([lone], 12))
    assert quarters == {0: 3, 1: 3, 2: 3, 3: 3}


def test_runs_take_turns():
    one = [Answered(f"s{index}", None, "ok" if index else "empty", None) for index in range(50)]
    two = [Answered(f"s{index}", None, "ok" if index != 1 else "refused", None) for index in range(50)]
    assert {"s0", "s1"} <= set(choose([one, two], 5))


def test_images_repeat_only_when_no_others_are_left():
    twice = [Answered(f"s{index}", f"i{index % 3}", "ok", 1.0) for index in range(6)]
    assert len({sample[1:] and int(sample[1:]) % 3 for sample in choose([twice], 3)}) == 3
    assert len(choose([twice], 6)) == 6


def test_the_score_of_a_sample():
    assert sample_score({"exact": 1.0, "aaa": 0.0}, "exact") == 1.0
    assert sample_score({"mention_tp": 1, "mention_fp": 0, "mention_fn": 1}, "mention_f1") == 2 / 3
    assert sample_score({"tp@0.5": 0, "fp@0.5": 0, "fn@0.5": 0}, "f1@0.5") is None
    assert sample_score({"fn:ship": 1.0, "exact": 0.5}, "macro_f1") == 0.5
    assert sample_score({}, "exact") is sample_score({}, None) is None


def test_the_best_models_their_blind_run_and_the_best_floor_are_shown(make_runs):
    def plan(name, value, model=None, limit=None, **more):
        return RunPlan(name, model or name, [TaskPlan(COUNTING, value=value, limit=limit)], **more)

    runs = make_runs(
        plan("partial", 0.99, limit=60),
        plan("a", 0.7),
        plan("b", 0.8),
        plan("c", 0.6),
        plan("a-blind", 0.5, "a", perturbation="blank"),
        plan("b-blind", 0.3, "b", perturbation="blank"),
        plan("f1", 0.1, kind="floor"),
        plan("f2", 0.2, kind="floor"),
    )
    rows = entries(runs)

    def shown(rows):
        return [entry.key for entry in shown_entries(standings(rows[0].results[0].variant, rows))]

    assert shown(rows) == ["b", "a", "b-blind", "f2"]
    assert shown([row for row in rows if row.role == "model"]) == ["b", "a", "c", "partial"]
    assert shown([row for row in rows if row.role == "floor"]) == ["f2", "f1"]
