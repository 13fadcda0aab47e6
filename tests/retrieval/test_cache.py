from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from sarbench.errors import RunError
from sarbench.retrieval.cache import CHUNK, cache_folder, cached
from sarbench.retrieval.encoder import Embeddings


class Source:
    def __init__(self, table: np.ndarray) -> None:
        self.table = table.astype(np.float32)
        self.asked: list[int] = []

    def __call__(self, places: Sequence[int]) -> Embeddings:
        self.asked += places
        return self.table[list(places)]


@pytest.fixture
def source() -> Source:
    return Source(np.random.default_rng(0).normal(size=(2 * CHUNK + 5, 3)))


def test_vectors_have_length_one_and_keep_their_direction(tmp_path: Path, source: Source) -> None:
    found = cached(tmp_path, len(source.table), source)
    assert found.dtype == np.float32
    expected = source.table / np.linalg.norm(source.table, axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_nothing_is_computed_twice(tmp_path: Path, source: Source) -> None:
    first = cached(tmp_path, len(source.table), source)
    source.asked.clear()
    np.testing.assert_array_equal(cached(tmp_path, len(source.table), source), first)
    assert source.asked == []


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"half a chunk"])
def test_a_torn_chunk_is_computed_again(tmp_path: Path, source: Source, content: bytes) -> None:
    first = cached(tmp_path, len(source.table), source)
    (tmp_path / "000001.npy").write_bytes(content)
    source.asked.clear()
    np.testing.assert_array_equal(cached(tmp_path, len(source.table), source), first)
    assert source.asked == list(range(CHUNK, 2 * CHUNK))


def test_a_chunk_cut_at_any_byte_is_computed_again(tmp_path: Path, source: Source) -> None:
    first = cached(tmp_path, len(source.table), source)
    whole = (tmp_path / "000002.npy").read_bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / "000002.npy").write_bytes(whole[:length])
        np.testing.assert_array_equal(cached(tmp_path, len(source.table), source), first)


def _nan(chunk: np.ndarray) -> np.ndarray:
    return np.full_like(chunk, np.nan)


def _rolled(chunk: np.ndarray) -> np.ndarray:
    return np.roll(chunk, 1, axis=0)


def _narrow(chunk: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(chunk[:, :2])


@pytest.mark.parametrize("change", [_nan, _rolled, _narrow])
@pytest.mark.parametrize("keeps_the_end", [True, False])
def test_a_changed_chunk_is_computed_again_and_told(
    tmp_path: Path, source: Source, change: Callable[[np.ndarray], np.ndarray], keeps_the_end: bool
) -> None:
    folder = tmp_path / "texts-abc"
    first = cached(folder, len(source.table), source)
    path = folder / "000001.npy"
    whole = path.read_bytes()
    with path.open("wb") as file:
        np.save(file, change(first[CHUNK : 2 * CHUNK]))
        file.write(whole[-32:] if keeps_the_end else b"")
    source.asked.clear()
    notes: list[str] = []
    np.testing.assert_array_equal(cached(folder, len(source.table), source, note=notes.append), first)
    assert source.asked == list(range(CHUNK, 2 * CHUNK))
    assert notes == ["1 of 3 stored chunks of texts were not as they had been written: computed again"]
    notes.clear()
    np.testing.assert_array_equal(cached(folder, len(source.table), source, note=notes.append), first)
    assert notes == []


def test_unreadable_items_stay_nan(tmp_path: Path) -> None:
    table = np.array([[3.0, 4.0], [np.nan, np.nan]])
    np.testing.assert_allclose(cached(tmp_path, 2, Source(table)), [[0.6, 0.8], [np.nan, np.nan]], rtol=1e-6)


@pytest.mark.parametrize("bad", [[0.0, 0.0], [np.inf, 1.0]])
def test_an_encoder_that_gives_no_direction_is_named(tmp_path: Path, bad: list[float]) -> None:
    folder = tmp_path / "images-abc"
    folder.mkdir()
    with pytest.raises(RunError, match=r"images\[1\]: gets an embedding"):
        cached(folder, 2, Source(np.array([[1.0, 0.0], bad])))
    assert list(folder.iterdir()) == []


def test_folders_differ_by_encoder_and_by_items(tmp_path: Path) -> None:
    keys = [{"weights": "a"}, {"weights": "b"}]
    folders = {cache_folder(tmp_path, key, "images", digest) for key in keys for digest in ("1" * 64, "2" * 64)}
    assert len(folders) == 4
    assert cache_folder(tmp_path, {"weights": "a"}, "images", "1" * 64) in folders
    assert len(list(tmp_path.glob("*/encoder.json"))) == 2
