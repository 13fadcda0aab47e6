"""The rules of the quality gate: what each one means, how bad it is and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Severity = Literal["error", "warning", "information"]
"""`error`: rows cannot be scored as they are, or a test can be answered from training. `warning`: look at it.
`information`: a property of the set that a reader of results should know."""

SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        severity: How bad it is.
        title: What was found, a phrase that goes with a number of rows.
        fix: What to do, a sentence.
    """

    severity: Severity
    title: str
    fix: str


RULES: Mapping[str, Rule] = {
    "id-repeated": Rule("error", "rows share their id with an earlier one", "Report it to sarbench: ids are its own."),
    "answer-empty": Rule("error", "rows ask something and hold no answer", "Leave them out of training and scoring."),
    "box-degenerate": Rule("error", "rows hold a box without area or with an edge that is no number", "Drop the box."),
    "truth-not-among-choices": Rule(
        "error", "rows offer choices of which none is the answer", "Leave them out of scoring, or mend the answer."
    ),
    "sample-shared": Rule(
        "error", "samples of an evaluation split lie in the other split as well", "Leave them out of training."
    ),
    "sample-repeated": Rule(
        "warning", "rows ask the same about the same image as an earlier one, with the same answer", "Keep one of them."
    ),
    "answers-contradict": Rule(
        "warning", "rows ask the same about the same image and differ in the answer", "Leave them out of scoring."
    ),
    "image-renamed": Rule(
        "warning",
        "rows repeat question and answer on an identical image under another name",
        "Keep one of them; group by image_sha256, not by name.",
    ),
    "answer-cut": Rule("warning", "answers seem to be cut short", "Compare with the authors' file before training."),
    "answer-unended": Rule(
        "warning", "long answers lack the end mark that nearly all others have", "Compare with the authors' file."
    ),
    "answer-placeholder": Rule("warning", "answers are placeholders", "Leave them out of training and scoring."),
    "unprintable-text": Rule("warning", "rows hold characters that print nothing", "Remove them from prompts."),
    "mojibake": Rule("warning", "rows hold text decoded with the wrong encoding", "Decode the authors' file anew."),
    "prompt-remains": Rule(
        "warning", "rows hold remains of a prompt or of a language model's excuse", "Leave them out or cut the remains."
    ),
    "box-outside": Rule("warning", "rows hold a box that reaches over the image", "Check the frame; clip if it fits."),
    "box-frame": Rule(
        "warning", "boxes lie as if they were given in another frame", "Check the frame of the boxes before scoring."
    ),
    "box-whole-image": Rule("warning", "rows hold a box of more than 95 % of the image", "Check that it is a target."),
    "box-repeated": Rule("warning", "rows hold the same box twice", "Keep one of them when counting."),
    "label-unknown": Rule("warning", "rows hold a label outside the class list", "Map it to a class, or drop it."),
    "count-boxes": Rule("warning", "rows state another count than they have boxes", "Score the count, not the boxes."),
    "count-answer": Rule("warning", "answers state another number than the column count", "Compare with the record."),
    "choices-repeated": Rule("warning", "rows offer the same choice twice", "Accept either, or leave them out."),
    "choice-single": Rule("warning", "rows offer one choice alone", "Leave them out of scoring."),
    "option-position": Rule(
        "warning", "rows have the right option at its most frequent place", "Shuffle the options before scoring."
    ),
    "answer-in-question": Rule("warning", "questions hold their answer", "Score them apart."),
    "count-in-question": Rule("warning", "questions state the number of targets", "Score a prompt without it as well."),
    "question-fixes-answer": Rule(
        "warning", "rows can be answered from the question alone", "Report the score of a blind model beside results."
    ),
    "images-shared": Rule(
        "warning", "images of an evaluation split lie in the other split as well", "Do not train on the first split."
    ),
    "texts-shared": Rule(
        "information",
        "pairs of question and answer of an evaluation split lie in the other split as well",
        "Expected of templates; open answers that repeat point to copies.",
    ),
    "task-unknown": Rule(
        "information",
        "rows ask for something that no rule could tell from their wording",
        "Name their share beside counts and scores per task: task is vqa, task_origin unknown.",
    ),
    "template-prior": Rule(
        "information",
        "rows are answered rightly by the most frequent answer to the same question",
        "Read scores against it.",
    ),
    "majority-answer": Rule("information", "rows have the most frequent answer", "Read accuracy against it."),
    "yes-share": Rule("information", "presence questions are answered with yes", "Use balanced accuracy."),
}
"""Rule id → rule, in the order of reports."""

ORDER: Mapping[str, tuple[int, int]] = {
    rule: (SEVERITIES.index(about.severity), place) for place, (rule, about) in enumerate(RULES.items())
}
"""Rule id → key for sorting: worst first, then as in `RULES`."""
