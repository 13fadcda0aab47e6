"""The cluster bootstrap against the clustered standard error, scipy, and a bootstrap that copies the items."""

import numpy as np
import pytest
from scipy import sparse
from scipy import stats as textbook

from sarbench import stats
from sarbench.errors import InputError


def f1(sums: np.ndarray) -> np.ndarray:
    return 2 * sums[..., 0] / np.maximum(2 * sums[..., 0] + sums[..., 1] + sums[..., 2], 1e-300)


def mean(sums: np.ndarray) -> np.ndarray:
    return sums[..., 0] / sums[..., 1]


def test_bootstrap_of_a_mean_agrees_with_the_clustered_error() -> None:
    generator = np.random.default_rng(4)
    clusters = np.repeat(np.arange(40), generator.integers(1, 12, size=40))
    values = 1 + generator.normal(size=40)[clusters] + generator.normal(size=len(clusters))
    sums = stats.sum_by_cluster(np.stack([values, np.ones_like(values)], axis=1), clusters)
    found = stats.cluster_bootstrap(mean, sums, resamples=4000)
    formula = stats.clustered_interval(values, clusters)
    assert found.value == pytest.approx(formula.mean, rel=1e-12)
    assert found.se == pytest.approx(formula.se, rel=0.1)
    assert found.low == pytest.approx(formula.low, abs=0.1)
    assert found.high == pytest.approx(formula.high, abs=0.1)


@pytest.mark.parametrize("clusters", [6, 12])
def test_few_clusters_get_the_width_of_students_t(clusters: int) -> None:
    sums = np.stack([textbook.norm.ppf((np.arange(clusters) + 0.5) / clusters), np.ones(clusters)], axis=1)
    found = stats.cluster_bootstrap(mean, sums, resamples=20_000)
    formula = stats.clustered_interval(sums[:, 0], range(clusters))
    assert found.high - found.low == pytest.approx(formula.high - formula.low, rel=0.08)  # percentiles: 0.70 and 0.85


@pytest.mark.parametrize("clusters", [60, 2000])  # rows as they are, and equal rows collapsed
def test_bootstrap_agrees_with_scipy_for_a_ratio(clusters: int) -> None:
    counts = np.random.default_rng(5).integers(0, 3, size=(clusters, 3)) + 1

    def flat(tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, axis: int = -1) -> np.ndarray:
        return f1(np.stack([tp.sum(axis), fp.sum(axis), fn.sum(axis)], axis=-1))

    reference = textbook.bootstrap(
        tuple(counts.T), flat, paired=True, method="percentile", n_resamples=4000, rng=np.random.default_rng(5)
    )
    found = stats.cluster_bootstrap(f1, counts, resamples=4000)
    assert found.value == pytest.approx(flat(*counts.T), rel=1e-12)
    assert found.se == pytest.approx(reference.standard_error, rel=0.06)
    assert found.low == pytest.approx(reference.confidence_interval.low, abs=0.2 * reference.standard_error)
    assert found.high == pytest.approx(reference.confidence_interval.high, abs=0.2 * reference.standard_error)


def test_sparse_and_dense_tables_draw_the_same_clusters() -> None:
    generator = np.random.default_rng(6)
    dense = generator.integers(0, 3, size=(80, 40)) * (generator.random((80, 40)) < 0.2)

    def macro(sums: np.ndarray) -> np.ndarray:
        return (sums / (sums + 10)).mean(axis=-1)

    assert stats.cluster_bootstrap(macro, sparse.coo_matrix(dense)) == stats.cluster_bootstrap(macro, dense)


def test_macro_f1_over_an_open_label_set() -> None:
    generator = np.random.default_rng(7)
    images, labels = np.repeat(np.arange(300), 5), 20_000
    true = generator.integers(0, labels, 1500)
    predicted = np.where(generator.random(1500) < 0.7, true, generator.integers(0, labels, 1500))
    items, ones = np.arange(1500), np.ones(1500)
    columns = [
        sparse.csr_array((ones * (true == predicted), (items, true)), shape=(1500, labels)),
        sparse.csr_array((ones, (items, predicted)), shape=(1500, labels)),
        sparse.csr_array((ones, (items, true)), shape=(1500, labels)),
    ]
    sums = stats.sum_by_cluster(sparse.hstack(columns), images)

    def macro_f1(sums: np.ndarray) -> np.ndarray:
        right, said, there = sums[..., :labels], sums[..., labels : 2 * labels], sums[..., 2 * labels :]
        seen = said + there > 0
        scores = np.divide(2 * right, said + there, out=np.zeros_like(right), where=seen)
        return scores.sum(axis=-1) / np.maximum(seen.sum(axis=-1), 1)

    found = stats.cluster_bootstrap(macro_f1, sums, resamples=100)
    dense = stats.cluster_bootstrap(macro_f1, sums.toarray(), resamples=100)
    assert found == dense
    assert found.low is not None
    assert found.high is not None
    assert 0.4 < found.low < found.high < 0.8


