import subprocess
import sys
from importlib.util import find_spec

import pytest

from sarbench.lmms.torchvision_shim import install


def test_installing_twice_gives_one_shim() -> None:
    before = list(sys.meta_path)
    try:
        first = install()
        assert install() is first
        assert first.library is not None or sys.meta_path.count(first) == 1
    finally:
        sys.meta_path[:] = before


def test_idle_shim_does_not_import_torch() -> None:
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "import sarbench.lmms.torchvision_shim as shim; shim.install(); print('torch' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True)
    assert answer.stdout.strip() == "False", answer.stderr


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("torchvision") is None, reason="torchvision is not installed: pip install 'sarbench[eval]'"
)
def test_torchvision_imports_and_transforms_beside_this_torch() -> None:
    code = (
        "import sarbench.lmms.torchvision_shim as s; s.install()\n"
        "from torchvision.transforms.functional import resize\n"
        "import torch; print(tuple(resize(torch.zeros(1, 8, 8), [4, 4]).shape))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout.strip() == "(1, 4, 4)", answer.stderr
