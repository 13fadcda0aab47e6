from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sarbench.lmms.parts import Answer, answer_text, chunk_size, chunks, read_parts, write_part


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