def test_average_precision_by_the_weight_of_each_image() -> None:
    generator = np.random.default_rng(8)
    image = generator.integers(0, 50, 400)
    order = np.argsort(-generator.random(400))
    hit, image = generator.random(400)[order] < 0.6, image[order]
    truths = np.bincount(image, weights=hit, minlength=50) + 1

    def precision(weights: np.ndarray) -> np.ndarray:
        right = np.cumsum(weights[..., image] * hit, axis=-1)
        seen = np.maximum(np.cumsum(weights[..., image], axis=-1), 1)
        return (weights[..., image] * hit * right / seen).sum(axis=-1) / (weights * truths).sum(axis=-1)

    found = stats.cluster_bootstrap(precision, sparse.identity(50), resamples=500)
    assert found.value == pytest.approx(float(precision(np.ones(50))), rel=1e-12)
    by_copying = []
    for _ in range(500):
        weights = np.bincount(generator.integers(0, 50, 50), minlength=50)
        by_copying.append(float(precision(weights.astype(float))))
    assert found.se == pytest.approx(np.std(by_copying, ddof=1), rel=0.15)


@pytest.mark.parametrize("table", ["narrow", "collapsed", "wide", "sparse"])
def test_the_order_of_the_clusters_leaves_no_trace(table: str) -> None:
    generator = np.random.default_rng(9)
    groups, width = {"narrow": (20, 2), "collapsed": (500, 2), "wide": (60, 30), "sparse": (60, 30)}[table]
    # Columns of very different size: what tells rows apart is in the small one too.
    sums = generator.integers(0, 3, size=(groups, width)) * np.exp2(-np.arange(width)) + 1.0
    order = generator.permutation(groups)
    wrap = sparse.csr_array if table == "sparse" else np.asarray
    first, shuffled = (stats.cluster_bootstrap(mean, wrap(s), resamples=300) for s in (sums, sums[order]))
    assert shuffled == first
    swapped = sums[generator.permutation(groups)]
    paired = [
        stats.paired_bootstrap(mean, wrap(a), wrap(b), resamples=300, permutations=300)
        for a, b in ((sums, swapped), (sums[order], swapped[order]))
    ]
    assert paired[0] == paired[1]


def test_bootstrap_is_seeded() -> None:
    sums = np.random.default_rng(10).integers(0, 50, size=(37, 2)) + 1
    first = stats.cluster_bootstrap(mean, sums, resamples=500, seed=0)
    assert stats.cluster_bootstrap(mean, sums, resamples=500, seed=0) == first
    assert stats.cluster_bootstrap(mean, sums, resamples=500, seed=1) != first


def test_the_statistic_says_what_an_undefined_resample_is_worth() -> None:
    # Two of three images have no prediction: one resample in four or so has none at all.
    sums = [[0, 0], [0, 0], [3, 4]]
    found = stats.cluster_bootstrap(lambda s: s[..., 0] / np.maximum(s[..., 1], 1), sums)
    assert (found.value, found.low, found.high) == (0.75, 0.0, 0.75)
    with np.errstate(invalid="ignore"), pytest.raises(InputError, match="not finite"):
        stats.cluster_bootstrap(mean, sums)


def test_few_clusters_have_a_value_or_nothing() -> None:
    found = stats.cluster_bootstrap(lambda s: s[..., 0], [[3.0]])
    assert (found.value, found.low, found.high, found.se) == (3.0, None, None, None)
    assert stats.cluster_bootstrap(lambda s: s[..., 0], np.zeros((0, 1))).value is None


def test_bootstrap_refuses_what_it_cannot_use() -> None:
    with pytest.raises(InputError, match="shape"):
        stats.cluster_bootstrap(lambda s: s, [[1.0], [2.0]])
    with pytest.raises(InputError, match="finite table"):
        stats.cluster_bootstrap(lambda s: s[..., 0], [1.0, 2.0])
    with pytest.raises(InputError, match="clusters 1: are too few"):
        stats.expanded_tail(0.95, 1)
    with pytest.raises(InputError, match="resamples 1: are too few"):
        stats.cluster_bootstrap(lambda s: s[..., 0], [[1.0], [2.0]], resamples=1)
