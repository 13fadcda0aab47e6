import numpy as np
import pytest

from sarbench.questions.facts import FactsBuilder, Text


def built(*answers):
    builder = FactsBuilder()
    for image, scores, *slices in answers:
        builder.add(image, scores, slices=tuple(slices))
    return builder.build()


def test_a_fact_that_comes_late_or_stops_early_is_absent_elsewhere() -> None:
    facts, _ = built(("a", {"x": 1.0}), ("a", {"y": 2.0}), ("b", {"y": 3.0}))
    np.testing.assert_array_equal(facts.column("x"), [1.0, np.nan, np.nan])
    np.testing.assert_array_equal(facts.column("y"), [np.nan, 2.0, 3.0])
    assert np.isnan(facts.column("z")).all()
    assert facts.table("x", "y").tolist() == [[1, 0], [0, 2], [0, 3]]
    assert len(facts.having("y")) == 2
    assert facts.images.tolist() == [0, 0, 1]


def test_labels_are_counted_where_they_are_known() -> None:
    facts, _ = built(
        ("a", {"tp:ship": 1.0, "fp:car": 1.0}), ("b", {"fn:ship": 1.0}), ("c", {"tp:tank": 1.0}), ("d", {"exact": 0.0})
    )
    counts = facts.label_counts(["car", "ship"]).toarray().reshape(4, 2, 3)
    assert counts[0].tolist() == [[0, 1, 0], [1, 0, 0]]
    assert counts[1].tolist() == [[0, 0, 0], [0, 0, 1]]
    assert counts[2:].sum() == 0
    assert facts.labels("tp", "fn") == ["ship", "tank"]
    assert facts.labels("fp") == ["car"]


def test_a_part_keeps_its_own_facts() -> None:
    facts, masks = built(("a", {"fp:car": 1.0}), ("b", {"tp:ship": 1.0}, "late"), ("c", {"fn:ship": 1.0}, "late"))
    part = facts.only(masks["late"])
    assert len(part) == 2
    assert part.labels("tp", "fp", "fn") == ["ship"]
    assert part.label_counts(["ship"]).toarray().tolist() == [[1, 0, 0], [0, 0, 1]]


def test_texts_follow_their_answers() -> None:
    builder = FactsBuilder()
    for number in range(3):
        text = Text(str(number), str(number), (), "")
        builder.add("a", {}, slices=("odd",) if number % 2 else (), text=text)
    facts, masks = builder.build()
    assert [text.given for text in facts.only(masks["odd"]).texts] == ["1"]


@pytest.mark.parametrize("name", ["tp@0.5", "exact", "hit:0.5"])
def test_only_labels_are_labels(name: str) -> None:
    facts, _ = built(("a", {name: 1.0}))
    assert facts.column(name).tolist() == [1.0]


def test_facts_that_are_shared_count_for_every_answer() -> None:
    once = {"exact": 1.0, "tp:ship": 1.0}
    builder = FactsBuilder()
    for image in "aab":
        builder.add(image, once, shared=True)
    builder.add("b", {"exact": 0.0, "fn:ship": 1.0})
    facts, _ = builder.build()
    assert facts.column("exact").tolist() == [1, 1, 1, 0]
    assert facts.label_counts(["ship"]).toarray().tolist() == [[1, 0, 0]] * 3 + [[0, 0, 1]]
