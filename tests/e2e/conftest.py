"""One small simulated set and one tiny model for all end-to-end tests."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from sarbench.build import build
from sarbench.simulate import write_sardet


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("lmms_eval") is None:
        pytest.skip("lmms-eval is not installed: pip install 'sarbench[eval]'")
    from sarbench.lmms.tiny_vlm import make_tiny_vlm

    return make_tiny_vlm(tmp_path_factory.mktemp("models") / "tiny-llava")


@pytest.fixture(scope="session")
def simulated_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = write_sardet(tmp_path_factory.mktemp("raw"), images={"train": 6, "val": 2, "test": 4})
    home = tmp_path_factory.mktemp("home")
    build("sarchat-2m", data_dir=raw, out=home / "sarchat-2m", configs=["rebuilt"])
    return home
