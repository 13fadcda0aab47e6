"""What is known, before any image is compared, about whose images a split shows.

The datasets say which image set they were made from, rarely which split of it; counts of images and boxes tell the
rest. `seen` stands for a statement of the authors, `inferred` for one that follows from theirs by arithmetic.
"""

from dataclasses import dataclass
from typing import Literal

Certainty = Literal["seen", "inferred"]
Relation = Literal["equals", "within", "overlaps"]


@dataclass(frozen=True)
class SplitName:
    """A split of a dataset; an empty config or split stands for all of them.

    Datasets that sarbench does not read have names too, e.g. `vrsbench-sar`.
    """

    dataset: str
    config: str = ""
    split: str = ""

    def covers(self, dataset: str, config: str, split: str) -> bool:
        """Return whether a split of a built set is part of this one."""
        same_config = not self.config or not config or config == self.config or config == f"{self.config}-lite"
        return dataset == self.dataset and same_config and (not self.split or not split or split == self.split)

    def __str__(self) -> str:
        return "/".join(part for part in (self.dataset, self.config, self.split) if part)


@dataclass(frozen=True)
class Lineage:
    """One statement about two splits.

    Attributes:
        images_of: The split whose images are meant.
        come_from: The split that they come from.
        relation: `equals`: the same images; `within`: some of them; `overlaps`: partly.
        certainty: `seen` or `inferred`.
        evidence: Why, with the figures.
        source: The public documents that the evidence is in.
    """

    images_of: SplitName
    come_from: SplitName
    relation: Relation
    certainty: Certainty
    evidence: str
    source: str


_SARDET = "SARDet-100K's README and issue 31 (GitHub zcablii/SARDet_100K)"
_SARLANG = "README of SARLANG-1M (GitHub Jimmyxichen/SARLANG-1M), arXiv 2504.03254"
_SARCHAT = "README of SARChat (GitHub JimmyMa99/SARChat), arXiv 2502.08168"

KNOWN: tuple[Lineage, ...] = (
    Lineage(
        SplitName("sarlang-1m", "vqa1", "train"),
        SplitName("sardet-100k", "", "train"),
        "equals",
        "inferred",
        "vqa1 is made from SARDet-100K's images and boxes; 104,985 images = 94,493 (train) + 10,492 (validation), and "
        "103,834 images of VQA training = 94,493 + 9,341",
        f"{_SARLANG}; {_SARDET}",
    ),
    Lineage(
        SplitName("sarlang-1m", "vqa1", "test"),
        SplitName("sardet-100k", "", "validation"),
        "equals",
        "inferred",
        "14,497 images of the VQA test = 10,492 (SARDet-100K's validation, not its test of 11,613) + 4,005; and "
        "221,450 questions about regions = 198,747 (train) + 22,703 (validation) boxes",
        f"{_SARLANG}; {_SARDET}",
    ),
    Lineage(
        SplitName("sarchat-2m", "", "train"),
        SplitName("sardet-100k", "", "train"),
        "equals",
        "inferred",
        "images are SARDet-100K's; 198,747 instances of training are the boxes of its train split",
        f"{_SARCHAT}; {_SARDET}",
    ),
    Lineage(
        SplitName("sarchat-2m", "", "test"),
        SplitName("sardet-100k", "", "test"),
        "equals",
        "inferred",
        "images are SARDet-100K's; 24,203 instances of the test are the boxes of its test split",
        f"{_SARCHAT}; {_SARDET}",
    ),
    Lineage(
        SplitName("sarchat-2m", "", "validation"),
        SplitName("sardet-100k", "", "validation"),
        "equals",
        "seen",
        "the authors have no such split; that of the rebuilt-… configs is made by sarbench from SARDet-100K's",
        "sarbench's card of sarchat-2m",
    ),
    Lineage(
        SplitName("vrsbench-sar", "", "test"),
        SplitName("sardet-100k", "", "test"),
        "within",
        "seen",
        "annotates SARDet-100K's test images: 10,720 of 11,613",
        "README of VRSBench (GitHub lx709/VRSBench), February 2026",
    ),
    Lineage(
        SplitName("hrsid"),
        SplitName("sardet-100k"),
        "within",
        "seen",
        "one of the component sets of SARDet-100K; which images, and in which split, is not recorded in its files",
        _SARDET,
    ),
    Lineage(
        SplitName("sar-text", "retrieval-hrsid"),
        SplitName("hrsid", "", "test"),
        "within",
        "seen",
        "captions of the HRSID test set, on the images of HRSID_JPG",
        "README of SAR-TEXT (GitHub YiguoHe/SAR-TEXT), arXiv 2507.18743",
    ),
    Lineage(
        SplitName("sar-text", "retrieval-hrsid"),
        SplitName("sardet-100k"),
        "overlaps",
        "inferred",
        "HRSID is a component set of SARDet-100K, so that its test chips may stand in SARDet-100K's train split",
        f"README of SAR-TEXT (GitHub YiguoHe/SAR-TEXT); {_SARDET}",
    ),
)
"""Every statement, in the order of the datasets."""


def known_overlaps(dataset: str, split: str = "", *, config: str = "") -> tuple[Lineage, ...]:
    """Return the statements about a split, whichever side it is on.

    Args:
        dataset: Name of the dataset, e.g. `sarlang-1m`.
        split: Name of the split; empty for all.
        config: Name of the config; empty for all.

    >>> [str(known.come_from) for known in known_overlaps("sarchat-2m", "test")]
    ['sardet-100k/test']
    """
    return tuple(
        known
        for known in KNOWN
        if known.images_of.covers(dataset, config, split) or known.come_from.covers(dataset, config, split)
    )
