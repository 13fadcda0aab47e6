"""Recall of a similarity matrix that somebody else has made."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics.retrieval._tables import as_array
from sarbench.metrics.retrieval._ties import checked_k, expected_hits, expected_rank

Relevant = npt.ArrayLike | Sequence[Sequence[int]] | Sequence[Set[int]]


def recall_at_k(similarity: npt.ArrayLike, *, relevant: Relevant, k: Sequence[int] = (1, 5, 10)) -> dict[str, float]:
    """Return the share of queries with a relevant target among the k most similar ones.

    Equal similarities are taken to be in random order, and the expected value over all orders is returned: a query
    counts with the probability that at least one relevant target is among the first k (see
    `sarbench.metrics.retrieval._ties` for the formula). sarbench's own rule; a matrix without ties gives the recall@k
    of the literature.

    Args:
        similarity: [Q, T] similarity of every query to every target, a numpy array, lists, or a torch tensor on any
            device; larger is more similar. ±inf is allowed.
        relevant: What is right for each query: [Q] indices of the one right target, Q lists or sets of indices, or a
            boolean [Q, T] matrix. A matrix of numbers 0 and 1 is refused: its lines would be read as indices.
        k: Cut-offs.

    Returns:
        `r@1`, `r@5`, … as fractions in 0..1, higher is better, and `median_rank`: the median over the queries of the
        expected rank (from 1) of the best-placed relevant target, lower is better.

    Raises:
        InputError: The matrix is empty, not two-dimensional or holds NaN; a query has no relevant target, or one that
            does not exist; the cut-offs are none.

    >>> recall_at_k([[0.9, 0.1], [0.5, 0.5]], relevant=[0, 1], k=(1,))
    {'r@1': 0.75, 'median_rank': 1.25}
    """
    cuts = checked_k(k)
    table = _checked(similarity)
    right = _matrix(relevant, table.shape)
    best = np.where(right, table, -np.inf).max(axis=1, keepdims=True)
    at_best = table == best
    greater = np.count_nonzero(table > best, axis=1)
    level = np.count_nonzero(at_best, axis=1)
    hit = np.count_nonzero(at_best & right, axis=1)
    found = {f"r@{cut}": float(expected_hits(greater, level, hit, cut).mean()) for cut in cuts}
    return {**found, "median_rank": float(np.median(expected_rank(greater, level, hit)))}


def _checked(similarity: npt.ArrayLike) -> npt.NDArray[np.float64]:
    table = as_array(similarity, "similarity")
    if table.ndim != 2 or not table.size or table.dtype.kind not in "fiub":
        raise InputError(
            where="similarity",
            problem=f"is no table of numbers, but {table.dtype} of the shape {table.shape}",
            fix="Give numbers of the shape [queries, targets]",
        )
    missing = np.isnan(table).any(axis=1)
    if missing.any():
        raise InputError(
            where=f"similarity[{int(missing.argmax())}]",
            problem="holds NaN",
            fix="Look for embeddings of length zero, or leave the query out",
        )
    numbers: npt.NDArray[np.float64] = table
    return numbers


def _matrix(relevant: Relevant, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return [Q, T]: True where a target is right for a query."""
    given: object = as_array(relevant, "relevant") if hasattr(relevant, "detach") else relevant
    if isinstance(given, Mapping | str) or not isinstance(given, Iterable):
        raise InputError(
            where="relevant",
            problem=f"is {type(given).__name__}, where an entry for each query is expected",
            fix="Give one index, or one list of indices, for each row of similarity, in its order",
        )
    if isinstance(given, np.ndarray) and given.dtype == bool and given.shape == shape:
        right = given
    elif isinstance(given, np.ndarray) and given.shape == shape and _is_mask(given, shape[1]):
        _refuse_mask("relevant")
    else:
        right = _from_indices(list(given), shape)
    none = ~right.any(axis=1)
    if none.any():
        raise InputError(
            where=f"relevant[{int(none.argmax())}]",
            problem="names no target",
            fix="Leave out the row of a query that has no right target",
        )
    return right


def _from_indices(lines: Sequence[object], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    queries, targets = shape
    if len(lines) != queries:
        raise InputError(
            where="relevant",
            problem=f"speaks of {len(lines)} queries where similarity has {queries}",
            fix="Give one index, or one list of indices, for each row of similarity",
        )
    right = np.zeros(shape, dtype=bool)
    for query, line in enumerate(lines):
        indices = np.atleast_1d(as_array(list(line) if isinstance(line, Set) else line, f"relevant[{query}]"))
        if indices.dtype == bool and indices.shape == (targets,):
            indices = np.flatnonzero(indices)
        elif _is_mask(indices, targets) and len(np.unique(indices)) < targets:
            _refuse_mask(f"relevant[{query}]")
        if indices.size and (indices.dtype.kind not in "iu" or indices.min() < 0 or indices.max() >= targets):
            raise InputError(
                where=f"relevant[{query}]",
                problem=f"is {line!r}, which is not among the targets 0..{targets - 1}",
                fix="Count targets from 0, in the order of the columns of similarity",
            )
        right[query, indices.astype(np.intp)] = True
    return right


def _is_mask(numbers: npt.NDArray[Any], targets: int) -> bool:
    """Tell whether there is a 0 or a 1 for every target."""
    return numbers.shape[-1] == targets > 1 and numbers.dtype.kind in "iuf" and bool(np.isin(numbers, (0, 1)).all())


def _refuse_mask(where: str) -> NoReturn:
    raise InputError(
        where=where,
        problem="has a number 0 or 1 for every target, which would be read as indices of targets",
        fix="Give the matrix as booleans: relevant.astype(bool)",
    )
