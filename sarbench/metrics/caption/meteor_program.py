"""A running METEOR program: one line in, so many lines out, and always brought to an end."""

import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, cast

from sarbench.metrics.caption.java import UTF8, failed, jar, java
from sarbench.metrics.unavailable import UnavailableError

_JAR = "meteor/meteor-1.5.jar"
_TABLE = "meteor/data/paraphrase-en.gz"
_PATIENCE_SECONDS = 300.0  # for one line; the program needs 5 s to start, then about a millisecond a caption
_GRACE_SECONDS = 10.0


class Conversation:
    """Questions to a running program, answered in order."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes], messages: IO[bytes]) -> None:
        self._questions = questions
        self._messages = messages
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, args=[answers], daemon=True, name="sarbench-meteor")
        self._listener.start()

    def ask(self, request: str, *, replies: int = 1) -> list[str]:
        """Send one line and wait for its answer.

        Args:
            request: The line, without a line break.
            replies: How many lines the program answers with.

        Raises:
            UnavailableError: The program ended or stalled.
        """
        try:
            self._questions.write(f"{request}\n".encode())
            self._questions.flush()
        except OSError as error:
            raise self._failed(problem="ended early") from error
        return [self._next() for _ in range(replies)]

    def join(self) -> None:
        """Wait until the program's output has been read to its end."""
        self._listener.join(_GRACE_SECONDS)

    def _listen(self, answers: IO[bytes]) -> None:
        """Read in a thread of its own, so that waiting for a line can end."""
        for line in answers:
            self._lines.put(line)
        self._lines.put(None)

    def _next(self) -> str:
        try:
            line = self._lines.get(timeout=_PATIENCE_SECONDS)
        except queue.Empty as error:
            raise self._failed(problem=f"gave no answer in {_PATIENCE_SECONDS:.0f} s") from error
        if line is None:
            raise self._failed(problem="ended early")
        return line.decode("utf-8").strip()

    def _failed(self, *, problem: str) -> UnavailableError:
        self._messages.seek(0)
        return failed(program="METEOR", problem=problem, messages=self._messages.read().decode("utf-8", "replace"))


@contextmanager
def meteor_program() -> Iterator[Conversation]:
    """Start METEOR in its `-stdio` mode and end it with the block, whatever happened inside.

    The paraphrase table is named by its path: left to itself, the program does not find it where the path has a blank.

    Raises:
        UnavailableError: Java or the pycocoevalcap wheel is missing.
    """
    modes = ["-", "-", "-stdio", "-l", "en", "-norm", "-a", str(jar(_TABLE))]
    command = [java(), UTF8, "-Xmx2G", "-jar", str(jar(_JAR)), *modes]
    # Messages go to a file: nobody reads them while lines are exchanged, and a full pipe would stall the program.
    with tempfile.TemporaryFile() as messages:
        program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages)
        questions, answers = cast(IO[bytes], program.stdin), cast(IO[bytes], program.stdout)
        conversation = Conversation(questions, answers, messages)
        try:
            yield conversation
            questions.close()  # the program ends by itself at the end of its input
            with suppress(subprocess.TimeoutExpired):
                program.wait(_GRACE_SECONDS)
        finally:
            program.kill()
            program.wait()
            conversation.join()
            with suppress(OSError):
                questions.close()
            answers.close()
