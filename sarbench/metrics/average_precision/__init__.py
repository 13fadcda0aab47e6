"""Average precision of detections that come with real scores, and an order-free figure for those without."""

from sarbench.metrics.average_precision.detections import Labelled, Scored
from sarbench.metrics.average_precision.ranking import COCO_THRESHOLDS
from sarbench.metrics.average_precision.resampled import resampled_ap
from sarbench.metrics.average_precision.scores import ApScores, average_precision
from sarbench.metrics.average_precision.tie_aware import TieAwareAp, tie_aware_ap50, tie_aware_ap_from_counts

__all__ = [
    "COCO_THRESHOLDS",
    "ApScores",
    "Labelled",
    "Scored",
    "TieAwareAp",
    "average_precision",
    "resampled_ap",
    "tie_aware_ap50",
    "tie_aware_ap_from_counts",
]
