"""What a run ran on and when: package versions, hardware and times, as the manifest records them."""

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sarbench._version import __version__
from sarbench.runs.record import Hardware

PACKAGES = (
    "lmms-eval",
    "torch",
    "torchvision",
    "transformers",
    "tokenizers",
    "accelerate",
    "datasets",
    "huggingface_hub",
    "pyarrow",
    "numpy",
    "pillow",
    "openai",
)
"""Those that can change an answer or a score."""


def package_versions(names: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Return the installed version of each package, leaving out what is not installed; Python itself comes first."""
    found = {"python": platform.python_version(), "sarbench": __version__}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def hardware() -> Hardware:
    """Describe this machine without importing torch: GPUs are read from `nvidia-smi` where it exists."""
    return Hardware(cpu=_cpu(), cores=os.cpu_count() or 1, memory_gib=_memory_gib(), gpus=_gpus())


def now() -> str:
    """Return the time as the record spells it: ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> float:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


def _gpus() -> tuple[str, ...]:
    command = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in answer.stdout.splitlines() if line.strip())
