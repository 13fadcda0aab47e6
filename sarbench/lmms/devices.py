"""Devices that a model is asked to run on: whether there are such, found before one is loaded."""

import os
import re
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sarbench.errors import InputError, UnknownNameError
from sarbench.runs.environment import hardware

_USUAL = re.compile(r"(cpu|cuda|mps|npu|xpu|hpu|xla)(:[0-9]{1,3})?")
_ON_A_GPU = frozenset({"llava_hf", "qwen2_vl", "qwen2_vl_chat", "qwen2_5_vl", "qwen2_5_vl_chat"})
"""Backends of lmms-eval 0.7.3 that load on a GPU, or move their inputs to one, where nothing else is said."""


def require_device(device: str | None, *, option: str = "--device") -> None:
    """Check that a device is spelled as torch spells them; it is asked only where the name is not a usual one.

    Raises:
        UnknownNameError: It is not.
    """
    if device is None or _USUAL.fullmatch(device):
        return
    try:
        import torch

        torch.device(device)
    except ImportError:
        return
    except RuntimeError as error:
        fix = "Give cpu, cuda, cuda:0 or another device of torch"
        raise UnknownNameError(where=f"{option} {device!r}", problem="is no device of torch", fix=fix) from error


def require_gpu(device: str | None, args: Mapping[str, str]) -> None:
    """Check that there is a GPU where one is asked for by name, and a torch that can use it."""
    options = {"--device": device, "device": args.get("device"), "device_map": args.get("device_map")}
    asked = next((f"{name} {value}" for name, value in options.items() if value and value.startswith("cuda")), None)
    if asked is None:
        return
    cpu = "To run without one, give --device cpu and device_map=cpu in --model_args"
    if not _has_gpu():
        raise InputError(where=asked, problem="asks for a GPU, and this machine shows none", fix=cpu)
    try:
        found = version("torch")
    except PackageNotFoundError:
        return
    if found.endswith("+cpu"):
        problem = f"asks for a GPU, and torch {found} is built without"
        raise InputError(where=asked, problem=problem, fix=f"Install a torch for your GPU. {cpu}")


def require_accelerator(backend: str, device: str | None, args: Mapping[str, str]) -> None:
    """Check that there is a GPU for the backends of lmms-eval that take one where nothing else is said.

    Raises:
        InputError: There is none, and model or inputs would go to one.
    """
    if backend not in _ON_A_GPU or sys.platform == "darwin":
        return
    to_cpu = "cpu" in (device, args.get("device")), args.get("device_map") == "cpu"
    if all(to_cpu) or _has_gpu() or _torch_has_accelerator():
        return
    problem = "runs on a GPU if not told otherwise, and this machine shows none"
    missing = [*(() if to_cpu[1] else ("device_map=cpu to --model_args",)), *(() if to_cpu[0] else ("--device cpu",))]
    raise InputError(where=f"--model {backend}", problem=problem, fix=f"No GPU here: add {' and '.join(missing)}")


def _torch_has_accelerator() -> bool:
    """Ask torch for an accelerator of another kind; it takes seconds, so only before a refusal."""
    try:
        import torch
    except ImportError:
        return False
    if hasattr(torch, "accelerator"):  # since torch 2.6
        return bool(torch.accelerator.is_available())
    kinds = (getattr(torch, name, None) for name in ("cuda", "xpu", "npu", "mps"))
    return any(kind.is_available() for kind in kinds if kind is not None)


def _has_gpu() -> bool:
    """Look for a device file of NVIDIA, AMD or the Windows subsystem, then ask `nvidia-smi`."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return False
    devices = (*Path("/dev").glob("nvidia[0-9]*"), Path("/dev/kfd"), Path("/dev/dxg"))
    return any(path.exists() for path in devices) or bool(hardware().gpus)
