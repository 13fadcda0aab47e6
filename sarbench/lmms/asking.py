"""Asking a task chunk by chunk, under lmms-eval's feet.

lmms-eval calls `generate_until` of a model once, with every request of the task, and keeps nothing until it returns. So
that one method is replaced: it gives the model one chunk after the other, writes each chunk's answers as a part, and in
the end returns answers to all requests, those of earlier sessions included. The model is loaded once, the task is built
once, and lmms-eval scores everything in one go, as it would have. Calling `simple_evaluate` with offset and limit for
each chunk would build, aggregate and describe the task again for each.
"""

import copy
import hashlib
import time
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sarbench.answers import harness_failed
from sarbench.lmms.job import Answered, Event, Noted
from sarbench.lmms.memory import ErrorWatch, batch_size_of, free_memory, halve_batch, is_out_of_memory
from sarbench.lmms.parts import Answer, answer_text, chunks, next_session, write_part

NO_GENERATION = "no-generation"
REQUEST_FAILED = "request-failed"


class Asking:
    """The questions of one task, asked once each."""

    def __init__(
        self,
        backend: Any,
        *,
        kept: dict[int, Answer],
        parts: Path,
        key: str,
        chunk: int,
        seed: int,
        local: bool,
        tell: Callable[[Event], None],
        hide: Callable[[str], str] = str,
    ) -> None:
        """Take over `generate_until` of a backend.

        Args:
            backend: lmms-eval's model object.
            kept: Answers of earlier sessions, by position in the split.
            parts: Where chunks of answers are written.
            key: Identity of what is asked, written into each part.
            chunk: Questions in a chunk.
            seed: Each chunk starts from this seed and its place: answers that are drawn do not depend on where an
                earlier session was stopped.
            local: Whether the model runs in this process. Its backend counts tokens, and turns errors into empty texts.
            tell: Called with what happens.
            hide: Takes secrets out of what stands in place of an answer that failed.
        """
        self.answers = kept
        self._backend, self._generate = backend, backend.generate_until
        self._expect = getattr(backend, "expect", lambda requests: None)  # ours reads ahead, over the end of a chunk
        self._parts, self._key, self._chunk, self._seed = parts, key, chunk, seed
        self._session = next_session(parts)
        self._local, self._tell, self._hide = local, tell, hide
        self._watch = ErrorWatch(backend)
        backend.generate_until = self.generate_until

    def usable(self, requests: Sequence[Any]) -> None:
        """Drop kept answers to prompts that are worded otherwise now, and those to questions beyond the limit."""
        prompts = {request.doc_id: _prompt_hash(request) for request in requests}
        if len(prompts) != len(requests):
            msg = "lmms-eval asks a question twice; set repeats to 1"
            raise RuntimeError(msg)
        stale = [place for place, answer in self.answers.items() if prompts.get(place) != answer.prompt_sha256]
        for place in stale:
            del self.answers[place]

    def generate_until(self, requests: Sequence[Any]) -> list[Any]:
        """Answer every request, in their order; only those without an answer go to the model."""
        from lmms_eval.api.instance import GenerationResult, TokenCounts

        self.usable(requests)
        by_place = {request.doc_id: request for request in requests}
        pending = sorted(by_place.keys() - self.answers.keys())
        began, before = time.monotonic(), len(self.answers)
        waiting = [[by_place[place] for place in places] for places in chunks(pending, self._chunk)]
        for asked, following in zip_longest(waiting, waiting[1:], fillvalue=()):
            self._expect(following)
            answers = self._ask(asked)
            write_part(self._parts, answers, key=self._key, session=self._session)
            self.answers.update({answer.position: answer for answer in answers})
            done = len(self.answers)
            rate = (done - before) / max(time.monotonic() - began, 1e-9)
            self._tell(Answered(done, round(rate, 4), round((len(by_place) - done) / rate, 1)))
        found = [self.answers[request.doc_id] for request in requests]
        return [
            GenerationResult(answer.text, TokenCounts(answer.input_tokens, answer.output_tokens)) for answer in found
        ]

    def _ask(self, requests: Sequence[Any]) -> list[Answer]:
        """Ask one chunk; where memory runs out, ask it again in smaller batches."""
        first = requests[0].doc_id
        while True:
            self._watch.clear()
            size = batch_size_of(self._backend)
            seed_everything(self._seed + first)
            began = time.monotonic()
            try:
                results = self._generate([_copied(request) for request in requests])
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                self._watch.note(error)
                results = None
            if self._watch.out_of_memory and (smaller := halve_batch(self._backend)):
                self._tell(Noted(f"out of memory; batch size {smaller} from question {first} on"))
                continue
            if results is None:
                msg = f"out of memory with one question at a time: {self._watch.errors[-1]}"
                raise MemoryError(msg)
            if self._watch.out_of_memory:
                free_memory()
            smaller = batch_size_of(self._backend)
            if size and smaller and smaller < size:  # the backend has helped itself
                last = requests[-1].doc_id
                self._tell(
                    Noted(f"out of memory; batch size {smaller}, was {size}, from questions {first} to {last} on")
                )
            seconds = round((time.monotonic() - began) / len(requests), 6)
            return self._answers(requests, results, seconds)

    def _answers(self, requests: Sequence[Any], results: Sequence[Any], seconds: float) -> list[Answer]:
        from lmms_eval.api.instance import unwrap_generation_output

        unwrapped = [unwrap_generation_output(result) for result in results]
        # A backend that counts tokens has counted none for the text that stands for a swallowed error.
        counts = self._local or any(tokens is not None for _, tokens in unwrapped)
        return [
            self._answer(request, text, tokens, seconds, counts=counts)
            for request, (text, tokens) in zip(requests, unwrapped, strict=True)
        ]

    def _answer(self, request: Any, said: Any, counted: Any, seconds: float, *, counts: bool) -> Answer:
        text = answer_text(said) if isinstance(said, str | None) else ""
        tokens = _whole(counted.output_tokens) if counted else None
        if isinstance(said, str | None):
            error = self._error(text, tokens, counts=counts)
        else:
            error = f"{REQUEST_FAILED}: {type(said).__name__} where a text should be"
        if error is not None:
            text, error = self._hide(text), self._hide(error)
        return Answer(
            position=request.doc_id,
            prompt_sha256=_prompt_hash(request),
            text=text,
            input_tokens=_whole(counted.input_tokens) if counted else None,
            output_tokens=tokens,
            seconds=seconds,
            error=error,
        )

    def _error(self, text: str, tokens: int | None, *, counts: bool) -> str | None:
        """Tell a failure from an answer: lmms-eval's own message, or an empty text for which nothing was generated."""
        if harness_failed(text):
            return REQUEST_FAILED
        if counts and not text and tokens is None:
            return f"{NO_GENERATION}: {self._watch.errors[0]}"[:500] if self._watch.errors else NO_GENERATION
        return None


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and torch."""
    import random

    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def _copied(request: Any) -> Any:
    """Copy a request: backends write into its generation arguments."""
    same = copy.copy(request)
    same.arguments = tuple(copy.deepcopy(part) if isinstance(part, dict) else part for part in request.arguments)
    return same


def _whole(count: Any) -> int | None:
    """Return what a column of whole numbers can hold; a server may send anything."""
    return count if isinstance(count, int) and abs(count) < 2**63 else None


def _prompt_hash(request: Any) -> str:
    """Hash the text that the request asks."""
    return hashlib.sha256(str(request.args[0]).encode("utf-8", "surrogatepass")).hexdigest()
