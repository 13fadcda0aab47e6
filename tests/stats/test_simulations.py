"""What the intervals and tests promise, kept in thousands of simulated benchmarks whose questions share images.

Right answers are drawn with a rate of its own for every image (beta-binomial, correlation 0.2 within an image), 15
questions an image unless said otherwise. `pytest -s` prints the shares found.
"""

import numpy as np
import pytest

from sarbench import stats

pytestmark = pytest.mark.slow

SIMULATIONS = 10_000
QUESTIONS = 15


def _rates_of_images(generator: np.random.Generator, rate: float, shape: tuple[int, ...]) -> np.ndarray:
    return generator.beta(4 * rate, 4 * (1 - rate), shape)  # correlation 1 / (4 + 1)


def _coverage(rate: float, images: int, *, unequal: bool = False) -> tuple[float, float, float]:
    """Return how often the clustered, the rate and the independent interval hold the true rate, and print it.

    Images have 15 questions each or, if unequal, a geometric number with the mean 15.
    """
    generator = np.random.default_rng([images, round(100 * rate)])
    hits = np.zeros(3)
    clusters = np.repeat(np.arange(images), QUESTIONS)
    for _ in range(SIMULATIONS):
        if unequal:
            clusters = np.repeat(np.arange(images), generator.geometric(1 / QUESTIONS, images))
        rates = _rates_of_images(generator, rate, (images,))
        values = (generator.random(len(clusters)) < rates[clusters]).astype(float)
        plain = stats.clustered_interval(values, clusters)
        wilson = stats.rate_interval(values, clusters)
        reach = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
        hits += (
            plain.low <= rate <= plain.high,
            wilson.low <= rate <= wilson.high,
            abs(values.mean() - rate) <= reach,
        )
    clustered, rated, independent = hits / SIMULATIONS
    print(f"{rate=} {images=} {unequal=}: clustered {clustered:.3f} rate {rated:.3f} independent {independent:.3f}")
    return clustered, rated, independent


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_a_hundred_images_cover(rate: float) -> None:
    clustered, rated, independent = _coverage(rate, 100)
    assert 0.94 <= clustered <= 0.96
    assert 0.94 <= rated <= 0.96
    assert independent < 0.72


@pytest.mark.parametrize(
    ("rate", "images", "unequal", "clustered", "rated"),
    [
        (0.5, 10, False, 0.946, 0.956),
        (0.1, 30, False, 0.92, 0.94),
        (0.1, 10, False, 0.875, 0.93),
        (0.1, 100, True, 0.92, 0.94),
        (0.5, 100, True, 0.94, 0.947),
        (0.1, 30, True, 0.88, 0.93),
    ],
)
def test_few_unequal_and_rare_cover_less(
    rate: float, images: int, unequal: bool, clustered: float, rated: float
) -> None:
    # The figures of the docstrings; three standard errors of the simulation are 0.007 to 0.010.
    found = _coverage(rate, images, unequal=unequal)
    assert found[:2] == pytest.approx((clustered, rated), abs=0.01)


@pytest.mark.parametrize(("images", "covered"), [(10, 0.935), (30, 0.938), (100, 0.946)])
def test_the_bootstrap_of_f1_covers_with_few_images(images: int, covered: float) -> None:
    generator = np.random.default_rng(images)
    true = _f1(_counted(generator, (200_000,)).sum(axis=0))
    hits = 0
    for seed in range(2000):
        found = stats.cluster_bootstrap(_f1, _counted(generator, (images,)), resamples=1000, seed=seed)
        hits += found.low <= true <= found.high
    print(f"{images=}: bootstrap of F1 {hits / 2000:.3f}")
    assert hits / 2000 == pytest.approx(covered, abs=0.02)  # a plain percentile interval: 0.89, 0.92 and 0.94


