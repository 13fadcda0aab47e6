"""A built, simulated SAR-TEXT and tiny encoders, made once."""

from pathlib import Path

import pytest

from sarbench.retrieval import RetrievalTask, select

HRSID = "sar-text/retrieval-hrsid/test"


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `SARBENCH_HOME` with simulated SAR-TEXT: 12 test images of HRSID with two captions each."""
    from sarbench.build import build
    from sarbench.simulate import write_sartext

    folder = tmp_path_factory.mktemp("retrieval")
    raw = write_sartext(folder / "raw", images={"SEN12": 6, "HRSID": 12})
    build("sar-text", data_dir=raw, out=folder / "home" / "sar-text", layout="flat")
    return folder / "home"


@pytest.fixture
def hrsid(built_home: Path, monkeypatch: pytest.MonkeyPatch) -> RetrievalTask:
    monkeypatch.setenv("SARBENCH_HOME", str(built_home))
    (task,) = select([HRSID])
    return task


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers")
    from tests.retrieval.tiny_encoders import make_tiny_clip

    return make_tiny_clip(tmp_path_factory.mktemp("encoders") / "tiny-clip")


@pytest.fixture(scope="session")
def tiny_siglip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers")
    from tests.retrieval.tiny_encoders import make_tiny_siglip

    return make_tiny_siglip(tmp_path_factory.mktemp("encoders") / "tiny-siglip")
