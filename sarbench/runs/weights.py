"""Which weights a name stands for: the content of a folder, or the commit of a Hub id.

A folder is known by its files and not by its path: every file that says what the model computes counts with its name
and the SHA-256 of its whole content, so that two checkpoints differ however little was trained. What only training
needs (`optimizer.bin`, `trainer_state.json`, …) does not count. Reading 15 GB takes some ten seconds, and the system
has them in memory when the model is loaded next; what was found of a large file is kept in `.weights.json` of
`sarbench.paths.home()` under its size, inode and times, and is not read again until one of them changes.
"""

import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import msgspec

from sarbench import paths
from sarbench.errors import InputError
from sarbench.files import write_text

_COUNTING = (".safetensors", ".bin", ".gguf", ".json", ".txt", ".model", ".tiktoken", ".jinja", ".py")
"""Suffixes of the files of a model folder that say what it computes."""
_TRAINING = ("optimizer", "scheduler", "trainer_state", "training_args", "rng_state")
"""What the names of those begin with that only training reads."""
_LARGE = 16 * 2**20
"""Bytes from which on it pays to remember a file."""
_EXACT = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})(\+.*)?")
_CONFIGS = ("config.json", "adapter_config.json")

_State = tuple[int, int, int, int]


class _Known(msgspec.Struct, frozen=True):
    """A large file as it was when it was read."""

    state: _State
    sha256: str


def fingerprint(folder: Path) -> str:
    """Return the SHA-256 of what a model folder computes, in hexadecimal.

    Raises:
        InputError: A file of it cannot be read.
    """
    files = sorted(path for path in folder.iterdir() if _counts(path))
    memory = _memory()
    with ThreadPoolExecutor(4, "sarbench-hash") as pool:
        try:
            found = list(pool.map(lambda path: _hashed(path, memory), files))
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
            raise InputError(where=error.filename or folder, problem=problem, fix="Check the model folder") from error
    _remember(memory, files, found)
    digest = hashlib.sha256()
    for path, known in zip(files, found, strict=True):
        digest.update(f"{path.name}:{known.sha256}\n".encode())
    return digest.hexdigest()


def hub_snapshot(name: str, revision: str | None = None) -> Path | None:
    """Return the folder of a Hub id in the local Hub cache, which is named as its commit; None where it is not there.

    Nothing is asked over the network.

    Args:
        name: `org/model`.
        revision: A commit, branch or tag; None: `main`.
    """
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError:
        return None
    for config in _CONFIGS:
        with suppress(ValueError, OSError):  # HFValidationError: the name is none of the Hub
            found = try_to_load_from_cache(name, config, revision=revision)
            if isinstance(found, str):
                return Path(found).parent
    return None


def is_exact(revision: str | None) -> bool:
    """Whether a revision is one state of the weights, as a commit and a fingerprint are and a branch is not.

    >>> is_exact("main"), is_exact("4f" * 20), is_exact("4f" * 32 + "+peft:4f4f")
    (False, True, True)
    """
    return revision is not None and _EXACT.fullmatch(revision) is not None


def _counts(path: Path) -> bool:
    return path.suffix in _COUNTING and not path.name.startswith((".", *_TRAINING)) and path.is_file()


def _hashed(path: Path, memory: dict[str, _Known]) -> _Known:
    state = _state(path)
    known = memory.get(str(path.absolute()))
    if known is not None and known.state == state:
        return known
    with path.open("rb") as file:
        return _Known(state, hashlib.file_digest(file, "sha256").hexdigest())


def _state(path: Path) -> _State:
    """Return what changes when a file does; the time of its last change cannot be set by hand."""
    status = path.stat()
    return status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def _memory() -> dict[str, _Known]:
    try:
        return msgspec.json.decode((paths.home() / ".weights.json").read_bytes(), type=dict[str, _Known])
    except (OSError, msgspec.DecodeError):
        return {}


def _remember(memory: dict[str, _Known], files: Sequence[Path], found: Sequence[_Known]) -> None:
    pairs = zip(files, found, strict=True)
    large = {str(path.absolute()): known for path, known in pairs if known.state[0] >= _LARGE}
    if large.items() <= memory.items():
        return
    with suppress(OSError):  # it costs time and nothing else
        write_text(paths.home() / ".weights.json", msgspec.json.encode(memory | large).decode())
