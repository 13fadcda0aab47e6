"""Retrieval against brute force: every order of the ties written out, float64, the whole matrix at once."""

import itertools
import math
from collections.abc import Sequence
from statistics import median
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError, MissingExtraError, SarbenchError, UnknownNameError
from sarbench.metrics.retrieval import Direction, RetrievalScores, _count, _search, recall_at_k, scores

Table = npt.NDArray[np.float64]


def orders_of_ties(row: Sequence[float]) -> list[tuple[int, ...]]:
    """Return every order of the targets in which larger similarities stand first."""
    levels = [[i for i, s in enumerate(row) if s == value] for value in sorted(set(row), reverse=True)]
    return [
        tuple(itertools.chain(*parts)) for parts in itertools.product(*(itertools.permutations(lv) for lv in levels))
    ]


def expected_by_listing(row: Sequence[float], right: set[int], k: int) -> tuple[float, float]:
    """Return (probability of a hit within k, mean rank of the best-placed right target)."""
    ranks = [1 + min(order.index(i) for i in right) for order in orders_of_ties(row)]
    return sum(rank <= k for rank in ranks) / len(ranks), sum(ranks) / len(ranks)


def expected_by_sorting(table: Table, right: npt.NDArray[np.bool_], k: int) -> tuple[list[float], list[float]]:
    """Return the same for every row, from sorted rows and binomial coefficients."""
    hits, ranks = [], []
    for row, good in zip(table, right, strict=True):
        best = max(row[good])
        descending = sorted(row, reverse=True)
        before = descending.index(best)
        level = descending.count(best)
        good_level = int((row[good] == best).sum())
        places = min(max(k - before, 0), level)
        hits.append(1 - math.comb(level - good_level, places) / math.comb(level, places))
        ranks.append(before + (level + 1) / (good_level + 1))
    return hits, ranks


# recall_at_k


@settings(deadline=None)
@given(st.data())
def test_recall_is_the_mean_over_all_orders_of_the_ties(data: st.DataObject) -> None:
    queries, targets = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 6))
    table = np.array(data.draw(st.lists(st.lists(st.integers(0, 2), min_size=targets, max_size=targets),
                                        min_size=queries, max_size=queries)), dtype=np.float64)  # fmt: skip
    right = [data.draw(st.sets(st.integers(0, targets - 1), min_size=1)) for _ in range(queries)]
    found = recall_at_k(table, relevant=[sorted(one) for one in right], k=(1, 2, 5))
    for k in (1, 2, 5):
        listed = [expected_by_listing(row, one, k) for row, one in zip(table.tolist(), right, strict=True)]
        assert found[f"r@{k}"] == pytest.approx(np.mean([hit for hit, _ in listed]), abs=1e-12)
        assert found["median_rank"] == pytest.approx(median(rank for _, rank in listed), abs=1e-12)


def test_recall_without_ties_is_plain_counting() -> None:
    table = np.random.default_rng(0).standard_normal((200, 50))
    own = np.random.default_rng(1).integers(0, 50, 200)
    rank = np.array([1 + int((row > row[i]).sum()) for row, i in zip(table, own, strict=True)])
    found = recall_at_k(table, relevant=own)
    assert found == {
        "r@1": (rank <= 1).mean(),
        "r@5": (rank <= 5).mean(),
        "r@10": (rank <= 10).mean(),
        "median_rank": np.median(rank),
    }


def test_the_forms_of_relevant_agree() -> None:
    table = np.random.default_rng(2).integers(0, 4, (6, 7)).astype(float)
    own = [0, 3, 6, 2, 2, 5]
    matrix = np.zeros((6, 7), dtype=bool)
    matrix[range(6), own] = True
    first = recall_at_k(table, relevant=own)
    assert first == recall_at_k(table, relevant=[[i] for i in own]) == recall_at_k(table, relevant=matrix)
    assert first == recall_at_k(table, relevant=matrix.tolist()) == recall_at_k(table, relevant=np.array(own))
    assert first == recall_at_k(table, relevant=[{i} for i in own])


def test_all_targets_may_be_right() -> None:
    assert recall_at_k([[1.0, 2.0]], relevant=[[1, 0]], k=(1,))["r@1"] == 1.0
    assert recall_at_k([[1.0, 2.0]], relevant=[{0, 1}], k=(1,))["r@1"] == 1.0


