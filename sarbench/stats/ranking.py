"""Many runs on the same items: which ranks each may hold, given what the pairwise tests can tell apart."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.stats.inputs import check_chance
from sarbench.stats.multiplicity import holm
from sarbench.stats.pairwise import pairwise_tests


@dataclass(frozen=True)
class RankRange:
    """The ranks from 1 that a run may hold; best equals worst where every pair with it is decided."""

    best: int
    """1 + the number of runs that are significantly better."""
    worst: int
    """The number of runs less those that are significantly worse."""


class Compared(Protocol):
    """What a comparison of two runs must tell: `PairwiseTest`, `PairedTest` and `PairedBootstrap` do."""

    @property
    def difference(self) -> float | None:
        """First run less second; higher is better."""

    @property
    def p(self) -> float | None:
        """Unadjusted two-sided p-value, None if there was nothing to compare."""


def rank_ranges(
    scores: Mapping[str, npt.ArrayLike],
    clusters: Iterable[Hashable],
    *,
    alpha: float = 0.05,
    permutations: int | None = None,
    seed: int = 0,
) -> dict[str, RankRange]:
    """Return which ranks each of M runs on the same samples may hold, by its mean score.

    A run is significantly better than another if its mean is higher and the p-value of `pairwise_tests`, adjusted by
    Holm over all M(M−1)/2 pairs, is at most alpha. best = 1 + the number of runs significantly better, worst = M − the
    number significantly worse (sarbench's own definition). With probability 1 − alpha or more, no pair of equally good
    runs is told apart.

    Args:
        scores: Run → [n] scores of the same samples in the same order. Higher is better: give errors with a minus.
        clusters: n cluster names, usually image ids.
        alpha: Chance of any false difference.
        permutations: As for `pairwise_tests`.
        seed: Of the random patterns.

    Raises:
        InputError: As `pairwise_tests`.

    >>> right, wrong = [1.0] * 12, [0.0] * 12
    >>> rank_ranges({"a": right, "b": wrong, "c": right}, range(12))
    {'a': RankRange(best=1, worst=2), 'b': RankRange(best=3, worst=3), 'c': RankRange(best=1, worst=2)}
    """
    tests = pairwise_tests(scores, clusters, alpha=alpha, permutations=permutations, seed=seed)
    return ranges_from_tests(list(scores), tests, alpha=alpha)


def ranges_from_tests(
    names: Sequence[str], tests: Mapping[tuple[str, str], Compared], *, alpha: float = 0.05
) -> dict[str, RankRange]:
    """Return the rank ranges of `rank_ranges` from tests already made, e.g. by `paired_bootstrap` for ratios.

    Args:
        names: The runs.
        tests: (first, second) → their test. A pair that is missing, or whose p is None, is undecided.
        alpha: Chance of any false difference, after Holm's adjustment over the tests given.

    Raises:
        InputError: A name occurs twice, a test is of an unknown run or of a run with itself, or a pair is there twice.
    """
    check_chance(alpha, "alpha")
    _check_pairs(names, tests)
    better, worse = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    adjusted = holm([test.p for test in tests.values()])
    for ((first, second), test), p in zip(tests.items(), adjusted, strict=True):
        if p is None or p > alpha or not test.difference:
            continue
        winner, loser = (first, second) if test.difference > 0 else (second, first)
        better[loser] += 1
        worse[winner] += 1
    return {name: RankRange(1 + better[name], len(names) - worse[name]) for name in names}


def _check_pairs(names: Sequence[str], tests: Mapping[tuple[str, str], Compared]) -> None:
    if not isinstance(tests, Mapping) or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in tests):
        fix = "Give a mapping from pairs of runs to their tests, as pairwise_tests does"
        raise InputError(where="tests", problem="are no tests of two runs each", fix=fix)
    known = set(names)
    if len(known) != len(names):
        raise InputError(where="names", problem="name a run twice", fix="Give every run a name of its own")
    for first, second in tests:
        if first not in known or second not in known or first == second:
            raise InputError(
                where=f"the test of {first!r} and {second!r}",
                problem="is not one of two of the runs",
                fix=f"Compare two of {', '.join(names)}",
            )
        if (second, first) in tests:
            raise InputError(
                where=f"the pair of {first!r} and {second!r}",
                problem="is there in both orders",
                fix="Give each pair once, as Holm's adjustment counts the tests",
            )
