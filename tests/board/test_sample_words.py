import re

from hypothesis import given
from hypothesis import strategies as st

from sarbench.board import render_site
from sarbench.board.sample_words import told
from tests.board.board_runs import COUNTING, REFERRING, RunPlan, TaskPlan


def said(**scores):
    return [(each.words, each.text) for each in told(list(scores.items()))]


def test_yes_and_no_are_words_and_amounts_are_numbers():
    found = said(exact=0.0, within_1=1.0, read=1.0, absolute_error=3.0, undecided=0.0, all_fields=1.0)
    assert found == [
        ("right", "no"),
        ("within ±1", "yes"),
        ("a number was read", "yes"),
        ("off by", "3"),
        ("left open by the rules", "no"),
        ("all fields right", "yes"),
    ]


def test_thresholds_at_which_the_same_holds_are_said_together():
    scores = [(f"{part}@{at}", 1.0) for at in (0.25, 0.5) for part in ("tp", "fp", "fn")]
    scores += [("tp@0.75", 0.0), ("fp@0.75", 2.0), ("fn@0.75", 2.0)]
    scores += [("iou_sum@0.25", 0.6), ("iou_sum@0.75", 0.0), ("hit@0.25", 1.0), ("hit@0.5", 0.0), ("hit@0.75", 0.0)]
    assert [(each.words, each.text) for each in told(scores)] == [
        ("boxes at IoU 0.25, 0.5", "1 right, 1 extra, 1 missed"),
        ("boxes at IoU 0.75", "0 right, 2 extra, 2 missed"),
        ("mean overlap at IoU 0.25", "60.0 %"),
        ("first box hits at IoU 0.25", "yes"),
        ("first box hits at IoU 0.5, 0.75", "no"),
    ]


def test_the_record_s_own_keys_stay_as_a_tooltip():
    (mentions,) = told([("mention_tp", 2.0), ("mention_fp", 0.0), ("mention_fn", 1.0), ("of_sarchat", 1.0)])
    assert (mentions.words, mentions.text) == ("mentions", "2 right, 0 extra, 1 missed")
    assert mentions.keys == "mention_tp 2, mention_fp 0, mention_fn 1"


def test_a_key_that_nobody_knows_is_written_out_and_not_lost():
    assert said(new_thing=0.5) == [("new thing", "0.5")]
    assert said(exact=0.5) == [("exact", "0.5")], "a share is no yes"


@given(st.lists(st.tuples(st.text(max_size=12), st.none() | st.floats(-1e6, 1e6)), max_size=6))
def test_any_record_can_be_told(scores):
    assert len(told(scores)) <= len(scores)


def test_no_page_prints_a_raw_key_but_as_a_tooltip(make_runs, tmp_path):
    render_site(make_runs(RunPlan("a", "m", [TaskPlan(COUNTING), TaskPlan(REFERRING)])), tmp_path / "site")
    raw = re.compile(r"\b(tp|fp|fn)@|absolute_error|iou_sum|within_1")
    for task in (COUNTING, REFERRING):
        page = (tmp_path / f"site/tasks/{task}.html").read_text()
        cards = re.findall(r'<p class="scores">(.*?)</p>', page)
        assert cards
        assert all(raw.search(card) for card in cards), "in a tooltip"
        assert not any(raw.search(re.sub(r"<[^>]*>", " ", card)) for card in cards)
