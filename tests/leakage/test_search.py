import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from sarbench.leakage import DESCRIPTOR, candidates, confirm, describe, search, thumbnail, turn
from sarbench.leakage.search import CANDIDATE
from tests.leakage.chips import Picture, chip, cropped, jpeg, respeckled

CHANGES = (
    lambda picture: jpeg(picture),
    lambda picture: turn(picture, 5),
    lambda picture: respeckled(picture),
    lambda picture: cropped(picture),
    lambda picture: jpeg(respeckled(turn(cropped(picture, rows=0.92, top=0.2), 3))),
)


def described(pictures: list[Picture]) -> NDArray[np.void]:
    return np.array([describe(thumbnail(picture)) for picture in pictures], dtype=DESCRIPTOR)


@pytest.fixture(scope="module")
def family() -> list[Picture]:
    """30 chips, then 5 copies of each of the first 10."""
    chips = [chip(seed) for seed in range(30)]
    return [*chips, *(change(picture) for picture in chips[:10] for change in CHANGES)]


def test_every_copy_is_found_and_confirmed_and_nothing_else(family: list[Picture]) -> None:
    small = [thumbnail(picture) for picture in family]
    confirmed = {
        (min(int(pair["whole"]), int(pair["part"])), max(int(pair["whole"]), int(pair["part"])))
        for pair in candidates(described(family)).pairs
        if confirm(
            small[pair["whole"]],
            small[pair["part"]],
            orientations=[int(pair["orientation"])],
            window=int(pair["window"]),
        ).confirmed
    }
    owner = [*range(30), *(number for number in range(10) for _ in CHANGES)]
    assert {(number, 30 + 5 * number + kind) for number in range(10) for kind in range(5)} <= confirmed
    assert all(owner[one] == owner[other] for one, other in confirmed)


def test_the_orientation_lays_the_part_on_the_whole() -> None:
    picture = chip(1)
    (pair,) = candidates(described([picture, turn(picture, 5)])).pairs
    images = [picture, turn(picture, 5)]
    assert np.array_equal(turn(images[pair["part"]], pair["orientation"]), images[pair["whole"]])


def test_the_order_of_the_images_does_not_matter(family: list[Picture]) -> None:
    records = described(family)
    shuffled = np.random.default_rng(0).permutation(len(records))
    there = {frozenset((int(p["whole"]), int(p["part"]))) for p in candidates(records).pairs}
    back = {
        frozenset((int(shuffled[p["whole"]]), int(shuffled[p["part"]]))) for p in candidates(records[shuffled]).pairs
    }
    assert there == back


def test_one_pair_of_images_is_one_candidate(family: list[Picture]) -> None:
    pairs = candidates(described(family)).pairs
    both = [frozenset((int(pair["whole"]), int(pair["part"]))) for pair in pairs]
    assert len(set(both)) == len(both)
    assert all(len(pair) == 2 for pair in both)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_to_compare(count: int) -> None:
    found = candidates(described([chip(0)] * count) if count else np.zeros(0, dtype=DESCRIPTOR))
    assert len(found.pairs) == 0
    assert found.pairs.dtype == CANDIDATE
    assert len(found.crowded) == 0


def test_progress_counts_tables() -> None:
    seen: list[tuple[int, int]] = []
    candidates(described([chip(0)]), progress=lambda done, of: seen.append((done, of)))
    assert seen == list(zip(range(1, 33), itertools.repeat(32), strict=False))


def test_a_crowd_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CROWD", 10)
    records = np.concatenate([np.repeat(described([chip(0)]), 12), described([chip(1)])])
    found = candidates(records)
    assert found.crowded.tolist() == list(range(12))
    assert len(found.pairs) == 0
