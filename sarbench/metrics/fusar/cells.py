"""FUSAR-GPT's 3 × 3 localisation (arXiv 2602.19190): which cells of the image hold a target.

The columns are called Acc@100, Acc@50 and Top1; no definition of them was seen, so all three are our reading.
"""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

from sarbench.errors import InputError
from sarbench.metrics._paired import check_paired


@dataclass(frozen=True)
class CellFacts:
    """One localisation answer against the true cells of the 3 × 3 grid."""

    all_found: bool
    half_found: bool
    first_right: bool
    same_set: bool


@dataclass(frozen=True)
class CellScores:
    """N localisation answers."""

    acc_100: float | None
    """Acc@100, our reading: share of answers that name all true cells. Naming all nine is always right."""
    acc_50: float | None
    """Acc@50, our reading: share of answers that name at least half of the true cells."""
    top1: float | None
    """Top1, our reading: share of answers whose first cell is a true one."""
    same_set: float | None
    """Share of answers that name the true cells and no other: sarbench's own, which naming all nine does not win."""
    n: int


def cell_facts(predicted: Sequence[str] | None, true: Collection[str]) -> CellFacts:
    """Compare the cells that one answer names with the true ones.

    Args:
        predicted: Cells in the order of the answer, in the names of `sarbench.answers` ("top left"); None where it
            could not be read.
        true: The cells that hold a target.

    Raises:
        InputError: No true cell, or a single text in place of a list.

    >>> cell_facts(["top left", "top right"], {"top left", "middle center"})
    CellFacts(all_found=False, half_found=True, first_right=True, same_set=False)
    """
    if not _are_cells(true) or not len(true) or not (predicted is None or _are_cells(predicted)):
        raise InputError(
            where=f"cells {predicted!r} against {true!r}",
            problem="are no lists of cells, or no cell is true",
            fix="Give lists of cells; leave out images without a target",
        )
    said, meant = set(predicted or ()), set(true)
    found = len(said & meant)
    return CellFacts(
        all_found=found == len(meant),
        half_found=2 * found >= len(meant),
        first_right=next(iter(predicted or ()), None) in meant,
        same_set=said == meant,
    )


def cell_scores(predicted: Sequence[Sequence[str] | None], true: Sequence[Collection[str]]) -> CellScores:
    """Score 3 × 3 localisation: Acc@100, Acc@50 and Top1 as we read them (no definition was seen).

    Args, errors: as `cell_facts`, in lists of one length.

    >>> cell_scores([["top left"], None], [["top left"], ["top left"]]).acc_100
    0.5
    """
    check_paired(predicted, true)
    facts = [cell_facts(said, meant) for said, meant in zip(predicted, true, strict=True)]
    return CellScores(
        acc_100=_share([fact.all_found for fact in facts]),
        acc_50=_share([fact.half_found for fact in facts]),
        top1=_share([fact.first_right for fact in facts]),
        same_set=_share([fact.same_set for fact in facts]),
        n=len(facts),
    )


def _are_cells(given: object) -> bool:
    return isinstance(given, list | tuple | Set) and all(isinstance(cell, str) for cell in given)


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None