@pytest.mark.parametrize(
    "matrix",
    [
        np.array([[1, 0], [0, 1]]),
        np.eye(2),
        np.eye(3, dtype=np.uint8),
        np.eye(3, dtype=int).tolist(),
        [np.array([0, 0]), np.array([0, 1])],
    ],
)
def test_a_matrix_of_zeros_and_ones_is_not_read_as_indices(matrix: object) -> None:
    """Read as indices, every query would have targets 0 and 1 for right ones, and recall would be far too high."""
    with pytest.raises(InputError, match=r"0 or 1 for every target.*astype\(bool\)"):
        recall_at_k(np.eye(len(matrix))[::-1], relevant=matrix)  # type: ignore[arg-type]


def test_similarities_may_be_tensors() -> None:
    torch = pytest.importorskip("torch")
    table, own = np.random.default_rng(2).integers(0, 4, (6, 7)).astype(float), [0, 3, 6, 2, 2, 5]
    first = recall_at_k(table, relevant=own)
    right = torch.zeros((6, 7), dtype=torch.bool)
    right[range(6), own] = True
    for kind in (torch.bfloat16, torch.float16, torch.float32, torch.float64):
        tensor = torch.from_numpy(table).to(kind).requires_grad_()
        assert first == recall_at_k(tensor, relevant=torch.tensor(own)) == recall_at_k(tensor, relevant=right)


def test_all_level_is_chance() -> None:
    found = recall_at_k(np.zeros((10, 10)), relevant=range(10), k=(1, 5, 10, 100))
    expected = {"r@1": 0.1, "r@5": 0.5, "r@10": 1.0, "r@100": 1.0, "median_rank": 5.5}
    assert found == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("table", "relevant", "k", "says"),
    [
        ([[1.0, math.nan]], [0], (1,), "NaN"),
        ([1.0, 2.0], [0], (1,), "shape"),
        ([[]], [0], (1,), "shape"),
        ([["a"]], [0], (1,), "numbers"),
        ([[1.0, 2.0]], [2], (1,), "0..1"),
        ([[1.0, 2.0]], [-1], (1,), "0..1"),
        ([[1.0, 2.0]], [None], (1,), "0..1"),
        ([[1.0, 2.0]], [0.5], (1,), "0..1"),
        ([[1.0, 2.0]], [[]], (1,), "no target"),
        ([[1.0, 2.0]], [[False, False]], (1,), "no target"),
        ([[1.0, 2.0]], [0, 1], (1,), "2 queries"),
        ([[1.0, 2.0]], [0], (), "cut-offs"),
        ([[1.0, 2.0]], [0], (0,), "cut-offs"),
        ([[1.0, 2.0]], [0], (1, 1), "cut-offs"),
        ([[1.0, 2.0]], [0], (True,), "cut-offs"),
        ([[1.0, 2.0]], [0], (1.5,), "cut-offs"),
        ([[1.0, 2.0]], [0], 5, "k 5: are no cut-offs"),
        ([[1.0, 2.0], [1.0]], [0, 0], (1,), "similarity: cannot be read.*equal length"),
        ([[1.0, 2.0]], None, (1,), "relevant: is NoneType"),
        ([[1.0, 2.0]], 0, (1,), "relevant: is int"),
        ([[1.0, 2.0]], {0: [1]}, (1,), "relevant: is dict"),
        ([[1.0, 2.0]], "0", (1,), "relevant: is str"),
        ([[1.0, 2.0]], [[0, [1]]], (1,), r"relevant\[0\]: cannot be read"),
    ],
)
def test_recall_refuses(table: object, relevant: object, k: tuple[int, ...], says: str) -> None:
    with pytest.raises(InputError, match=says):
        recall_at_k(table, relevant=relevant, k=k)  # type: ignore[arg-type]


# scores

CORNERS = np.array(list(itertools.product((-1.0, 1.0), repeat=4)))
"""Vectors whose cosines are multiples of 1/2 in any precision: ties are exact whoever multiplies."""


def relevance(owners: Sequence[int], images: int, captions: Sequence[int] | None) -> npt.NDArray[np.bool_]:
    """Return [I, T] by the definition: written for it, or says what one written for it says."""
    said = list(range(len(owners))) if captions is None else list(captions)
    mine = [{said[t] for t, owner in enumerate(owners) if owner == i} for i in range(images)]
    return np.array([[said[t] in mine[i] for t in range(len(owners))] for i in range(images)])


