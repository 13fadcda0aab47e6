"""Ask any Hugging Face image-text-to-text model, a batch at a time.

Everything goes through the model's own processor and chat template, so that no model needs code of its own. The next
batch is read and preprocessed in a thread while the model generates. What goes wrong stays with the question it
belongs to: a batch that is too large for the memory is halved and the smaller size is kept; a batch that fails
otherwise is asked one by one; a question that still fails is marked as failed and is never an empty answer.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sarbench.errors import SarbenchError
from sarbench.lmms.hf.args import HfArgs
from sarbench.lmms.hf.generation import Generation
from sarbench.lmms.hf.load import load_model
from sarbench.lmms.memory import free_memory, is_out_of_memory

Conversation = list[dict[str, Any]]
"""Messages with `role` and `content`, a list of `{"type": "image", "image": PIL}` and `{"type": "text", "text": …}`."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What came of one question.

    Attributes:
        text: The answer; empty when the model said nothing, and when it failed.
        input_tokens: Tokens of the prompt, image tokens included; None when failed.
        output_tokens: Generated tokens with the end token; None when failed.
        error: Why there is no answer.
    """

    text: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    error: str | None = None


@dataclass(frozen=True)
class _Batch:
    """Questions with equally many images: some processors cannot mix them."""

    places: tuple[int, ...]
    conversations: tuple[Conversation, ...]
    inputs: Any


Question = Callable[[], Conversation]
"""Gives its conversation when it is called; equal ones give equal conversations."""
_Read = tuple[list[_Batch], dict[int, Answer]]
_Numbered = Sequence[tuple[int, Conversation]]


class HfModel:
    """A loaded model.

    Args:
        model: A model in evaluation mode with `generate`.
        processor: Its processor, with a tokenizer that pads on the left.
        batch_size: Questions asked at once; falls for good when the memory does not hold so many.
    """

    def __init__(self, model: Any, processor: Any, *, batch_size: int = 1) -> None:
        self.model = model
        self.processor = processor
        self.batch_size = batch_size
        self._reader = ThreadPoolExecutor(1, "sarbench-read")
        self._begun: tuple[list[Question], Future[_Read]] | None = None

    @classmethod
    def load(cls, args: HfArgs) -> "HfModel":
        """Load a model.

        Raises:
            InputError: It cannot be loaded.
        """
        return cls(*load_model(args), batch_size=args.batch_size)

    def answers(
        self,
        questions: Sequence[Question],
        generation: Generation,
        *,
        following: Sequence[Question] = (),
        done: Callable[[int], object] = lambda count: None,
    ) -> list[Answer]:
        """Ask all questions.

        Args:
            questions: Each is called in a thread, shortly before it is asked.
            generation: How to generate.
            following: What the next call will most likely ask: its first batch is read during the last one of this.
            done: Called with the number of questions done since the last call.

        Returns:
            One answer to each question, in their order.

        Raises:
            RuntimeError: The GPU is in a state in which nothing can run any more.
            SarbenchError: What a question raised: it speaks of the run and not of one question.
        """
        found: dict[int, Answer] = {}
        for batches, unreadable in self._ahead(questions, following):
            found |= unreadable
            done(len(unreadable))
            for batch in batches:
                answers = self._ask(batch, generation)
                found |= answers
                done(len(answers))
        return [found[place] for place in range(len(questions))]

    def _ahead(self, questions: Sequence[Question], following: Sequence[Question]) -> Iterator[_Read]:
        """Yield read batches, the next one being read meanwhile, and behind the last one the first that follows."""
        start, coming = 0, self._taken_up(questions)
        if coming is not None:
            start = self.batch_size
        while start < len(questions) or coming is not None:
            current = coming
            coming = None
            if start < len(questions):
                stop = min(start + self.batch_size, len(questions))
                coming = self._reader.submit(self._read, list(enumerate(questions[start:stop], start)))
                start = stop
            elif following:
                first = list(following[: self.batch_size])
                self._begun = first, self._reader.submit(self._read, list(enumerate(first)))
            if current is not None:
                yield current.result()

    def _taken_up(self, questions: Sequence[Question]) -> "Future[_Read] | None":
        """Return the first batch of these questions where the last call had it read."""
        begun, self._begun = self._begun, None
        return begun[1] if begun and begun[0] == list(questions[: self.batch_size]) else None

    def _read(self, questions: Sequence[tuple[int, Question]]) -> _Read:
        """Load conversations and preprocess them, those with equally many images together."""
        groups: dict[int, list[tuple[int, Conversation]]] = {}
        failed: dict[int, Answer] = {}
        for place, question in questions:
            try:
                conversation = question()
            except SarbenchError:  # says that the whole run would be worth nothing
                raise
            except Exception as error:
                failed[place] = _failed(error)
            else:
                groups.setdefault(len(_images(conversation)), []).append((place, conversation))
        batches = []
        for group in groups.values():
            for made in self._encode(group):
                if isinstance(made, _Batch):
                    batches.append(made)
                else:
                    failed |= made
        return batches, failed

    def _encode(self, group: _Numbered) -> list[_Batch | dict[int, Answer]]:
        """Preprocess a group; when that fails, each of it alone, so that one bad image spoils no other question."""
        places, conversations = zip(*group, strict=True)
        try:
            return [_Batch(places, conversations, self._inputs(conversations))]
        except Exception as error:
            if len(group) == 1:
                return [{places[0]: _failed(error)}]
        return [made for one in group for made in self._encode([one])]

    def _inputs(self, conversations: Sequence[Conversation]) -> Any:
        """Turn conversations into tensors on the CPU, padded on the left."""
        texts = [
            self.processor.apply_chat_template(conversation, tokenize=False, add_generation_prompt=True)
            for conversation in conversations
        ]
        images = [_images(conversation) for conversation in conversations]
        begin = self.processor.tokenizer.bos_token
        # A template that writes the first token itself must not get a second one from the tokenizer.
        begun = {"add_special_tokens": False} if begin and texts[0].startswith(begin) else {}
        return self.processor(
            text=texts, images=images if images[0] else None, padding=True, return_tensors="pt", **begun
        )

    def _ask(self, batch: _Batch, generation: Generation) -> dict[int, Answer]:
        """Answer a batch, in smaller parts where it must be."""
        size = len(batch.places)
        if size <= self.batch_size:
            try:
                return dict(zip(batch.places, self._generate(batch.inputs, generation), strict=True))
            except Exception as error:
                out_of_memory = is_out_of_memory(error)
                if not out_of_memory and _is_fatal(error):
                    raise
                failure = _failed(error)
            free_memory()  # here the error and the tensors that its traceback held are gone
            _log.warning("a batch of %d failed: %s", size, failure.error)
            if size == 1:
                return {batch.places[0]: failure}
            if out_of_memory:
                self.batch_size = size // 2
                _log.warning("batch size is %d from here on", self.batch_size)
            part = self.batch_size if out_of_memory else 1
        else:  # read before the batch size fell
            part = self.batch_size
        numbered = list(zip(batch.places, batch.conversations, strict=True))
        answers: dict[int, Answer] = {}
        for start in range(0, size, part):
            for made in self._reader.submit(self._encode, numbered[start : start + part]).result():
                answers |= self._ask(made, generation) if isinstance(made, _Batch) else made
        return answers

    def _generate(self, inputs: Any, generation: Generation) -> list[Answer]:
        import torch

        inputs = inputs.to(device=self.model.device, dtype=self.model.dtype)
        tokenizer = self.processor.tokenizer
        with torch.inference_mode():
            output = self.model.generate(
                **inputs,
                **generation.arguments(),
                pad_token_id=tokenizer.pad_token_id,
                return_dict_in_generate=False,
            )
        prompts = inputs["input_ids"]
        length = prompts.shape[1]
        # Decoder-only models repeat the prompt before the answer; encoder-decoder models do not.
        repeats = output.shape[1] >= length and torch.equal(output[:, :length], prompts)
        ends = _end_tokens(self.model, tokenizer)
        made = [_until_end(row, ends) for row in (output[:, length:] if repeats else output).tolist()]
        texts = tokenizer.batch_decode(made, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        asked = inputs["attention_mask"].sum(dim=1).tolist() if "attention_mask" in inputs else [length] * len(made)
        return [
            Answer(generation.cut(text), tokens, len(row)) for text, tokens, row in zip(texts, asked, made, strict=True)
        ]


def _images(conversation: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [
        part["image"]
        for message in conversation
        if not isinstance(message["content"], str)
        for part in message["content"]
        if part["type"] == "image"
    ]


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    ends = getattr(model.generation_config, "eos_token_id", None)
    if ends is None:
        ends = tokenizer.eos_token_id
    return frozenset(ends) if isinstance(ends, list | tuple) else frozenset() if ends is None else frozenset({ends})


def _until_end(row: Sequence[int], ends: frozenset[int]) -> list[int]:
    """Drop the padding that an answer gets when others of its batch are longer."""
    end = next((place for place, token in enumerate(row) if token in ends), len(row) - 1)
    return list(row[: end + 1])


def _failed(error: Exception) -> Answer:
    lines = str(error).strip().splitlines()
    return Answer("", error=f"{type(error).__name__}: {lines[0] if lines else ''}".removesuffix(": "))


def _is_fatal(error: Exception) -> bool:
    """An assertion or an illegal access on the GPU: every later call of this process fails too."""
    return isinstance(error, RuntimeError) and any(words in str(error) for words in ("CUDA error", "HIP error"))
