"""Counting: how many targets of a class there are."""

from collections.abc import Iterator
from typing import Any

from sarbench.answers import Parsed, parse
from sarbench.errors import InputError
from sarbench.metrics import count
from sarbench.questions import numbers
from sarbench.questions._boxes import box_facts, boxes_of, charged, with_boxes
from sarbench.questions._short import PAPER, asked_of, paper_facts, short_target, undecided_numbers
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import SARCHAT, Metric, Number
from sarbench.questions.truth import applies

EXACT = Metric("exact", "share of right numbers")
WITHIN_1 = Metric("within_1", "share of numbers off by one at most")
WITHIN_10_PERCENT = Metric("within_10_percent", "share of numbers off by a tenth of the truth at most")
ERROR = Metric(
    "mean_absolute_error",
    f"of the answers that could be read; numbers above {count.CLIP} count as {count.CLIP}",
    unit="objects",
    high=None,
    higher_is_better=False,
)
RMSE = Metric(
    "root_mean_squared_error",
    f"of the answers that could be read; numbers above {count.CLIP} count as {count.CLIP}",
    unit="objects",
    high=None,
    higher_is_better=False,
)
READ = Metric("read", "share of answers that hold a number: the errors leave the others out")
CNT = Metric(
    "cnt",
    "share of right numbers (Cnt)",
    source=SARCHAT + "; its printed Acc is tp / (tp + fp + fn), which for a share s would be s / (2 − s)",
    protocol="paper",
    datasets=("sarchat-2m",),
)
CNT_BOXES = tuple(
    Metric(
        f"cnt@{threshold}",
        f"tp / (tp + fp + fn) of the boxes in the answer at IoU {threshold} (Cnt@{str(threshold)[1:]})",
        source=SARCHAT + "; whether it is summed over boxes or images is not printed: over boxes here",
        protocol="paper",
        datasets=("sarchat-2m",),
    )
    for threshold in (0.25, 0.5)
)


def target_of(row: Row) -> dict[str, Any]:
    """Return the true number, the boxes of what is counted, and its class where the question names one.

    >>> target_of({"question": "Count the ships.", "answers": ["…"], "boxes": [], "count": 4})
    {'count': 4, 'boxes': [], 'asked': 'ship', 'text': '…'}
    """
    if row["count"] is None:
        fix = "Leave the row out, or give it its number"
        raise InputError(where=row.get("id", "reference"), problem="asks for a number, and has none", fix=fix)
    boxes = boxes_of(row) if row.get("boxes") else []
    true = row["count"]  # pandas makes floats of a column with gaps
    true = int(true) if isinstance(true, float) and true.is_integer() else true
    return {"count": true, "boxes": boxes, **asked_of(row), **short_target(row)}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    said, true = [answer.usable.value if answer.usable else None], [target["count"]]
    (exact,), (close,), (near,) = (
        count.within(said, true),
        count.within(said, true, tolerance=1),
        count.within_share(said, true, share=0.1),
    )
    scores = {"exact": float(exact), "within_1": float(close), "within_10_percent": float(near)}
    scores["read"] = float(said[0] is not None)
    for error in count.absolute_errors(said, true):
        scores["absolute_error"] = float(error)
    if target.get("paper") == "sarchat":
        read = parse(answer.text, kind="boxes", coords=answer.coords, size=answer.size)
        boxes = box_facts(target["boxes"], with_boxes(read), within_class=False, overlaps=False)
        scores |= charged(boxes, read)
    return scores | paper_facts(target, answer.text) | applies(target, "sarchat")


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"count": read.value}


def _slices(target: Target) -> tuple[str, ...]:
    return (f"count {count.count_band(target['count'])}",)


def _numbers(facts: Facts) -> Iterator[Number]:
    for metric in (EXACT, WITHIN_1, WITHIN_10_PERCENT, READ):
        yield numbers.mean(metric, facts, metric.name)
    yield numbers.mean(ERROR, facts, "absolute_error")
    yield numbers.root_mean_square(RMSE, facts, "absolute_error")
    if "of_sarchat" in facts.columns:
        authors = facts.having("of_sarchat")
        yield numbers.mean(CNT, authors, "exact")
        for metric in CNT_BOXES:
            threshold = metric.name.partition("@")[2]
            columns = authors.table(*(f"{part}@{threshold}" for part in ("tp", "fp", "fn")))
            yield Number(metric, numbers.jaccard_estimate(columns, authors.images))
    yield from undecided_numbers(facts)


KIND = Kind(
    name="counting",
    summary="how many targets of a class there are",
    metrics=(EXACT, WITHIN_1, WITHIN_10_PERCENT, READ, ERROR, RMSE, CNT, *CNT_BOXES, *PAPER),
    target=target_of,
    reads=fixed("count"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
    slices=_slices,
)
