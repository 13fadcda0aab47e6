"""What is known to be odd about each dataset, where that is said, and which finding of the quality gate it explains."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class KnownIssue:
    """One oddity of a dataset that a user should know.

    Attributes:
        dataset: The dataset's name in sarbench.
        configs: The configs concerned, or beginnings of them; none stands for all.
        rule: The rule of the quality gate whose findings it explains; None where no rule sees it.
        statement: What is odd, in full sentences.
        source: Where that is said: paper with section, repository file, number of a public thread, or our own rule.
        since: When it was published or first seen, as a date or a year.
    """

    dataset: str
    configs: tuple[str, ...] = ()
    rule: str | None = None
    statement: str
    source: str
    since: str

    def explains(self, rule: str, configs: Sequence[str]) -> bool:
        """Whether it explains a finding of this rule in one of these configs."""
        concerned = not self.configs or any(config.startswith(self.configs) for config in configs)
        return rule == self.rule and concerned


_SARLANG = "sarlang-1m"
_SARCHAT = "sarchat-2m"
_SARTEXT = "sar-text"
_FUSAR = "fusar-geovl"
_SARDET = "sardet-100k"

_SARCHAT_README = "README of https://github.com/JimmyMa99/SARChat"
_SARCHAT_PAPER = "arXiv 2502.08168"
_SARLANG_README = "README of https://github.com/Jimmyxichen/SARLANG-1M"
_FUSAR_README = "data/readme.md of https://github.com/yangyifremad/FUSAR-KLIP"
_SARDET_README = "README of https://github.com/zcablii/SARDet_100K"

KNOWN_ISSUES: tuple[KnownIssue, ...] = (
    KnownIssue(
        dataset=_SARLANG,
        statement=(
            "88 preprocessed images (48 GF2_NewYork, 40 SN6_Rotterdam) were missing and were uploaded again later; "
            "older downloads lack them, and their rows are skipped."
        ),
        source="issue 6 of https://github.com/Jimmyxichen/SARLANG-1M",
        since="2025-12-06",
    ),
    KnownIssue(
        dataset=_SARLANG,
        statement=(
            "The folder of preprocessed images holds 13,433 files of which the texts use 13,346; the rest is ignored."
        ),
        source="issue 7 of https://github.com/Jimmyxichen/SARLANG-1M",
        since="2025",
    ),
    KnownIssue(
        dataset=_SARLANG,
        statement="The number of object types is given as 1,696 and as 1,706; neither is asserted here.",
        source=f"{_SARLANG_README} against the overview figure in the same repository",
        since="2025-04",
    ),
    KnownIssue(
        dataset=_SARLANG,
        configs=("vqa1",),
        statement=(
            "Boxes in region questions are x, y, width, height in pixels, although brackets look like corners; "
            "`region` holds corners."
        ),
        source="overview figure of https://github.com/Jimmyxichen/SARLANG-1M: [88.0, 376.0, 90.0, 99.0] is one",
        since="2025-04",
    ),
    KnownIssue(
        dataset=_SARLANG,
        configs=("vqa",),
        statement=(
            "The files name no application: `task` is derived from the wording by sarbench's rules (task_origin "
            "`rule`), so counts per task differ from the authors'."
        ),
        source=f"{_SARLANG_README}, table of applications; Evaluate_VQA.py reads no such column",
        since="2025-04",
    ),
    KnownIssue(
        dataset=_SARLANG,
        configs=("vqa1",),
        rule="majority-answer",
        statement=(
            "vqa1 is made from detection boxes by templates: answers are six classes, five position words, numbers, "
            "yes and no."
        ),
        source=f"{_SARLANG_README}, on mixing both VQA subsets",
        since="2025-04",
    ),
    KnownIssue(
        dataset=_SARLANG,
        configs=("vqa1",),
        rule="texts-shared",
        statement="Questions of vqa1 are templates, so pairs of question and answer recur on other images.",
        source="overview figure of https://github.com/Jimmyxichen/SARLANG-1M",
        since="2025-04",
    ),
    KnownIssue(
        dataset=_SARCHAT,
        rule="box-outside",
        statement=(
            "The frame of the box coordinates is not documented: pixels of the native image and a 512-pixel frame are "
            "the same for most images. Choose another with the option box_frame."
        ),
        source=f"{_SARCHAT_PAPER}, section 3.1.3, states corners and whole numbers alone",
        since="2025-02",
    ),
    KnownIssue(
        dataset=_SARCHAT,
        rule="box-frame",
        statement="The frame of the box coordinates is not documented; choose it with the option box_frame.",
        source=f"{_SARCHAT_PAPER}, section 3.1.3",
        since="2025-02",
    ),
    KnownIssue(
        dataset=_SARCHAT,
        configs=("referring", "rebuilt-referring"),
        rule="count-in-question",
        statement=(
            "Referring questions state the number of targets ('[refer] Locate 1 aircraft.'): a design of the set, so "
            "the number of boxes is no achievement of a model."
        ),
        source=f"{_SARCHAT_README}, figure of the tasks; {_SARCHAT_PAPER}, section 3",
        since="2025-02",
    ),
    KnownIssue(
        dataset=_SARCHAT,
        configs=("classification", "rebuilt-classification"),
        rule="majority-answer",
        statement="Classification questions list all six classes, so the task is a choice of six with a skewed truth.",
        source=f"{_SARCHAT_README}, figure of the tasks",
        since="2025-02",
    ),
    KnownIssue(
        dataset=_SARCHAT,
        rule="texts-shared",
        statement="Questions and answers are filled templates, so pairs without a box recur on other images.",
        source=f"{_SARCHAT_PAPER}, section 3",
        since="2025-02",
    ),
    KnownIssue(
        dataset=_SARCHAT,
        configs=("identification",),
        rule="sample-repeated",
        statement="Identification asks about each box some seven times in different words; equal wordings may recur.",
        source=f"{_SARCHAT_README}, 1,423,548 questions on 198,747 boxes",
        since="2025-02",
    ),
    KnownIssue(
        dataset=_SARCHAT,
        configs=("counting", "rebuilt-counting"),
        statement=(
            "The test set of counting is printed as 11,794 in the paper and as 11,704 in the README; only the latter "
            "fits the stated total of 226,636."
        ),
        source=f"{_SARCHAT_PAPER}, table of task counts, against {_SARCHAT_README}",
        since="2025-02",
    ),
    KnownIssue(
        dataset=_SARCHAT,
        statement="Boxes are known to be incomplete: a right box that the authors lack counts as wrong.",
        source="the boxes are SARDet-100K's, which were put together from ten sets",
        since="2025-02",
    ),
    KnownIssue(
        dataset=_SARTEXT,
        configs=("caption", "vqa"),
        rule="answer-cut",
        statement="The last answer of a dialogue may be cut short where the language model ran out of tokens.",
        source="RS-VQA_conv.json of https://github.com/YiguoHe/SAR-TEXT, the optical sister file",
        since="2025",
    ),
    KnownIssue(
        dataset=_SARTEXT,
        configs=("vqa",),
        rule="answer-unended",
        statement="An answer cut within a word has no end mark: the last answer of a dialogue may be one.",
        source="RS-VQA_conv.json of https://github.com/YiguoHe/SAR-TEXT, the optical sister file",
        since="2025",
    ),
    KnownIssue(
        dataset=_SARTEXT,
        configs=("vqa",),
        rule="answer-empty",
        statement="Some dialogue turns have no answer; they are not rows.",
        source="public code that reads SAR-VQA_conv.json filters empty answers",
        since="2025",
    ),
    KnownIssue(
        dataset=_SARTEXT,
        rule="images-shared",
        statement=(
            "There is no official split of the 136,584 captions and of the dialogues; splits are the user's lists, "
            "and retrieval sets are drawn from the same images."
        ),
        source="README of https://github.com/YiguoHe/SAR-TEXT; issue 7 asks how the VQA was made",
        since="2025",
    ),
    KnownIssue(
        dataset=_SARTEXT,
        configs=("vqa",),
        statement="RS-VQA_conv.json in the repository is about optical images: it is not SAR-VQA and is not read.",
        source="README of https://github.com/YiguoHe/SAR-TEXT",
        since="2025",
    ),
    KnownIssue(
        dataset=_FUSAR,
        statement="The texts were written by a language model, and the authors warn of factual errors in them.",
        source=_FUSAR_README,
        since="2025-09",
    ),
    KnownIssue(
        dataset=_FUSAR,
        configs=("fields",),
        rule="answer-placeholder",
        statement=(
            "'None' is an answer here: 779 of the 1,000 public values of Water say that there is no water, in many "
            "wordings, so a model that always says so looks good."
        ),
        source="data/part/caption_part1.json of https://github.com/yangyifremad/FUSAR-KLIP, counted",
        since="2025-09",
    ),
    KnownIssue(
        dataset=_FUSAR,
        statement="No image, image name or coordinate is public: the 1,000 records are text alone.",
        source=_FUSAR_README,
        since="2025-09",
    ),
    KnownIssue(
        dataset=_SARDET,
        statement="Annotation files of test downloaded before 2024-08-31 hold no boxes and are refused.",
        source="issue 31 of https://github.com/zcablii/SARDet_100K",
        since="2024-08-31",
    ),
    KnownIssue(
        dataset=_SARDET,
        statement="The README prints 24,023 boxes for test; the files have 24,203, as the total of 245,653 needs.",
        source=_SARDET_README,
        since="2024",
    ),
    KnownIssue(
        dataset=_SARDET,
        statement=(
            "Large scenes were cut into tiles. Whether tiles of one scene lie in several splits was not checked; "
            "`sarbench leakage` looks for it."
        ),
        source="arXiv 2403.06534; the files do not name the scene",
        since="2024-03",
    ),
    KnownIssue(
        dataset=_SARDET,
        statement="Images are jpg, png and bmp of 256 to 800 pixels a side, not all 512 × 512.",
        source="issue 48 of https://github.com/zcablii/SARDet_100K",
        since="2024",
    ),
)
"""Documented oddities, dataset by dataset."""


def known_issues(dataset: str) -> tuple[KnownIssue, ...]:
    """Return the known issues of a dataset; none for a dataset without any.

    >>> sorted({issue.dataset for issue in known_issues("sardet-100k")})
    ['sardet-100k']
    """
    return tuple(issue for issue in KNOWN_ISSUES if issue.dataset == dataset)
