"""A bar per task while a model answers."""

import sys
from types import TracebackType

from tqdm import tqdm

from sarbench.catalogue import TaskSpec
from sarbench.lmms.job import Asked, Event, Finished, Noted, Started


class AnswerBars:
    """Turns the launcher's events into progress bars with rate and time left."""

    def __init__(self, label: str = "", position: int = 0) -> None:
        self._label = label
        self._position = position
        self._bar: tqdm | None = None  # type: ignore[type-arg]

    def __enter__(self) -> "AnswerBars":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def listen(self, spec: TaskSpec, event: Event) -> None:
        """Show one event."""
        match event:
            case Started(samples=samples, kept=kept):
                self._close()
                name = self._label + spec.name.removeprefix("sarbench_")
                self._bar = tqdm(desc=name, total=samples, initial=kept, unit="answer", position=self._position)
            case Noted(text=text):
                tqdm.write(f"{spec.name}: {text}", file=sys.stderr)
            case Asked() if self._bar is not None:
                self._bar.update()
            case Finished():
                self._close()
            case _:
                pass

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
