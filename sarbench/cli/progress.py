"""A bar per task while a model answers."""

import sys
from types import TracebackType

from tqdm import tqdm

from sarbench.catalogue import TaskSpec
from sarbench.lmms.job import Answered, Asked, Event, Finished, Noted, Started

_FORMAT = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]"
"""Without tqdm's own rate, which would count answers of earlier sessions and questions that are only taken up."""


class AnswerBars:
    """Turns the launcher's events into progress bars with rate and time left.

    A bar stands at the answers that are written. Within a chunk it follows a model that runs here by the questions that
    it takes up, each counted once however often it is asked; a server is sent a whole chunk before its first answer.
    """

    def __init__(self, label: str = "", position: int = 0) -> None:
        self._label = label
        self._position = position
        self._bar: tqdm | None = None  # type: ignore[type-arg]
        self._done = 0
        self._local = False
        self._taken_up: set[str] = set()

    def __enter__(self) -> "AnswerBars":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def listen(self, spec: TaskSpec, event: Event) -> None:
        """Show one event."""
        match event:
            case Started():
                self._open(spec, event)
            case Noted(text=text):
                tqdm.write(f"{spec.name}: {text}", file=sys.stderr)
            case Asked(id=question) if self._local:
                self._taken_up.add(question)
                self._show(self._done + len(self._taken_up) - 1)  # the last of them has no answer yet
            case Answered():
                self._done = event.done
                self._taken_up.clear()
                if self._bar is not None:
                    left = tqdm.format_interval(event.seconds_left)
                    self._bar.set_postfix_str(f"{event.rate:.3g} answers/s, {left} left", refresh=False)
                self._show(self._done)
            case Finished():
                self._close()
            case _:
                pass

    def _open(self, spec: TaskSpec, started: Started) -> None:
        self._close()
        self._done, self._local = started.kept, started.parameters is not None
        self._taken_up.clear()
        self._bar = tqdm(
            desc=self._label + spec.name.removeprefix("sarbench_"),
            total=started.samples,
            initial=started.kept,
            position=self._position,
            bar_format=_FORMAT,
        )

    def _show(self, answers: int) -> None:
        if self._bar is not None:
            self._bar.update(answers - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
