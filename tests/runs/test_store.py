from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sarbench.errors import InputError, RunError
from sarbench.runs.finding import find_runs
from sarbench.runs.record import Scores
from sarbench.runs.samples import from_table, to_table
from sarbench.runs.store import load_run, load_samples, read_lines, rewriting, save_samples

LINE = {
    "id": "a",
    "sample_sha256": "0",
    "image_id": None,
    "width": 8,
    "height": 8,
    "prompt_id": "sarbench",
    "prompt_sha256": "0",
    "prompt": "?",
    "coords": "pixel",
    "perturbation": None,
    "target": "{}",
    "prediction": "\u00e9 \U0001f6f0",
    "parsed": "null",
    "outcome": "ok",
    "rule": "r",
    "scores": {"tp@0.5": 1.0, "exact": 0.0},
    "seconds": None,
    "tokens": 3,
}


def test_lines_survive_the_disk(tmp_path: Path) -> None:
    save_samples(tmp_path, "t", to_table([LINE]))
    assert from_table(load_samples(tmp_path, "t")) == [{**LINE, "scores": {"exact": 0.0, "tp@0.5": 1.0}}]


def test_missing_and_broken_samples_are_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"samples/t\.parquet: is missing"):
        load_samples(tmp_path, "t")
    path = tmp_path / "samples" / "t.parquet"
    path.parent.mkdir()
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(RunError, match="cannot be read"):
        load_samples(tmp_path, "t")
    pq.write_table(pa.table({"id": ["a"]}), path)
    with pytest.raises(RunError, match="other columns"):
        load_samples(tmp_path, "t")


def test_folders_that_are_no_runs_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        load_run(tmp_path / "absent")
    with pytest.raises(InputError, match=r"is no run: it has no manifest\.json"):
        load_run(tmp_path)
    (tmp_path / "manifest.json").write_text('{"run_id": 3}')
    with pytest.raises(InputError, match="is not a run record of this version"):
        load_run(tmp_path)
    assert find_runs(tmp_path) == [tmp_path]


@pytest.mark.parametrize("rewritten", [False, True])
def test_a_flipped_bit_in_a_page_is_noticed(tmp_path: Path, rewritten: bool) -> None:
    """Numbers have no shape of their own: without checksums another one would be scored."""
    save_samples(tmp_path, "t", to_table([{**LINE, "id": str(number), "tokens": number} for number in range(200)]))
    path = tmp_path / "samples" / "t.parquet"
    if rewritten:
        lines = list(read_lines(tmp_path, "t"))
        with rewriting(tmp_path) as made, made.samples("t") as write:
            for line in lines:
                write(line)
            made.scores(Scores.model_construct())
    whole, group = path.read_bytes(), pq.ParquetFile(path).metadata.row_group(0)
    for number in range(group.num_columns):
        content, column = bytearray(whole), group.column(number)
        start = min(offset for offset in (column.dictionary_page_offset, column.data_page_offset) if offset)
        content[start + column.total_compressed_size - 1] ^= 4
        path.write_bytes(content)
        with pytest.raises(RunError, match="cannot be read"):
            load_samples(tmp_path, "t")
        with pytest.raises(RunError, match="cannot be read"):
            list(read_lines(tmp_path, "t"))
