"""What is no list, no number or no text is refused in a sentence by the scores of boxes, choices, counts and fields."""

import itertools
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sarbench.errors import InputError
from sarbench.metrics import average_precision as ap
from sarbench.metrics import boxes, choice, count, fields, fusar, presence, rates, robustness, sarchat

NAN = float("nan")
NAN_WORD = re.compile(r"\bnan\b")
BOX = [[0, 0, 1, 1]]
SHIP = ap.Labelled(BOX, ["ship"])
SCORED = ap.Scored(BOX, ["ship"], [0.5])

ODD: tuple[Any, ...] = (
    *(None, NAN, float("inf"), 1.5, 3, True, -1, 10**400, "", "ship", b"x", object()),
    *([], [None], [NAN], [1.5], [1], [-1], [""], ["ship"], ["ship", "ship"], [[]], [{}], [{"ship"}], [object()]),
    *(BOX, [[0, 0, 1, 1], [1]], [[NAN] * 4], [["a"] * 4], [[1, 2, 3, 4, 5]], [BOX], [("ship",)], [("ship", "x")]),
    *({}, {"a": 1}, {"ship"}, [{"category": 1}], ["yes"], [10**400], np.zeros((0, 4)), np.array([1, 2]), np.array(BOX)),
)
"""What somebody might give by mistake."""

SCORES: dict[str, Callable[[Any, Any], object]] = {
    "iou": boxes.iou,
    "paired_iou": boxes.paired_iou,
    "edges": lambda a, _: boxes.iou(BOX, BOX, edges=a),
    "match": boxes.match,
    "match labels": lambda a, b: boxes.match(BOX, BOX, predicted_labels=a, true_labels=b),
    "least overlap": lambda a, _: boxes.match(BOX, BOX, iou=a),
    "thresholds": lambda a, _: boxes.match_at(BOX, BOX, thresholds=a),
    "first_box_ious": boxes.first_box_ious,
    "hit_rate": lambda a, b: (boxes.hit_rate([0.5], iou=b), boxes.hit_rate(a)),
    "correct": choice.correct,
    "accuracy": choice.accuracy,
    "exact_sets": choice.exact_sets,
    "confusion": lambda a, b: choice.confusion(a, b, labels=["ship", "yes"]),
    "label_counts": lambda a, b: choice.label_counts(a, b, labels=["ship", "yes"]),
    "labels": lambda a, _: choice.confusion(["ship"], ["ship"], labels=a),
    "per_label": lambda a, _: choice.per_label(a),
    "macro_f1": lambda a, _: choice.macro_f1(a),
    "balanced_accuracy": lambda a, _: choice.balanced_accuracy(a),
    "within": count.within,
    "tolerance": lambda a, _: count.within([1], [1], tolerance=a),
    "within_share": count.within_share,
    "share": lambda a, _: count.within_share([1], [1], share=a),
    "count": count.score,
    "clip": lambda a, _: count.score([1], [1], clip=a),
    "rmse": count.rmse_from_sums,
    "count_band": lambda a, _: count.count_band(a),
    "agreement": fields.agreement,
    "agreement_rates": fields.agreement_rates,
    "mention_overlap": fields.mention_overlap,
    "mention_scores": fields.mention_scores,
    "presence_counts": presence.presence_counts,
    "presence": lambda a, _: (presence.accuracy(a), presence.yes_share(a)),
    "f1": lambda a, b: rates.f1_from_counts(a, b, 1),
    "recall": rates.recall_from_counts,
    "mean_iou": lambda a, b: rates.mean_iou_over_true_from_sums(a, b, 1),
    "severity_curve": robustness.severity_curve,
    "floor": lambda a, _: robustness.severity_curve(1.0, [0.5], floor=a),
    "cell_facts": fusar.cell_facts,
    "cell_scores": fusar.cell_scores,
    "closed_answer": fusar.closed_answer,
    "closed_answers": fusar.closed_answers,
    "read_detections": lambda a, _: fusar.read_detections(a),
    "detection_scores": fusar.detection_scores,
    "to_504": lambda a, b: (fusar.to_504(a, (9, 9)), fusar.to_504(BOX, b)),
    "count_accuracy": sarchat.count_accuracy,
    "located_counts": sarchat.located_counts,
    "task_score": lambda a, b: sarchat.task_score({"ID-M": a, "ID-S": b}, "identification"),
    "columns": sarchat.task_score,
    "overall": lambda a, b: sarchat.overall({"x": a}, items={"x": b}),
    "items": lambda a, b: sarchat.overall(a, items=b),
    "printed": lambda a, b: sarchat.printed_versus_formula(a, printed=b),
    "average_precision": ap.average_precision,
    "ap thresholds": lambda a, _: ap.average_precision([SCORED], [SHIP], thresholds=a),
    "ap boxes": lambda a, b: ap.average_precision([ap.Scored(a, ["ship"], b)], [SHIP]),
    "ap labels": lambda a, b: ap.average_precision([ap.Scored(BOX, a, [0.5])], [ap.Labelled(BOX, b)]),
    "at": lambda a, _: ap.average_precision([SCORED], [SHIP]).at(a),
    "tie_aware": ap.tie_aware_ap50,
    "resampled": lambda a, _: ap.resampled_ap([SCORED], [SHIP], a),
}


@pytest.mark.parametrize("name", SCORES)
def test_mistakes_are_refused_in_a_sentence_and_nothing_is_nan(name: str) -> None:
    refusals = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for first, second in itertools.product(ODD, repeat=2):
            try:
                found = SCORES[name](first, second)
            except InputError as error:
                refusals.append(error)
            else:
                # An answer is a value in range, or says that there is none: NaN would spread unseen.
                assert not NAN_WORD.search(repr(found)), (first, second)
    assert refusals
    assert all(error.where and error.problem and error.fix for error in refusals)


def test_letters_keys_and_members_are_no_answers() -> None:
    for odd in ("ship", {"ship": 1, "car": 2, "tank": 3, "bridge": 4}, {"a", "b", "c", "d"}):
        with pytest.raises(InputError, match="Give a list with one entry for each sample"):
            choice.accuracy(odd, ["s", "h", "i", "p"])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no tuple of words"):
        fields.mention_overlap(["ship"], [("ship", "top left")])  # type: ignore[list-item]


def test_labels_may_be_an_array() -> None:
    place = [[0, 0, 9, 9], [20, 20, 30, 30]]
    assert boxes.match(place, place, predicted_labels=np.array(["ship", "car"]), true_labels=["ship", "ship"]).tp == 1  # type: ignore[arg-type]


def test_a_truth_that_pandas_lost_is_none() -> None:
    with pytest.raises(InputError, match="hold nan at 1"):
        choice.accuracy(["ship", "ship"], ["ship", NAN])
    assert choice.accuracy([NAN, "ship"], ["ship", "ship"]) == 0.5
