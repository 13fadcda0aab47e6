"""The cluster bootstrap of a ratio at the size of SARChat's identification test: 175,565 items in 11,600 images.

All sides resample F1 from true positives, false positives and false negatives. sarbench is timed from the facts of
single items to the interval: adding them up by image, drawing images, scoring every resample. The rival that draws
images with `Generator.multinomial` gets the sums by image for free. The naive bootstrap copies the items of each
resample by index; it is timed on a few resamples and extrapolated, and it ignores that items share images, so its
standard error is too small.

Claim: 10,000 resamples in less than 2 seconds.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import scipy

from sarbench import stats

CLAIM = 2.0
NAIVE = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=175_565, help="items (default: 175565)")
    parser.add_argument("--images", type=int, default=11_600, help="images they belong to (default: 11600)")
    parser.add_argument("--resamples", type=int, default=10_000, help="resamples (default: 10000)")
    parser.add_argument("--repeats", type=int, default=5, help="turns (default: 5)")
    options = parser.parse_args()
    facts, images = simulated(options.items, options.images)
    sums = stats.sum_by_cluster(facts, images)
    sides = {
        "sarbench": lambda: sarbench(facts, images, options.resamples),
        "Generator.multinomial": lambda: multinomial(sums, options.resamples),
        "item index": lambda: naive(facts, NAIVE),
    }
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    errors = {}
    for _ in range(options.repeats):
        for name, side in sides.items():
            taken, errors[name] = timed(side)
            seconds[name].append(taken * (options.resamples / NAIVE if name == "item index" else 1))
    distinct = len(np.unique(sums, axis=0))
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, {options.repeats} turns, median (min-max)")
    print(f"{len(facts):,} items, {len(sums):,} images ({distinct:,} distinct rows), {options.resamples:,} resamples")
    for name, values in seconds.items():
        note = f", extrapolated from {NAIVE} resamples" if name == "item index" else ""
        print(f"{name:24s}{spread(values)} s, standard error {errors[name]:.6f}{note}")
    for rival in ("Generator.multinomial", "item index"):
        ratios = [other / ours for other, ours in zip(seconds[rival], seconds["sarbench"], strict=True)]
        print(f"{rival} / sarbench: {spread(ratios)} times")
    print(f"claim: < {CLAIM} s; measured: {statistics.median(seconds['sarbench']):.2f} s")


def simulated(items: int, images: int) -> tuple[np.ndarray, list[str]]:
    """Return [n, 3] true positives, false positives and false negatives, and n image names."""
    generator = np.random.default_rng(0)
    image = np.sort(np.concatenate([np.arange(images), generator.integers(0, images, items - images)]))
    right = generator.random(items) < generator.beta(2, 1, images)[image]
    true = generator.random(items) < 0.5
    facts = np.stack([true & right, ~true & ~right, true & ~right], axis=1).astype(float)
    return facts, [f"{number:06d}.png" for number in image]


def f1(sums: np.ndarray) -> np.ndarray:
    return 2 * sums[..., 0] / np.maximum(2 * sums[..., 0] + sums[..., 1] + sums[..., 2], 1)


def sarbench(facts: np.ndarray, images: list[str], resamples: int) -> float:
    return stats.cluster_bootstrap(f1, stats.sum_by_cluster(facts, images), resamples=resamples).se or 0.0


def multinomial(sums: np.ndarray, resamples: int) -> float:
    generator = np.random.default_rng(0)
    even = np.full(len(sums), 1 / len(sums))
    drawn = [f1(generator.multinomial(len(sums), even, size=100) @ sums) for _ in range(resamples // 100)]
    return float(np.concatenate(drawn).std(ddof=1))


def naive(facts: np.ndarray, resamples: int) -> float:
    generator = np.random.default_rng(0)
    drawn = [f1(facts[generator.integers(0, len(facts), len(facts))].sum(axis=0)) for _ in range(resamples)]
    return float(np.std(drawn, ddof=1))


def timed(side: Callable[[], float]) -> tuple[float, float]:
    start = time.perf_counter()
    answer = side()
    return time.perf_counter() - start, answer


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


if __name__ == "__main__":
    main()
