"""Errors of a model in this process: seen although its backend swallows them, and survived where memory ran out.

Some backends turn every exception of `generate` into an empty answer (`models/chat/llava_hf.py` of lmms-eval 0.7.3),
out of memory included. So `generate` of the inner model is watched.
"""

from collections.abc import Callable
from typing import Any

_NO_ROOM = ("out of memory", "not enough memory", "can't allocate memory")


class ErrorWatch:
    """Remembers what the inner model's `generate` raised."""

    def __init__(self, backend: Any) -> None:
        """Watch the model inside a backend, where there is one."""
        self.errors: list[str] = []
        self.out_of_memory = False
        inner = getattr(backend, "model", None)
        if inner is not None and callable(getattr(inner, "generate", None)):
            inner.generate = self._watched(inner.generate)

    def clear(self) -> None:
        """Forget the errors of the last chunk."""
        self.errors.clear()
        self.out_of_memory = False

    def note(self, error: BaseException) -> None:
        """Remember one error."""
        self.errors.append(f"{type(error).__name__}: {error}")
        self.out_of_memory |= is_out_of_memory(error)

    def _watched(self, generate: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            try:
                return generate(*args, **kwargs)
            except Exception as error:
                self.note(error)
                raise

        return watched


def is_out_of_memory(error: BaseException) -> bool:
    """Tell an accelerator or a process that is out of memory from other errors; torch raises several kinds."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _NO_ROOM)


def halve_batch(backend: Any) -> int | None:
    """Halve the batch size of a backend and free what torch holds; None where it is 1 or not known."""
    size = getattr(backend, "batch_size_per_gpu", None)
    if not isinstance(size, int) or size <= 1:
        return None
    backend.batch_size_per_gpu = size // 2
    free_memory()
    return size // 2


def batch_size_of(backend: Any) -> int | None:
    """Return how many questions a backend asks at once now; None where it does not say."""
    size = getattr(backend, "batch_size", None)
    return size if isinstance(size, int) else None


def free_memory() -> None:
    """Delete what nothing holds and give cached blocks back to the accelerator."""
    import gc

    import torch

    gc.unfreeze()  # the worker freezes what it has loaded, and with it what loading left behind
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