def check_expected(found: Direction, table: Table, right: npt.NDArray[np.bool_]) -> None:
    for k in (1, 5, 10):
        hits, ranks = expected_by_sorting(table, right, k)
        np.testing.assert_allclose(found.hits[f"r@{k}"], hits, atol=1e-12)
        np.testing.assert_allclose(found.rank, ranks, atol=1e-12)
        assert found.recall[f"r@{k}"] == pytest.approx(np.mean(hits))
    assert found.median_rank == pytest.approx(np.median(ranks))
    assert found.mean_rank == pytest.approx(np.mean(ranks))


def check_in_order(found: Direction, table: Table, right: npt.NDArray[np.bool_]) -> None:
    """Compare with a stable descending argsort."""
    order = np.argsort(-table, axis=1, kind="stable")
    rank = 1 + np.take_along_axis(right, order, axis=1).argmax(axis=1)
    assert found.rank.tolist() == rank.tolist()
    for k in (1, 5, 10):
        assert found.recall[f"r@{k}"] == pytest.approx((rank <= k).mean())


@st.composite
def searches(draw: st.DrawFn) -> SimpleNamespace:
    """Few directions, few captions, several texts an image: ties everywhere."""
    images = draw(st.integers(1, 9))
    owners = list(range(images)) + draw(st.lists(st.integers(0, images - 1), max_size=6))
    owners = draw(st.permutations(owners))
    pick = st.integers(0, draw(st.sampled_from([1, 5, 15])))
    return SimpleNamespace(
        images=CORNERS[draw(st.lists(pick, min_size=images, max_size=images))],
        texts=CORNERS[draw(st.lists(pick, min_size=len(owners), max_size=len(owners)))],
        owners=owners,
        captions=draw(st.none() | st.lists(st.integers(0, 3), min_size=len(owners), max_size=len(owners))),
        chunk=draw(st.sampled_from([1, 2, 3, 7, None])),
    )


@settings(deadline=None, max_examples=200)
@given(searches())
def test_strict_is_the_expected_value_over_ties(case: SimpleNamespace) -> None:
    found = scores(case.images, case.texts, text_image_ids=case.owners, captions=case.captions, chunk=case.chunk)
    table = case.images @ case.texts.T
    right = relevance(case.owners, len(case.images), case.captions)
    check_expected(found.image_to_text, table, right)
    check_expected(found.text_to_image, table.T, right.T)
    six = [*found.image_to_text.recall.values(), *found.text_to_image.recall.values()]
    assert len(six) == 6
    assert found.mean_recall == pytest.approx(sum(six) / 6)
    assert found.captions == len(set(case.captions or range(len(case.owners))))


@settings(deadline=None, max_examples=200)
@given(searches())
def test_paper_is_a_stable_sort(case: SimpleNamespace) -> None:
    found = scores(
        case.images, case.texts, text_image_ids=case.owners, captions=case.captions, chunk=case.chunk, protocol="paper"
    )
    table = case.images @ case.texts.T
    right = relevance(case.owners, len(case.images), None)
    check_in_order(found.image_to_text, table, right)
    check_in_order(found.text_to_image, table.T, right.T)


@pytest.mark.parametrize("way", ["numba", "torch", "tensors"])
@settings(deadline=None, max_examples=50)
@given(searches(), st.sampled_from(["strict", "paper"]), st.sampled_from([np.float32, np.float64]))
def test_every_way_of_counting_gives_the_same(way: str, case: SimpleNamespace, protocol: str, kind: type) -> None:
    pytest.importorskip("numba" if way == "numba" else "torch")
    images, texts = case.images.astype(kind), case.texts.astype(kind)
    asked = {"text_image_ids": case.owners, "captions": case.captions, "chunk": case.chunk, "protocol": protocol}
    plain = numbers(scores(images, texts, **asked))
    if way == "tensors":
        import torch

        assert numbers(scores(torch.from_numpy(images), torch.from_numpy(texts), **asked)) == plain
    elif way == "torch":
        assert numbers(scores(images, texts, **asked, device="cpu")) == plain
    else:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_count, "WORTH_COMPILING", 0)
            assert numbers(scores(images, texts, **asked)) == plain


def numbers(found: RetrievalScores) -> list[object]:
    sides = (found.image_to_text, found.text_to_image)
    return [found.mean_recall, *(side.rank.tolist() for side in sides), *(dict(side.recall) for side in sides)]