def _counted(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return true positives, false positives and false negatives of images, some full of objects, some of alarms."""
    objects = generator.geometric(0.15, shape)
    found = generator.binomial(objects, generator.beta(2, 1, shape))
    alarms = generator.poisson(2 * generator.gamma(0.5, 2, shape))
    return np.stack([found, alarms, objects - found], axis=-1)


def _null_runs(generator: np.random.Generator, images: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two runs that are equally good, each with images that it finds easy or hard."""
    rates = np.repeat(_rates_of_images(generator, 0.7, (2, images)), QUESTIONS, axis=1)
    a, b = (generator.random(rates.shape) < rates).astype(float)
    return a, b


def test_false_differences_of_means_keep_to_their_level() -> None:
    generator = np.random.default_rng(1)
    clusters = np.repeat(np.arange(60), QUESTIONS)
    false = np.zeros(3)
    for seed in range(SIMULATIONS):
        a, b = _null_runs(generator, 60)
        found = stats.paired_test(a, b, clusters, permutations=299, seed=seed)
        as_independent = abs(np.mean(a - b)) > 1.96 * np.std(a - b, ddof=1) / np.sqrt(len(a))
        false += (found.p <= 0.05, not found.low <= 0 <= found.high, as_independent)
    flipped, interval, independent = false / SIMULATIONS
    print(f"false differences: sign flip {flipped:.3f}, interval {interval:.3f}, independent {independent:.3f}")
    assert flipped <= 0.06
    assert interval <= 0.06
    assert independent > 0.25


def test_false_differences_of_ratios_keep_to_their_level() -> None:
    generator = np.random.default_rng(2)
    images = 40
    false = 0
    for seed in range(SIMULATIONS):
        # tp, fp and fn of both runs, with images full of objects and images that one run misreads as a whole.
        objects = generator.geometric(0.15, images)
        found = generator.binomial(objects, generator.beta(2, 1, (2, images)))
        alarms = generator.poisson(2 * generator.gamma(0.5, 2, (2, images)))
        a, b = np.stack([found, alarms, objects - found], axis=-1)
        false += stats.paired_bootstrap(_f1, a, b, resamples=2, permutations=199, seed=seed).p <= 0.05
    print(f"false differences of F1: swap {false / SIMULATIONS:.3f}")
    assert false / SIMULATIONS <= 0.06


def _f1(sums: np.ndarray) -> np.ndarray:
    return 2 * sums[..., 0] / np.maximum(2 * sums[..., 0] + sums[..., 1] + sums[..., 2], 1)


def test_equal_runs_are_seldom_ranked() -> None:
    generator = np.random.default_rng(3)
    simulations, images, runs = 1000, 60, 5
    clusters = np.repeat(np.arange(images), QUESTIONS)
    ranked = 0
    for seed in range(simulations):
        rates = np.repeat(_rates_of_images(generator, 0.7, (runs, images)), QUESTIONS, axis=1)
        scores = dict(zip("abcde", generator.random(rates.shape) < rates, strict=True))
        ranges = stats.rank_ranges(scores, clusters, permutations=999, seed=seed)
        ranked += any(found != stats.RankRange(1, runs) for found in ranges.values())
    print(f"simulations in which equal runs got different ranks: {ranked / simulations:.3f}")
    assert ranked / simulations <= 0.065


def test_the_minimum_detectable_difference_is_found_four_times_in_five() -> None:
    generator = np.random.default_rng(4)
    simulations, images = 4000, 40
    clusters = np.repeat(np.arange(images), 5)
    effect = stats.minimum_detectable_difference(np.sqrt((1 + 1 / 5) / images), clusters=images)
    assert effect is not None
    seen = 0
    for seed in range(simulations):
        gaps = effect + generator.normal(size=images)[clusters] + generator.normal(size=len(clusters))
        seen += stats.paired_test(gaps, np.zeros_like(gaps), clusters, permutations=299, seed=seed).p <= 0.05
    print(f"power at the minimum detectable difference: {seen / simulations:.3f}")
    assert seen / simulations == pytest.approx(0.8, abs=0.03)
