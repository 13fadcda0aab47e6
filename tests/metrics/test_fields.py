"""Agreement of fields and multisets of mentions."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.metrics import fields

TRUTH = {"category": "ship", "size": "very small", "position": "bottom center"}
pairs = st.lists(st.tuples(st.sampled_from(["ship", "car"]), st.sampled_from(["top left", "middle center"])))


def test_all_fields_right() -> None:
    assert fields.agreement(dict(TRUTH), TRUTH) == fields.Agreement(True, True, True, True)


def test_one_wrong_field_spoils_all_and_no_other() -> None:
    for field in fields.FIELDS:
        found = fields.agreement(TRUTH | {field: "else"}, TRUTH)
        assert not found.all
        assert [getattr(found, name) for name in fields.FIELDS] == [name != field for name in fields.FIELDS]


def test_unread_fields_and_answers_are_wrong() -> None:
    assert fields.agreement(TRUTH | {"size": None}, TRUTH).size is False
    assert fields.agreement(None, TRUTH) == fields.Agreement(False, False, False, False)


def test_a_field_that_the_truth_lacks_is_not_asked_for() -> None:
    found = fields.agreement(TRUTH, {"category": "ship", "size": None})
    assert found == fields.Agreement(True, None, None, True)
    assert not fields.agreement(TRUTH, {}).all


@settings(deadline=None)
@given(pairs, pairs)
def test_mentions_are_counted_as_multisets(said: list[tuple[str, str]], meant: list[tuple[str, str]]) -> None:
    found = fields.mention_overlap(said, meant)
    left = list(meant)
    hits = 0
    for pair in said:
        if pair in left:
            left.remove(pair)
            hits += 1
    assert found == fields.Overlap(hits, len(said) - hits, len(left))
    assert fields.mention_overlap(meant, meant) == (len(meant), 0, 0)
    assert Counter(said) != Counter(meant) or found.fp == found.fn == 0


def test_an_unreadable_description_misses_everything() -> None:
    assert fields.mention_overlap(None, [("ship", "top left")]) == (0, 0, 1)
