"""Classification scores against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle
from sklearn.preprocessing import MultiLabelBinarizer

from sarbench.errors import InputError, UnknownNameError
from sarbench.metrics import choice

LABELS = ["aircraft", "bridge", "car", "harbor", "ship", "tank"]
INVALID = "invalid"

answers = st.lists(
    st.tuples(st.sampled_from(LABELS), st.sampled_from([*LABELS, None, "tree"])), min_size=1, max_size=60
)
label_sets = st.lists(st.tuples(st.sets(st.sampled_from(LABELS)), st.sets(st.sampled_from(LABELS))), min_size=1)


def _singletons(labels: list[str | None]) -> list[set[str] | None]:
    return [None if label is None else {label} for label in labels]


@settings(max_examples=60, deadline=None)
@given(answers)
def test_single_labels_agree_with_scikit_learn(pairs: list[tuple[str, str | None]]) -> None:
    true, said = [t for t, _ in pairs], [p for _, p in pairs]
    known = [p if p in LABELS else INVALID for p in said]
    counts = choice.label_counts(_singletons(said), _singletons(true), labels=LABELS).sum(axis=0)
    assert choice.accuracy(said, true) == pytest.approx(oracle.accuracy_score(true, known))
    np.testing.assert_allclose(
        choice.f1_per_label(counts), oracle.f1_score(true, known, labels=LABELS, average=None, zero_division=0)
    )
    assert choice.macro_f1(counts) == pytest.approx(
        oracle.f1_score(true, known, labels=LABELS, average="macro", zero_division=0)
    )
    recalls = oracle.recall_score(true, known, labels=sorted(set(true)), average="macro", zero_division=0)
    assert choice.balanced_accuracy(counts) == pytest.approx(recalls)
    expected = oracle.confusion_matrix(true, known, labels=[*LABELS, INVALID])[:-1]
    np.testing.assert_array_equal(choice.confusion(said, true, labels=LABELS), expected)


@settings(max_examples=60, deadline=None)
@given(label_sets)
def test_label_sets_agree_with_scikit_learn(pairs: list[tuple[set[str], set[str]]]) -> None:
    true, said = [t for t, _ in pairs], [p for _, p in pairs]
    binarizer = MultiLabelBinarizer(classes=LABELS).fit([])
    y_true, y_said = binarizer.transform(true), binarizer.transform(said)
    counts = choice.label_counts(said, true, labels=LABELS)
    tables = oracle.multilabel_confusion_matrix(y_true, y_said)
    np.testing.assert_array_equal(counts.sum(axis=0), np.stack([tables[:, 1, 1], tables[:, 0, 1], tables[:, 1, 0]], 1))
    assert choice.macro_f1(counts.sum(axis=0)) == pytest.approx(
        oracle.f1_score(y_true, y_said, average="macro", zero_division=0)
    )
    assert choice.exact_sets(said, true).mean() == pytest.approx(oracle.accuracy_score(y_true, y_said))


def test_balanced_accuracy_is_that_of_scikit_learn_without_unreadable_answers() -> None:
    generator = np.random.default_rng(0)
    true, said = generator.choice(LABELS[:4], 200).tolist(), generator.choice(LABELS[:4], 200).tolist()
    counts = choice.label_counts(_singletons(said), _singletons(true), labels=LABELS).sum(axis=0)
    assert choice.balanced_accuracy(counts) == pytest.approx(oracle.balanced_accuracy_score(true, said))


def test_always_yes_is_worth_one_half_whatever_the_balance() -> None:
    true = [{"yes"}] * 90 + [{"no"}] * 10
    counts = choice.label_counts([{"yes"}] * 100, true, labels=["yes", "no"]).sum(axis=0)
    assert choice.balanced_accuracy(counts) == 0.5
    assert choice.accuracy(["yes"] * 100, ["yes"] * 90 + ["no"] * 10) == 0.9


def test_unreadable_answers_add_no_class() -> None:
    true = [{"ship"}, {"car"}]
    counts = choice.label_counts([{"ship"}, None], true, labels=["ship", "car"]).sum(axis=0)
    assert choice.macro_f1(counts) == 0.5
    assert counts.tolist() == [[1, 0, 0], [0, 0, 1]]


def test_an_unreadable_set_is_no_empty_set() -> None:
    assert choice.exact_sets([None, set(), {"ship"}], [set(), set(), {"ship"}]).tolist() == [0, 1, 1]


def test_scores_of_resamples_are_scores_of_each() -> None:
    generator = np.random.default_rng(1)
    stack = generator.integers(0, 9, size=(5, 6, 3))
    for index in range(5):
        assert choice.macro_f1(stack)[index] == choice.macro_f1(stack[index])
        assert choice.balanced_accuracy(stack)[index] == choice.balanced_accuracy(stack[index])


def test_nothing_has_no_accuracy() -> None:
    assert choice.accuracy([], []) is None
    assert choice.label_counts([], [], labels=["ship"]).shape == (0, 1, 3)
    assert choice.confusion([], [], labels=["ship"]).tolist() == [[0, 0]]


@settings(max_examples=60, deadline=None)
@given(answers)
def test_scores_per_label_agree_with_scikit_learn(pairs: list[tuple[str, str | None]]) -> None:
    true, said = [t for t, _ in pairs], [p for _, p in pairs]
    counts = choice.label_counts(_singletons(said), _singletons(true), labels=LABELS).sum(axis=0)
    expected = oracle.precision_recall_fscore_support(
        true, [p if p in LABELS else INVALID for p in said], labels=LABELS, average=None, zero_division=0
    )
    for found, wanted in zip(choice.per_label(counts), expected, strict=True):
        np.testing.assert_allclose(found, wanted)


def test_scores_per_label_take_leading_axes() -> None:
    stack = np.random.default_rng(2).integers(0, 9, size=(5, 6, 3))
    for part, whole in zip(choice.per_label(stack[3]), choice.per_label(stack), strict=True):
        np.testing.assert_array_equal(whole[3], part)


@pytest.mark.parametrize("share", [30, 50, 90])
def test_the_majority_answer_is_worth_what_theory_says(share: int) -> None:
    others = LABELS[1:4]
    true = ["aircraft"] * share + [others[n % 3] for n in range(100 - share)]
    said = ["aircraft"] * 100
    labels = ["aircraft", *others]
    counts = choice.label_counts(_singletons(said), _singletons(true), labels=labels).sum(axis=0)
    p = share / 100
    assert choice.accuracy(said, true) == pytest.approx(p)
    assert choice.balanced_accuracy(counts) == pytest.approx(1 / 4)
    assert choice.macro_f1(counts) == pytest.approx(2 * p / (1 + p) / 4)
    assert choice.per_label(counts).support.tolist()[0] == share


def test_nothing_answered_is_worth_nothing() -> None:
    true = ["ship", "car", "car"]
    counts = choice.label_counts([None] * 3, _singletons(true), labels=["car", "ship"]).sum(axis=0)
    assert choice.accuracy([None] * 3, true) == choice.macro_f1(counts) == choice.balanced_accuracy(counts) == 0


@pytest.mark.parametrize(
    ("prediction", "truth", "kind", "paper", "strict"),
    [
        ("unknown", "no", "presence", True, False),
        ("three", "3", "counting", False, True),
        ("cargo ship", "car", "region", True, False),
        ("yes", "yes.", "presence", None, True),
        ("A soccer field", "Football field.", "vqa", None, True),
        ("blocks", "Grid pattern.", "attribute", None, None),
        (None, "yes", "presence", False, False),
    ],
)
def test_the_two_protocols_of_questions(
    prediction: str | None, truth: str, kind: str, paper: bool | None, strict: bool | None
) -> None:
    assert choice.vqa_correct(prediction, truth) is paper
    assert choice.vqa_correct(prediction, truth, protocol="strict", kind=kind) is strict


def test_the_strict_protocol_needs_a_kind() -> None:
    with pytest.raises(InputError, match="kind: is missing"):
        choice.vqa_correct("yes", "yes", protocol="strict")
    with pytest.raises(UnknownNameError, match="coco"):
        choice.vqa_correct("yes", "yes", protocol="coco")


def test_mistakes_of_the_caller_are_named() -> None:
    with pytest.raises(InputError, match="1 for 2"):
        choice.accuracy(["ship"], ["ship", "car"])
    with pytest.raises(InputError, match="'tree'"):
        choice.confusion(["ship"], ["tree"], labels=LABELS)
    with pytest.raises(InputError, match="'tree'"):
        choice.label_counts([{"ship"}], [{"tree"}], labels=LABELS)
    with pytest.raises(InputError, match="repeat"):
        choice.label_counts([], [], labels=["ship", "ship"])
    with pytest.raises(InputError, match="None at 1"):
        choice.accuracy(["ship", "ship"], ["ship", None])
    with pytest.raises(InputError, match="text 'ship' at 0"):
        choice.label_counts(["ship"], [{"ship"}], labels=LABELS)
    with pytest.raises(InputError, match="text 'ship' at 1"):
        choice.exact_sets([None, {"ship"}], [{"ship"}, "ship"])
