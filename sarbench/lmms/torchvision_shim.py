"""Let the usual torchvision wheel be imported beside a CPU build of torch.

torchvision's wheel is built for CUDA. Beside a torch without CUDA its compiled operators cannot be loaded, which it
survives; but while it is imported it also registers Python shapes for `torchvision::nms`, which fails when nobody has
declared that operator (torchvision 0.28, `_meta_registrations.py`). lmms-eval imports torchvision on its way to
listing tasks. So the two operators are declared, without an implementation, just before torchvision is imported:
transforms work, calling the operators still fails.

`install()` costs nothing until torchvision is imported, and does nothing where torch has CUDA, where torchvision's
operators load, or where neither is installed.
"""

import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

OPERATORS = ("nms", "qnms")
_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class TorchvisionShim(MetaPathFinder):
    """Waits on `sys.meta_path` for the import of torchvision, and steps aside for it."""

    library: Any = None
    """The operator library: torch forgets the declarations when it is collected."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Declare the operators when torchvision is about to be imported; never find a module."""
        if fullname == "torchvision" and self in sys.meta_path:
            sys.meta_path.remove(self)
            spec = importlib.util.find_spec("torchvision")
            if spec is not None and spec.origin is not None:
                self._declare_unless_loadable(Path(spec.origin).parent)
        return None

    def _declare_unless_loadable(self, package: Path) -> None:
        """Declare the operators when torch has no GPU and torchvision's own library does not load."""
        import torch

        if torch.version.cuda is not None or torch.version.hip is not None:
            return
        for library in package.glob("_C*.so"):
            try:
                torch.ops.load_library(str(library))
            except OSError:
                continue
            return
        self.library = torch.library.Library("torchvision", "FRAGMENT")
        for operator in OPERATORS:
            self.library.define(operator + _SIGNATURE)


def install() -> TorchvisionShim:
    """Put the shim in place once; a second call returns the first shim."""
    if not _KEPT:
        _KEPT.append(TorchvisionShim())
    shim = _KEPT[0]
    # Operators are declared once in a process, however often the import of torchvision is tried.
    if shim.library is None and shim not in sys.meta_path:
        sys.meta_path.insert(0, shim)
    return shim


_KEPT: list[TorchvisionShim] = []
