from pathlib import Path

import pytest

from sarbench.files import replacing, write_text


def test_a_failed_write_leaves_the_old_file_and_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.txt"
    write_text(path, "old")

    def write_half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half of the n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_line_ends_and_alphabets_are_kept(tmp_path: Path) -> None:
    write_text(tmp_path / "f", "é\r\n\N{SATELLITE}\n")
    assert (tmp_path / "f").read_bytes() == "é\r\n\N{SATELLITE}\n".encode()
