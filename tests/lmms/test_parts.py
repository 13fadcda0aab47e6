from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from sarbench.lmms.parts import Answer, answer_text, chunk_size, chunks, next_session, read_parts, write_part


@given(st.sets(st.integers(0, 500)), st.integers(1, 64))
def test_chunks_hold_every_place_once_and_never_cross_a_border(places: set[int], size: int) -> None:
    found = chunks(sorted(places), size)
    assert [place for chunk in found for place in chunk] == sorted(places)
    assert all(chunk[0] // size == chunk[-1] // size for chunk in found)
    assert len({chunk[0] // size for chunk in found}) == len(found)


def test_answers_come_back_as_they_were(tmp_path: Path) -> None:
    texts = ["", "two\r\nlines \u2028", answer_text("half \ud83d emoji"), answer_text(None)]
    answers = [
        Answer(position=place, prompt_sha256="00", text=text, output_tokens=place, seconds=0.25)
        for place, text in enumerate(texts)
    ]
    write_part(tmp_path, answers, key="k")
    assert read_parts(tmp_path, key="k") == (dict(enumerate(answers)), [])


def test_failed_answers_are_not_kept(tmp_path: Path) -> None:
    write_part(tmp_path, [Answer(position=3, prompt_sha256="", text="x", seconds=1.0, error="request-failed")], key="k")
    assert read_parts(tmp_path, key="k") == ({}, [])


def test_no_folder_is_no_answer(tmp_path: Path) -> None:
    assert read_parts(tmp_path / "absent", key="k") == ({}, [])


def test_a_strange_concurrency_does_not_matter() -> None:
    assert chunk_size(1, {"num_concurrent": "many"}) == 64


def test_a_server_gets_chunks_of_many_times_what_it_answers_at_once() -> None:
    assert chunk_size(1, {"num_cpus": "100"}, backend="async_openai") == 800
    assert chunk_size(1, {"adaptive_concurrency": "True"}, backend="openai") == 1024
    assert chunk_size(1, {"adaptive_concurrency": "true", "adaptive_max_concurrency": "16"}) == 128


def test_half_of_the_processors_where_nothing_is_said(monkeypatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 96)
    assert chunk_size(1, {}, backend="async_openai") == 8 * 48
    assert chunk_size(1, {}, backend="llava_hf") == 64


def test_of_two_good_answers_the_later_one_counts(tmp_path: Path) -> None:
    for session, text in ((1, "first"), (2, "second"), (10, "tenth")):
        write_part(tmp_path, [Answer(position=0, prompt_sha256="", text=text, seconds=1.0)], key="k", session=session)
    old = tmp_path / "0010-000000000-000000000.parquet"
    assert read_parts(tmp_path, key="k")[0][0].text == "tenth"
    old.rename(tmp_path / "000000000-000000000.parquet")  # as version 0.3 named it: the oldest
    assert read_parts(tmp_path, key="k")[0][0].text == "second"
    assert next_session(tmp_path) == 3


def test_a_part_without_a_column_is_no_part(tmp_path: Path) -> None:
    path = write_part(tmp_path, [Answer(position=0, prompt_sha256="x", text="1", seconds=0.1, error="e")], key="k")
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["error"]), path)  # then a failure would pass for an answer
    found, notes = read_parts(tmp_path, key="k")
    assert found == {}
    assert "other columns" in notes[0]
    assert not path.exists()
