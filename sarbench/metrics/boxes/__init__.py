"""Overlap of boxes, one-to-one matching, the first box of a single target, and what boxes are worth by chance.

Boxes are [N, 4] xyxy in pixels with exclusive right and bottom edges, so that a box is x2 − x1 wide; VRSBench's "+ 1"
is there as `edges="inclusive"`. NaN and negative sizes are refused: COCOeval takes a NaN box for a hit.
"""

from sarbench.metrics.boxes.matching import Match, match, match_at
from sarbench.metrics.boxes.mirrored import MIRRORED_PICTURES, mirrored, mirrored_hits
from sarbench.metrics.boxes.overlap import Edges, iou, paired_iou
from sarbench.metrics.boxes.single import first_box_ious, hit_rate
from sarbench.metrics.boxes.valid import Boxes
from sarbench.metrics.rates import f1_from_counts, jaccard_from_counts, precision_from_counts, recall_from_counts

__all__ = [
    "MIRRORED_PICTURES",
    "Boxes",
    "Edges",
    "Match",
    "f1_from_counts",
    "first_box_ious",
    "hit_rate",
    "iou",
    "jaccard_from_counts",
    "match",
    "match_at",
    "mirrored",
    "mirrored_hits",
    "paired_iou",
    "precision_from_counts",
    "recall_from_counts",
]
