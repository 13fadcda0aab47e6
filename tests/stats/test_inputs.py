"""Settings that no statistic takes are refused by all of them alike."""

from collections.abc import Callable
from typing import Any

import pytest

from sarbench import stats
from sarbench.errors import InputError

ONES, ZEROS, NAMES = [1.0] * 20, [0.0] * 20, range(20)
TABLE, OTHER = [[float(n)] for n in range(20)], [[0.0]] * 20

RANDOM: tuple[Callable[..., object], ...] = (
    lambda **given: stats.cluster_bootstrap(lambda sums: sums[..., 0], TABLE, **given),
    lambda **given: stats.paired_bootstrap(lambda sums: sums[..., 0], TABLE, OTHER, **given),
    lambda **given: stats.paired_test(ONES, ZEROS, NAMES, **given),
    lambda **given: stats.pairwise_tests({"a": ONES, "b": ZEROS}, NAMES, **given),
)


@pytest.mark.parametrize("ask", RANDOM)
@pytest.mark.parametrize("seed", [-1, 1.5, None, "1", [1]])
def test_what_is_no_seed_is_refused(ask: Callable[..., object], seed: Any) -> None:
    with pytest.raises(InputError, match=r"seed .*: is no seed\. Give a whole number"):
        ask(seed=seed)


@pytest.mark.parametrize("count", [2.5, None, "9"])
def test_what_is_no_number_of_draws_is_refused(count: Any) -> None:
    with pytest.raises(InputError, match=r"resamples .*: is no whole number"):
        RANDOM[0](resamples=count)
    with pytest.raises(InputError, match=r"permutations .*: is no whole number"):
        RANDOM[2](permutations=count)


@pytest.mark.parametrize("level", ["x", None, [0.9], float("nan"), 95])
def test_what_is_no_level_is_refused(level: Any) -> None:
    for ask in RANDOM[:3]:
        with pytest.raises(InputError, match=r"level .*: is no coverage"):
            ask(level=level)
    with pytest.raises(InputError, match=r"alpha .*: is no chance"):
        RANDOM[3](alpha=level)


def test_runs_and_their_tests_are_named() -> None:
    for odd in (None, [], {"a": 1}, {("a", "b", "c"): 1}):
        with pytest.raises(InputError, match="tests: are no tests of two runs each"):
            stats.ranges_from_tests(["a", "b"], odd)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="scores: are of type list"):
        stats.pairwise_tests([ONES, ZEROS], NAMES)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [None, "x", [0.0], 0.5, float("nan"), 10**400])
def test_single_numbers_are_looked_at(odd: Any) -> None:
    asked: tuple[Callable[[], object], ...] = (
        lambda: stats.edge_interval(odd, 9),
        lambda: stats.required_clusters(-1 if odd == 0.5 else odd, se=0.1, clusters=9),
        lambda: stats.minimum_detectable_difference(-1 if odd is None or odd == 0.5 else odd, clusters=9),
        lambda: stats.cluster_bootstrap(odd, TABLE),
    )
    for ask in asked:
        with pytest.raises(InputError):
            ask()