@settings(deadline=None, max_examples=60)
@given(searches(), st.booleans())
def test_the_kernel_counts_as_numpy_does(case: SimpleNamespace, in_order: bool) -> None:
    """The kernel's source in plain Python, without numba."""
    rng = np.random.default_rng(len(case.owners))
    tile = case.images @ case.texts.T

    def half(best: Table) -> _count.Half:
        n = len(best)
        limit = rng.integers(0, 5, n) if in_order else np.full(n, _count.MAX_KEY)
        return _count.Half(
            best, limit, rng.integers(1, 4, n), rng.integers(0, 5, n), np.zeros(n, np.int64), np.zeros(n, np.int64)
        )

    rows, columns = half(np.median(tile, axis=1)), half(np.median(tile, axis=0))
    _count.count_plain(tile, rows, columns)
    again = [np.zeros_like(one) for one in (rows.greater, rows.level, columns.greater, columns.level)]
    sides = [(side.best, side.limit, side.weight, side.key) for side in (rows, columns)]
    _count.fused_tile(tile, *sides, *again)
    for mine, theirs in zip(again, (rows.greater, rows.level, columns.greater, columns.level), strict=True):
        assert mine.tolist() == theirs.tolist()


def test_float32_ranks_are_float64_ranks() -> None:
    rng = np.random.default_rng(3)
    images = rng.standard_normal((700, 64))
    texts = images + 0.9 * rng.standard_normal((700, 64))
    normed = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in (images, texts)]
    table = normed[0] @ normed[1].T
    own = np.diag(table)
    for kind in (np.float32, np.float64):
        for protocol in ("strict", "paper"):
            found = scores(images.astype(kind), texts.astype(kind), protocol=protocol, chunk=128)
            assert found.image_to_text.rank.tolist() == (1 + (table > own[:, None]).sum(axis=1)).tolist()
            assert found.text_to_image.rank.tolist() == (1 + (table > own).sum(axis=0)).tolist()


def test_equal_embeddings_tie_to_the_last_bit_wherever_they_stand() -> None:
    """Odd sizes and widths: a product of matrices rounds alike columns differently at its edges."""
    rng = np.random.default_rng(4)
    few = rng.standard_normal((13, 77)).astype(np.float32)
    which = rng.permutation(np.arange(13).repeat(31))
    images = rng.standard_normal((len(which), 77)).astype(np.float32)
    for chunk in (5, 64, None):
        found = scores(images, few[which], protocol="paper", chunk=chunk)
        strict = scores(images, few[which], captions=which.tolist(), chunk=chunk)
        # Each caption has 31 texts: with strict, ranks come in steps of 31.
        assert set(((strict.image_to_text.rank - 1) % 31).tolist()) == {0.0}
        before = [int((which[:i] == which[i]).sum()) for i in range(len(which))]
        assert found.image_to_text.rank.tolist() == (strict.image_to_text.rank + before).tolist()


def test_repeated_captions_make_the_protocols_differ() -> None:
    embeddings = np.eye(4).repeat(5, axis=0)
    said = [f"a port {i // 5}" for i in range(20)]
    assert scores(embeddings, embeddings, captions=said).mean_recall == 1.0
    paper = scores(embeddings, embeddings, captions=said, protocol="paper")
    assert paper.image_to_text.recall == {"r@1": 0.2, "r@5": 1.0, "r@10": 1.0}
    assert (paper.captions, paper.images, paper.texts) == (4, 20, 20)
    assert paper.table()["t2i_r@1"] == 0.2
    assert len(paper.table()) == 9


def test_strict_takes_a_repeated_image_for_the_same_image() -> None:
    images = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    texts = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    found = scores(images, texts, image_ids=["a", "a", "b"], k=(1,))
    assert found.image_to_text.hits["r@1"].tolist() == [1.0, 1.0, 0.5]  # text 0 is level with text 2
    assert found.text_to_image.hits["r@1"].tolist() == [0.0, 1.0, 1.0]


def test_names_may_be_anything_hashable_and_in_any_order() -> None:
    rng = np.random.default_rng(5)
    images, texts = rng.standard_normal((6, 8)), rng.standard_normal((9, 8))
    owners = [5, 0, 1, 2, 3, 4, 0, 0, 1]
    plain = scores(images, texts, text_image_ids=owners)
    named = scores(
        images, texts, image_ids=[f"chip {i}" for i in range(6)], text_image_ids=[f"chip {i}" for i in owners]
    )
    assert numbers(plain) == numbers(named)


