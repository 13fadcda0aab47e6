import hashlib
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def digest(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_tiny_model_is_tiny_whole_and_the_same_from_one_seed(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="transformers is not installed: pip install 'sarbench[eval]'")
    from sarbench.lmms.tiny_vlm import make_tiny_vlm

    first = make_tiny_vlm(tmp_path / "a")
    assert sum(path.stat().st_size for path in first.iterdir()) < 2_000_000
    assert digest(first) == digest(make_tiny_vlm(tmp_path / "b"))
    assert digest(first) != digest(make_tiny_vlm(tmp_path / "c", seed=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]
