"""Intervals and tests from samples that share images.

Questions about one image succeed and fail together, so the image is the unit of chance everywhere here: standard errors
are clustered, the bootstrap draws whole clusters, the tests flip or swap whole clusters. Only `mcnemar` takes the items
to be independent, and says so. Treating 15 questions an image as independent found a difference between equally good
runs in 32 % of 10,000 simulated comparisons, the sign-flip test in 5 % (tests/stats/test_simulations.py).

Which one: a rate (accuracy) → `rate_interval`; another mean (absolute error, ROUGE, CIDEr with a fixed idf) →
`clustered_interval`; a ratio or another function of sums (BLEU, F1, macro-F1, RMSE, average precision) →
`sum_by_cluster`, then `cluster_bootstrap`; two runs on the same items → `paired_test` for means, `paired_bootstrap`
for the rest; many runs → `rank_ranges`; what could have been seen at all → `minimum_detectable_difference`.

Everything random is seeded, and the same seed draws the same whatever the number of threads and the order of the
samples; sums of floats may differ by rounding. What is undefined (an interval from one cluster, a mean of nothing) is
None, never NaN.
"""

from sarbench.stats.bootstrap import BootstrapInterval, cluster_bootstrap, expanded_tail
from sarbench.stats.clusters import sum_by_cluster
from sarbench.stats.independent import McNemar, mcnemar
from sarbench.stats.interval import Interval, clustered_interval
from sarbench.stats.multiplicity import holm
from sarbench.stats.paired import PairedBootstrap, PairedTest, paired_bootstrap, paired_test
from sarbench.stats.pairwise import PairwiseTest, pairwise_tests
from sarbench.stats.power import minimum_detectable_difference, required_clusters
from sarbench.stats.ranking import Compared, RankRange, ranges_from_tests, rank_ranges
from sarbench.stats.rates import edge_interval, rate_interval

__all__ = [
    "BootstrapInterval",
    "Compared",
    "Interval",
    "McNemar",
    "PairedBootstrap",
    "PairedTest",
    "PairwiseTest",
    "RankRange",
    "cluster_bootstrap",
    "clustered_interval",
    "edge_interval",
    "expanded_tail",
    "holm",
    "mcnemar",
    "minimum_detectable_difference",
    "paired_bootstrap",
    "paired_test",
    "pairwise_tests",
    "ranges_from_tests",
    "rank_ranges",
    "rate_interval",
    "required_clusters",
    "sum_by_cluster",
]
