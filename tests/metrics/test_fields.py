"""Agreement of fields and multisets of mentions."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError
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


def test_rates_of_fields_separately_and_together() -> None:
    truths = [TRUTH, TRUTH, {"category": "car", "size": None, "position": "top left"}]
    said = [dict(TRUTH), TRUTH | {"size": "large"}, None]
    found = fields.agreement_rates(said, truths)
    assert found == fields.AgreementRates(category=2 / 3, size=1 / 2, position=2 / 3, all=1 / 3, n=3)
    assert fields.agreement_rates([], []) == fields.AgreementRates(None, None, None, None, 0)
    with pytest.raises(InputError, match="1 for 0"):
        fields.agreement_rates([None], [])


def test_the_size_counts_only_where_asked() -> None:
    said, true = [("ship", "top left", "small")], [("ship", "top left", "large")]
    assert fields.mention_overlap(said, true) == (1, 0, 0)
    assert fields.mention_overlap(said, true, with_size=True) == (0, 1, 1)
    with pytest.raises(InputError, match="2 parts of 3"):
        fields.mention_overlap([("ship", "top left")], true, with_size=True)
    with pytest.raises(InputError, match="predicted mention"):
        fields.mention_overlap([("ship",)], true)


@settings(deadline=None)
@given(st.lists(st.tuples(st.one_of(st.none(), pairs), pairs), min_size=1))
def test_scores_of_descriptions(rows: list[tuple[list | None, list]]) -> None:
    found = fields.mention_scores([said for said, _ in rows], [meant for _, meant in rows])
    hits = sum((Counter(said or ()) & Counter(meant)).total() for said, meant in rows)
    given_, meant_ = sum(len(said or ()) for said, _ in rows), sum(len(meant) for _, meant in rows)
    assert found.f1 == pytest.approx(2 * hits / (given_ + meant_) if given_ + meant_ else 0)
    assert found.exact_set == sum(said is not None and sorted(said) == sorted(meant) for said, meant in rows) / len(
        rows
    )
    assert found.jaccard <= found.f1 <= max(found.precision, found.recall)


def test_no_description_scores_nothing() -> None:
    assert fields.mention_scores([], []) == fields.MentionScores(None, None, None, None, None, 0)
    assert fields.mention_scores([None], [[]]).exact_set == 0
    assert fields.mention_scores([[]], [[]]).exact_set == 1
