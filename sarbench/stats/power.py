"""How small a difference a comparison can see, and how many clusters it would take to see a smaller one."""

from scipy import special

from sarbench.errors import InputError
from sarbench.stats.inputs import check_chance, check_count, check_level, is_finite

_MOST = 2**53
"""Clusters beyond which float64 does not tell one number of them from the next."""


def minimum_detectable_difference(
    se: float | None, *, clusters: int, level: float = 0.95, power: float = 0.8
) -> float | None:
    """Return the true difference that a two-sided test at 1 − level would find with the given power.

    (t_{(1+level)/2} + t_{power}) · se with G−1 degrees of freedom (Bloom, Evaluation Review 19(5), 1995).

    Args:
        se: Standard error of the difference, e.g. that of a `PairedTest`; for a single rate against a fixed number,
            that of an `Interval`. None where it is undefined.
        clusters: Number of clusters behind the standard error.
        level: 1 less the level of the test, between 0 and 1.
        power: Chance to find the difference, between 0 and 1.

    Returns:
        The difference in the unit of the standard error; None without a standard error or with fewer than 2 clusters.

    Raises:
        InputError: A negative or infinite standard error, or a level or power that is no probability.

    >>> round(minimum_detectable_difference(0.01, clusters=100), 4)
    0.0283
    """
    check_level(level)
    check_chance(power, "power")
    check_count(clusters, "clusters", least=0)
    if se is None or clusters < 2:
        return None
    if not is_finite(se) or se < 0:
        raise InputError(where=f"se {se}", problem="is no standard error", fix="Give a finite number, 0 or more")
    freedom = clusters - 1
    return float(special.stdtrit(freedom, (1 + level) / 2) + special.stdtrit(freedom, power)) * se


def required_clusters(
    difference: float, *, se: float | None, clusters: int, level: float = 0.95, power: float = 0.8
) -> int | None:
    """Return the fewest clusters with which a difference could be found.

    The standard error is scaled by √(clusters / G): further clusters are taken to be like those at hand, with as many
    samples each.

    Args:
        difference: The true difference that should be found, more than 0, in the unit of the standard error.
        se: Standard error of the difference found with the clusters at hand, None where it is undefined.
        clusters: Number of those.
        level: As for `minimum_detectable_difference`.
        power: As for `minimum_detectable_difference`.

    Returns:
        The number of clusters, at least 2; None without a standard error or with fewer than 2 clusters.

    Raises:
        InputError: As `minimum_detectable_difference`, or the difference is not above 0 or so small that it would take
            more than 2^53 clusters.

    >>> required_clusters(0.01, se=0.01, clusters=100)
    787
    """
    if not is_finite(difference) or difference <= 0:
        raise InputError(where=f"difference {difference}", problem="is not above 0", fix="Give its absolute size")
    if minimum_detectable_difference(se, clusters=clusters, level=level, power=power) is None or se is None:
        return None

    def found_with(number: int) -> bool:
        scaled = se * (clusters / number) ** 0.5
        reach = minimum_detectable_difference(scaled, clusters=number, level=level, power=power)
        return reach is not None and reach <= difference

    enough = 2
    while not found_with(enough):
        if enough >= _MOST:
            problem = "would take more clusters than can be counted"
            raise InputError(where=f"difference {difference}", problem=problem, fix="Give a larger one")
        enough *= 2
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        too_few, enough = (too_few, middle) if found_with(middle) else (middle, enough)
    return enough
