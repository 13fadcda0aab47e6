import hashlib
import json
from pathlib import Path

import pytest

from sarbench.lmms.tiny_vlm import main


def digest(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.slow
def test_the_tiny_model_is_tiny_whole_and_the_same_from_one_seed(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="transformers is not installed: pip install 'sarbench[eval]'")
    from sarbench.lmms.tiny_vlm import make_tiny_vlm

    first = make_tiny_vlm(tmp_path / "a")
    assert sum(path.stat().st_size for path in first.iterdir()) < 2_000_000
    assert digest(first) == digest(make_tiny_vlm(tmp_path / "b"))
    assert digest(first) != digest(make_tiny_vlm(tmp_path / "c", seed=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]


@pytest.mark.slow
@pytest.mark.parametrize("family", ["llava", "qwen2_vl", "qwen2_5_vl"])
def test_the_command_saves_the_family_that_is_asked_for(family: str, tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="transformers is not installed: pip install 'sarbench[eval]'")
    main(["--family", family, "--out", str(tmp_path / "model")])
    assert json.loads((tmp_path / "model" / "config.json").read_text())["model_type"] == family


def test_the_command_writes_over_nothing(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("keep")
    with pytest.raises(SystemExit, match=r"is there already\. Use it, or give another --out"):
        main(["--family", "llava", "--out", str(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]
