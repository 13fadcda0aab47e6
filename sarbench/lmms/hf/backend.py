"""`--model sarbench_hf`: any Hugging Face image-text-to-text model inside lmms-eval.

lmms-eval's own `huggingface` backend does not run in 0.7.3: with transformers 5 it hands the processor an argument
that is gone, with transformers 4 it loads a class that cannot generate (`models/chat/huggingface.py:92-99,236`).
lmms-eval imports this module when the model is asked for; nothing else does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NoReturn

from lmms_eval.api.instance import GenerationResult, TokenCounts
from lmms_eval.api.model import lmms
from tqdm import tqdm

from sarbench.errors import InputError
from sarbench.lmms.hf.args import hf_args
from sarbench.lmms.hf.generation import generation
from sarbench.lmms.hf.invariance import BatchInvariance, batch_invariance
from sarbench.lmms.hf.model import Answer, Conversation, HfModel


class SarbenchHf(lmms):  # type: ignore[misc]
    """lmms-eval's view of an `HfModel`; takes the arguments of `HfArgs`."""

    is_simple = False

    def __init__(self, **args: Any) -> None:
        super().__init__()
        self.hf = HfModel.load(hf_args(args))
        self._following: Sequence[Any] = ()

    @property
    def model(self) -> Any:
        """The torch module. A property, so that `clean` between chunks does not take it away."""
        return self.hf.model

    @property
    def device(self) -> Any:
        """Where the inputs go."""
        return self.hf.model.device

    @property
    def batch_size(self) -> int:
        """Questions asked at once now: smaller than asked for after an out-of-memory error."""
        return self.hf.batch_size

    def expect(self, requests: Sequence[Any]) -> None:
        """Be told what will be asked after the next call of `generate_until`, to read it in time."""
        self._following = requests

    def generate_until(self, requests: Sequence[Any]) -> list[GenerationResult]:
        """Answer chat requests, in their order.

        A failed question gets lmms-eval's own failure marker and no token counts; an empty answer has counts.
        """
        following, self._following = self._questions(self._following), ()
        groups = [(settings, list(alike)) for settings, alike in groupby(requests, key=lambda request: request.args[2])]
        with tqdm(total=len(requests), desc="sarbench_hf", unit="item", disable=self.rank != 0) as bar:
            return [
                _result(answer)
                for place, (settings, alike) in enumerate(groups, 1)
                for answer in self.hf.answers(
                    self._questions(alike),
                    generation(settings),
                    following=following if place == len(groups) else (),
                    done=bar.update,
                )
            ]

    def batch_invariance(self, requests: Sequence[Any], *, batch_size: int) -> BatchInvariance:
        """Ask requests of one task one by one and in batches, and compare the answers; see `batch_invariance`."""
        conversations = [question() for question in self._questions(requests)]
        return batch_invariance(self.hf, conversations, generation(requests[0].args[2]), batch_size=batch_size)

    def _questions(self, requests: Sequence[Any]) -> list["_Question"]:
        asked = [request.args for request in requests]
        return [_Question(to, self.task_dict[task][split], doc_id) for _, to, _, doc_id, task, split in asked]

    def loglikelihood(self, requests: Sequence[Any]) -> list[tuple[float, bool]]:
        """Refuse: the tasks of sarbench ask for text."""
        _refuse("log-likelihoods", requests)

    def generate_until_multi_round(self, requests: Sequence[Any]) -> list[str]:
        """Refuse: the tasks of sarbench ask one question at a time."""
        _refuse("several rounds", requests)


@dataclass(frozen=True)
class _Question:
    """Fetches one document and spells its messages as Hugging Face templates read them.

    lmms-eval keeps the image of a content part under `url`, whatever it is (`api/task.py`, `_visual_to_content`).
    """

    to_messages: Callable[[Any], Sequence[Mapping[str, Any]]]
    docs: Any
    doc_id: int

    def __call__(self) -> Conversation:
        return [
            {"role": message["role"], "content": [_part(part) for part in message["content"]]}
            for message in self.to_messages(self.docs[self.doc_id])
        ]


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "image":
        return {"type": "image", "image": part["url"]}
    if part["type"] == "text":
        return {"type": "text", "text": part["text"]}
    raise InputError(where="sarbench_hf", problem=f"reads no {part['type']}", fix="Ask tasks of images and text")


def _result(answer: Answer) -> GenerationResult:
    if answer.error is not None:
        return GenerationResult(text=f"[LMMS_EVAL_REQUEST_FAILED after 1 retries] {answer.error}")
    counts = TokenCounts(input_tokens=answer.input_tokens, output_tokens=answer.output_tokens)
    return GenerationResult(text=answer.text, token_counts=counts)


def _refuse(asked: str, requests: Sequence[Any]) -> NoReturn:
    task = requests[0].task_name if requests else "the task"
    raise InputError(where=task, problem=f"asks for {asked}, which sarbench_hf does not do", fix="Leave it out")
