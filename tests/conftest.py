"""Fixtures for every test, and the rule that no test leaves this machine."""

import ipaddress
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageFile

_REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: Any) -> None:
    """Refuse to open a connection to anything but this machine."""
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])
        local = host == "localhost" or (host.replace(".", "").replace(":", "").isalnum() and _is_loopback(host))
        if not local:
            msg = f"a test tried to reach {address}: tests may only talk to the loopback interface"
            raise OSError(msg)
    _connect(self, address)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _heed_ctrl_c() -> None:
    """Let child processes be stopped by SIGINT: a suite that a shell runs in the background hands them a deaf ear."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Any:
    """Block everything but loopback in this process; child processes are told to stay offline."""
    os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", HF_DATASETS_OFFLINE="1")
    socket.socket.connect = _loopback_only  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty `SARBENCH_HOME`."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SARBENCH_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rebuilt tasks on simulated images, made once for all tests, which copy what they change.

    `home` in it is a `SARBENCH_HOME`; `prior` and `random` are the runs of two floors on all tasks of the group.
    """
    from sarbench.baselines import floor_run
    from sarbench.build import build
    from sarbench.catalogue import read_catalogue
    from sarbench.paths import built
    from sarbench.simulate import write_sardet

    folder = tmp_path_factory.mktemp("rebuilt")
    tasks = read_catalogue().select(["sarbench_sarchat_rebuilt"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SARBENCH_HOME", str(folder / "home"))
        raw = write_sardet(folder / "raw", images={"train": 6, "val": 4, "test": 8})
        build("sarchat-2m", data_dir=raw, out=built("sarchat-2m"), configs=["rebuilt"])
        for seed, floor in enumerate(("prior", "random"), start=1):
            floor_run(floor, tasks, folder / floor, seed=seed)
    return folder


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
def hrsid(built_home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The retrieval task on HRSID, with `built_home` as `SARBENCH_HOME`."""
    from sarbench.retrieval import select

    monkeypatch.setenv("SARBENCH_HOME", str(built_home))
    (task,) = select(["sar-text/retrieval-hrsid/test"])
    return task


@pytest.fixture
def retrieved(hrsid: Any, tmp_path: Path) -> Path:
    """A folder with the runs `first` and `second` of two encoders on HRSID."""
    from sarbench.retrieval import Retrieval, retrieve
    from tests.retrieval.fake_encoder import FakeEncoder

    for seed, name in enumerate(("first", "second")):
        retrieve(
            Retrieval(encoder=FakeEncoder(seed), tasks=[hrsid], out=tmp_path / name, cache=tmp_path / "embeddings")
        )
    return tmp_path


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data that lies beside some checkouts; it is never part of the repository."""
    folder = Path(os.environ.get("SARBENCH_REAL_DATA", _REAL))
    if not folder.is_dir():
        pytest.skip(
            f"no real data at {folder}: set SARBENCH_REAL_DATA to a folder with hrsid/, fusar_geovl/ and sarclip/"
        )
    return folder


@pytest.fixture(scope="session")
def evaluate_cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder for what `evaluate` writes. It imports modules from the first one that it meets, so there is but one."""
    evaluate = pytest.importorskip("evaluate", reason="needs the package evaluate")
    folder = tmp_path_factory.mktemp("evaluate")
    path = list(sys.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate.config, "HF_MODULES_CACHE", str(folder / "modules"))
        patch.setattr(evaluate.config, "HF_EVALUATE_OFFLINE", True)
        yield folder
    sys.path[:] = path


@pytest.fixture(autouse=True)
def _whole_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what importing lmms-eval sets for the whole process: Pillow would show parts of damaged images."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
