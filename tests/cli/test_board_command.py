import shlex
from pathlib import Path

from sarbench.cli.board import board_command


def test_the_command_shows_the_chips_of_the_built_data(home: Path, tmp_path: Path) -> None:
    words = shlex.split(board_command(tmp_path / "my runs"))
    assert words[:2] == ["sarbench", "board"]
    assert dict(zip(words[2::2], words[3::2], strict=True)) == {
        "--results": str(tmp_path / "my runs"),
        "--data": str(home),
        "--out": "site",
    }
