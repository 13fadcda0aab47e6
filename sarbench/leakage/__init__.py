"""Who shares images with whom: images → descriptors → candidate pairs → confirmed pairs → clusters → overlap.

`thumbnail` reduces an image to a small despeckled picture, `describe` makes that a fixed-size record, `candidates`
finds pairs of near records without a look at every pair, `confirm` compares two thumbnails by cross-correlation. What
is found: copies that were encoded anew, flipped or turned by quarters, scaled as a whole, multiplied by speckle of 4
looks or more, or that lost up to a tenth of their area at the edges, and these together. What is not: pieces of an
image, copies turned by other angles, and different speckle over the same scene.
"""

from sarbench.leakage.correlation import Match, confirm
from sarbench.leakage.descriptor import DESCRIPTOR, describe
from sarbench.leakage.dihedral import turn
from sarbench.leakage.lineage import KNOWN, Lineage, SplitName, known_overlaps
from sarbench.leakage.overlap import Overlap, clean_ids, is_training, matrix, shared_clusters, shared_ids
from sarbench.leakage.reduction import Thumbnail, thumbnail
from sarbench.leakage.report import CleanSubset, FoundPair, KnownOverlap, LeakageReport, Place, ScannedSplit
from sarbench.leakage.search import CANDIDATE, Candidates, candidates
from sarbench.leakage.union_find import clusters

__all__ = [
    "CANDIDATE",
    "DESCRIPTOR",
    "KNOWN",
    "Candidates",
    "CleanSubset",
    "FoundPair",
    "KnownOverlap",
    "LeakageReport",
    "Lineage",
    "Match",
    "Overlap",
    "Place",
    "ScannedSplit",
    "SplitName",
    "Thumbnail",
    "candidates",
    "clean_ids",
    "clusters",
    "confirm",
    "describe",
    "is_training",
    "known_overlaps",
    "matrix",
    "shared_clusters",
    "shared_ids",
    "thumbnail",
    "turn",
]
