"""One row and the id of a prompt → the prompt as it is sent."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, get_args

from sarbench import coords
from sarbench.errors import UnknownNameError
from sarbench.prompts.authors import authors_text, list_of
from sarbench.prompts.forms import DEFAULT, FOURTH, SECOND, THIRD, Form, Wording
from sarbench.prompts.history import with_history
from sarbench.prompts.question import has_region, in_convention, told_in_convention
from sarbench.questions.family import family

PROMPT_VERSION = "1.0"
"""X.Y: X changes when answers are no longer comparable, Y when only the wording was polished."""

Paraphrase = Literal["sarbench", "sarbench-2", "sarbench-3", "sarbench-4"]
PARAPHRASES: tuple[Paraphrase, ...] = get_args(Paraphrase)
"""Wordings of one zero-shot prompt: what is asked when a score is wanted over all of them."""

PromptId = Literal[Paraphrase, "authors"]
PROMPT_IDS: tuple[PromptId, ...] = ("sarbench", "authors", *PARAPHRASES[1:])

_WORDINGS: Mapping[str, Wording] = MappingProxyType(
    dict(zip(PARAPHRASES, (DEFAULT, SECOND, THIRD, FOURTH), strict=True))
)


@dataclass(frozen=True)
class Prompt:
    """A prompt as it is sent."""

    id: PromptId
    version: str
    text: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def render(
    row: Mapping[str, Any], *, prompt: str = "sarbench", convention: str = "pixel", history: str = "none"
) -> Prompt:
    """Write the prompt for one row.

    Args:
        row: A row of the schema (only `dataset`, `config`, `task`, `subtask`, `question`, `choices`, `region`, `width`
            and `height` are read, with a history `turn` and `record`; `task`, `question`, `width` and `height` must be
            there).
        prompt: A prompt id.
        convention: The coordinate convention that boxes are given and asked for in (see `sarbench.coords`).
        history: `gold` tells the true earlier turns of the row's dialogue first, `none` asks every turn alone.

    Raises:
        UnknownNameError: The prompt id, the convention, the history or the kind of row is not known.

    >>> row = {"task": "counting", "subtask": "count", "question": "[count] Count the ship.", "width": 8, "height": 8}
    >>> print(render(row).text)
    Count the ship.
    Answer with a single number.
    """
    known = next((name for name in PROMPT_IDS if name == prompt), None)
    if known is None:
        raise UnknownNameError(
            where=f"prompt {prompt!r}", problem="does not exist", fix=f"Use {' or '.join(PROMPT_IDS)}"
        )
    if known == "authors":
        return Prompt(known, PROMPT_VERSION, with_history(authors_text(row), row, history))
    wording = _WORDINGS[known]
    form = wording.forms[_form(row)].replace("{box}", _box_in_words(convention))
    question = in_convention(row["question"] or wording.caption, row, convention)
    text = wording.layout.format(question=question, form=form)
    told = partial(told_in_convention, row=row, convention=convention)
    return Prompt(known, PROMPT_VERSION, with_history(text, row, history, spelled=told))


def _form(row: Mapping[str, Any]) -> Form:
    """Tell which answer form a row asks for."""
    kind = family(row)
    place = (row.get("dataset"), row.get("config"))
    if kind == "caption" and place == ("sarlang-1m", "caption-complex"):
        return "detailed caption"
    if kind == "caption" and place[0] == "fusar-geovl":
        return "eight-field caption"
    if kind == "region" and has_region(row):
        return "listed region" if list_of(row) else "boxed region"
    if list_of(row):
        return "listed position" if kind == "position" else "listed class"
    return kind


def _box_in_words(convention: str) -> str:
    """Return the order of a box's numbers, what they are, and what they count."""
    edge = "" if coords.parse_convention(convention).xywh else " edge"
    order, names = coords.box_template(convention), coords.edge_names(convention)
    return f"{order}, the {names}{edge} in {coords.describe(convention)}"