def test_names_may_be_a_tensor() -> None:
    torch = pytest.importorskip("torch")
    owners, captions = [2, 0, 1, 2], [0, 1, 0, 1]
    plain = scores(GOOD, CORNERS[:4, :3], text_image_ids=owners, captions=captions)
    given_ = {"image_ids": torch.arange(3), "text_image_ids": torch.tensor(owners), "captions": torch.tensor(captions)}
    found = scores(GOOD, CORNERS[:4, :3], **given_)
    assert numbers(found) == numbers(plain)
    assert found.captions == 2


def test_half_precision_tensors_are_read() -> None:
    torch = pytest.importorskip("torch")
    corners = torch.from_numpy(CORNERS)
    expected = numbers(scores(CORNERS, CORNERS))
    for kind in (torch.bfloat16, torch.float16, torch.float32):
        assert numbers(scores(corners.to(kind).requires_grad_(), corners.to(kind))) == expected


def test_huge_and_tiny_embeddings_keep_their_direction() -> None:
    scale = np.array([1e-200, 1e200, 1.0, 1e-300]).repeat(4)[:, None]
    assert numbers(scores(CORNERS * scale, CORNERS)) == numbers(scores(CORNERS, CORNERS))


GOOD = np.eye(3)


@pytest.mark.parametrize(
    ("images", "texts", "given_", "says"),
    [
        (GOOD, np.eye(4), {}, "3 and 4 dimensions"),
        (GOOD, np.eye(3)[:2], {}, "2 embeddings"),
        (GOOD[0], GOOD, {}, "shape"),
        (GOOD[:0], GOOD, {}, "shape"),
        (np.array([["a"]]), GOOD, {}, "numbers"),
        (GOOD * [[1], [math.nan], [1]], GOOD, {}, r"image_embeddings\[1\].*NaN"),
        (GOOD, np.where(GOOD > 0, [1, 1, math.inf], 0), {}, r"text_embeddings\[2\].*infinity"),
        (GOOD, GOOD * [[1], [0], [1]], {}, r"text_embeddings\[1\].*length zero"),
        (GOOD, GOOD, {"image_ids": ["a", "b"]}, "image_ids"),
        (GOOD, GOOD, {"text_image_ids": [0, 1, 3]}, r"text_image_ids\[2\]: names the image 3"),
        (GOOD, GOOD, {"text_image_ids": [0, 1, 1]}, "image 2: has no text"),
        (GOOD, GOOD, {"text_image_ids": [0, 1, 2], "image_ids": [0, 1, None]}, r"image_ids\[2\]: is None"),
        (GOOD, GOOD, {"text_image_ids": [0, 1, 1], "image_ids": [0, 1, 1], "protocol": "paper"}, "alike"),
        (GOOD, GOOD, {"captions": ["a", "b"]}, "captions"),
        (GOOD, GOOD, {"captions": ["a", "b", None]}, r"captions\[2\]"),
        (GOOD, GOOD, {"captions": [["a"], ["b"], ["c"]]}, r"captions\[0\]: is list"),
        (GOOD, GOOD, {"image_ids": [{}, {}, {}]}, r"image_ids\[0\]: is dict"),
        ([[1.0, 2.0], [1.0]], GOOD, {}, "image_embeddings: cannot be read"),
        (GOOD, GOOD, {"k": 5}, "cut-offs"),
        (GOOD, GOOD, {"chunk": 2.5}, "chunk 2.5"),
        (GOOD, GOOD, {"k": (0,)}, "cut-offs"),
        (GOOD, GOOD, {"chunk": 0}, "chunk"),
        (GOOD, GOOD, {"device": "cuda:99"}, "cuda:99"),
    ],
)
def test_scores_refuse(images: object, texts: object, given_: dict[str, object], says: str) -> None:
    if "device" in given_:
        pytest.importorskip("torch")
    with pytest.raises(InputError, match=says):
        scores(images, texts, **given_)  # type: ignore[arg-type]


def test_an_unknown_protocol_is_named() -> None:
    with pytest.raises(UnknownNameError, match="coco"):
        scores(GOOD, GOOD, protocol="coco")  # type: ignore[arg-type]


def test_a_device_needs_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(MissingExtraError, match="torch"):
        scores(GOOD, GOOD, device="cuda")


def test_a_product_that_varies_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _search._tiles

    def varying(*args: object, relevant_only: bool, **kwargs: object) -> object:
        for rows, columns, tile in whole(*args, relevant_only=relevant_only, **kwargs):  # type: ignore[arg-type]
            yield rows, columns, tile if relevant_only else tile * 0.5

    monkeypatch.setattr(_search, "_tiles", varying)
    with pytest.raises(SarbenchError, match="two results"):
        scores(GOOD, GOOD)
