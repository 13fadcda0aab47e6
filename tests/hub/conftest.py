"""Every test here gets caches of its own and a quiet `datasets`."""

from pathlib import Path

import datasets
import pytest

from sarbench import sources
from tests.hub import sets


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()


@pytest.fixture(autouse=True, scope="session")
def _own_modules(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Loading scripts are copied into one folder, which `datasets` imports from for as long as the process lives."""
    datasets.config.HF_MODULES_CACHE = str(tmp_path_factory.mktemp("modules"))


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that gives `sets.everything()` as test, and more as train."""
    monkeypatch.setitem(sources.SOURCES, "fake", sets.source(sets.content()))
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"
