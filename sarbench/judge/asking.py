"""Getting replies to many questions: from the cache, then from the server, each kept as soon as it is there.

A verdict is pinned to the model that the server reports. The first reply of a pass tells its name; what the cache holds
is that of this name alone. A server that changes it in the middle ends the pass. So does one that cannot be reached at
all, within seconds; one that was there and is gone is waited for as long as any other failure.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from sarbench.errors import RunError
from sarbench.judge.cache import Asker, Cache
from sarbench.judge.endpoint import Endpoint, Failure, Reply, request_reply
from sarbench.judge.prompt import JudgePrompt, Question
from sarbench.judge.retry import FIRST_WAIT, until_answered
from sarbench.judge.workers import side_by_side

PATIENCE = 8
"""Questions that may fail one behind the other before the pass stops."""

REACH_WITHIN = 1.5
"""Seconds after which a server that never was there is given up: three attempts, where connections are refused."""

LEFT = "not asked"
"""Why a question has no reply that nobody put."""


@dataclass(frozen=True)
class Settings:
    """How a judge is asked."""

    endpoint: Endpoint
    prompt: JudgePrompt
    sampling: dict[str, Any]
    workers: int = 4
    attempts: int = 5
    limit: int | None = None
    """Most questions that are put to the server; replies from the cache are free."""
    first_wait: float = FIRST_WAIT

    @property
    def sampling_text(self) -> str:
        """The sampling parameters as one JSON object, equal for equal ones."""
        return json.dumps(self.sampling, sort_keys=True)


@dataclass
class Replies:
    """What came of a pass."""

    model: str | None = None
    """Name that the server reported; None where nothing was ever replied."""
    texts: dict[Question, str] = field(default_factory=dict)
    failures: dict[Question, str] = field(default_factory=dict)
    """Question → why it has no reply, for those that were put to the server."""
    keys: dict[Question, str] = field(default_factory=dict)
    sent: int = 0
    """Questions that were put to the server."""
    stopped: str | None = None
    """Why the pass ended early."""


def ask_all(
    questions: Sequence[Question], settings: Settings, cache: Cache, *, progress: Callable[[], object] = lambda: None
) -> Replies:
    """Return the replies to questions, as many as can be had.

    Args:
        questions: Each once.
        settings: Whom to ask, and how.
        cache: Where replies are looked up and kept.
        progress: Called for every question that the server has replied to or failed at.

    Raises:
        InputError: The cache cannot be used.
        RunError: The server changed the model in the middle; what it replied is kept.
    """
    return _Pass(settings, cache, progress).run(questions)


class _Pass:
    def __init__(self, settings: Settings, cache: Cache, progress: Callable[[], object]) -> None:
        self.settings, self.cache, self.progress = settings, cache, progress
        self.asker = Asker(settings.endpoint.model, settings.prompt, settings.sampling_text)
        self.stop = Event()
        self.replies = Replies(model=cache.model(settings.endpoint.base_url, settings.endpoint.model))
        self.failed_in_a_row = 0
        self.reached = False

    def run(self, questions: Sequence[Question]) -> Replies:
        left = self._look_up(questions)
        for question in left[: self._allowed()]:  # one by one until the server has told its model's name
            self._take(question, self._ask(question), settling=True)
            if self.replies.texts.get(question) is not None or self.stop.is_set():
                break
        if self.replies.sent and not self.stop.is_set():
            left = [question for question in self._look_up(questions) if question not in self.replies.failures]
            todo = left[: self._allowed()]
            for question, found in side_by_side(self._ask, todo, workers=self.settings.workers, stopped=self.stop):
                self._take(question, found, settling=False)
        return self.replies

    def _allowed(self) -> int | None:
        limit = self.settings.limit
        return None if limit is None else max(0, limit - self.replies.sent)

    def _look_up(self, questions: Sequence[Question]) -> list[Question]:
        """Take what the cache holds of the model, and return the questions that are left."""
        self.replies.texts, self.replies.keys = {}, {}
        if self.replies.model is None:
            return list(questions)
        for question in questions:
            key = self.asker.key(self.replies.model, question)
            self.replies.keys[question] = key
            held = self.cache.get(key)
            if held is not None:
                self.replies.texts[question] = held
        return [question for question in questions if question not in self.replies.texts]

    def _ask(self, question: Question) -> Reply | Failure:
        endpoint, message = self.settings.endpoint, self.settings.prompt.render(question)
        return until_answered(
            lambda: request_reply(endpoint, message, self.settings.sampling),
            attempts=self.settings.attempts,
            stopped=self.stop,
            first_wait=self.settings.first_wait,
            reach_within=None if self.reached else REACH_WITHIN,
        )

    def _take(self, question: Question, found: Reply | Failure, *, settling: bool) -> None:
        self.replies.sent += 1
        self.reached = self.reached or isinstance(found, Reply) or not found.unreached
        self.progress()
        if isinstance(found, Failure):
            self._failed(question, found)
            return
        self.failed_in_a_row = 0
        self.cache.put(self.asker, found.model, question, found.text)
        if found.model != self.replies.model:
            if not settling:
                self.stop.set()
                problem = f"now replies as {found.model}, and before as {self.replies.model}"
                fix = "Name a pinned version with --judge-model and run it again; every reply is kept"
                raise RunError(where=self.settings.endpoint.base_url, problem=problem, fix=fix)
            self.cache.remember_model(self.settings.endpoint.base_url, self.settings.endpoint.model, found.model)
            self.replies.model = found.model
        self.replies.keys[question] = self.asker.key(found.model, question)
        self.replies.texts[question] = found.text

    def _failed(self, question: Question, failure: Failure) -> None:
        self.replies.failures[question] = failure.reason
        self.failed_in_a_row += 1
        if failure.everywhere or not self.reached or self.failed_in_a_row >= PATIENCE:
            self.replies.stopped = self.replies.stopped or failure.reason
            self.stop.set()
