"""Rules about texts: empty, cut short, placeholders, wrong encodings, remains of a prompt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow.compute as pc

from sarbench.build.quality.batch import Batch, Hit, nonzero, shown
from sarbench.build.quality.finding import LISTED, Example, Finding
from sarbench.build.quality.texts import Mask, Texts

LONG = 30
"""Characters from which an answer counts as a sentence that should end like one."""

_SENTENCES = ("caption", "vqa", "reasoning", "attribute", "retrieval")
"""Tasks whose answers are sentences."""

_FEW = 0.1
"""Share of long answers without an end mark up to which they are suspects and not the custom of the set."""

_ANSWERED_BY_BOXES = ("grounding", "referring")

_PLACEHOLDERS = (
    r"^(?:n/?a|nan|nil|null|none|unknown|undefined|unspecified|not (?:available|specified|applicable)|tbd|[-–—?_.]+)$"
)
# A function word that ends no English sentence, or a mark that something must follow.
_OPEN_END = (
    r"(?i)(?:\s(?:the|an?|of|and|or|but|in|on|at|to|by|for|from|with|into|as|is|are|was|were|"
    r"its|their|which|that|while|where|there|this|these)|[,;:(\[/–-])$"
)
_END_MARK = r"[.!?…。\"')\]]$"

_UNPRINTABLE = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\x{AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}\x{FEFF}]"
# UTF-8 read as Latin-1 or Windows-1252: the lead bytes C3, C2 and E2 80 as letters, before what follows them.
_MOJIBAKE = r"Ã[\x{80}-\x{BF}ƒ‚„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]|Â[\x{A0}-\x{BF}]|â€|â\x{80}|ï¿½|ï»¿|\x{FFFD}"
_PROMPT = (
    r"(?i)<image>|<img>|<\|[a-z_]+\|>|</s>|\[/?INST\]|<think>|\bas an ai\b|\b(?:large )?language model\b"
    r"|\bI(?:'m| am) sorry,? but\b|\bI (?:cannot|can't|can not|am unable to) (?:see|view|assist|determine|provide)"
)


def answer_rules(batch: Batch) -> Iterator[Hit]:
    """Look at the answers: is there one, is it whole, is it one."""
    answers = batch.answers
    blank = answers.of(pc.equal(pc.utf8_length(answers.plain), 0))
    answered_by_boxes = batch.with_task(*_ANSWERED_BY_BOXES) & (batch.box_numbers > 0)
    asked = (batch.questions.lengths > 0) | batch.with_task("caption", "retrieval")
    needed = asked & ~answered_by_boxes
    yield _hit("answer-empty", batch, needed & blank & (batch.counts < 0), needed, batch.questions)
    free = ~blank & (batch.choices.lengths == 0)
    placeholder = answers.of(
        pc.match_substring_regex(pc.utf8_trim_whitespace(pc.utf8_lower(answers.values)), _PLACEHOLDERS)
    )
    yield _hit("answer-placeholder", batch, placeholder & free, free, answers)


def cut_answers(batch: Batch, endings: "Endings") -> Hit:
    """Find long answers that end in a function word or in a mark that something must follow.

    How the other long answers end is added to `endings`.
    """
    answers = batch.answers
    ends = pc.utf8_rtrim_whitespace(answers.values)
    long = batch.with_task(*_SENTENCES) & (answers.lengths >= LONG)
    broken = long & answers.of(pc.match_substring_regex(ends, _OPEN_END))
    unended = nonzero(long & ~broken & ~answers.of(pc.match_substring_regex(ends, _END_MARK)))
    endings.long += int(long.sum())
    endings.unended += len(unended)
    for row in unended[: LISTED - len(endings.examples)].tolist():
        endings.examples.append(Example(batch.id(row), shown(answers[row], end=True)))
    return Hit("answer-cut", nonzero(broken), int(long.sum()), lambda row: shown(answers[row], end=True))


@dataclass
class Endings:
    """How long answers end; it grows with every batch."""

    long: int = 0
    unended: int = 0
    examples: list[Example] = field(default_factory=list)

    def finding(self, place: str) -> Finding | None:
        """Return those without an end mark, if nearly all others have one: a text cut within a word looks like that."""
        if not self.unended or self.unended > _FEW * self.long:
            return None
        return Finding("answer-unended", place, self.unended, self.long, examples=tuple(self.examples))


def text_rules(batch: Batch) -> Iterator[Hit]:
    """Look at questions and answers for what no text should hold."""
    for rule, pattern in (("unprintable-text", _UNPRINTABLE), ("mojibake", _MOJIBAKE), ("prompt-remains", _PROMPT)):
        in_question, in_answer = batch.questions.matches(pattern), batch.answers.matches(pattern)
        yield Hit(rule, nonzero(in_question | in_answer), len(batch), _either(batch, in_question))


def _either(batch: Batch, in_question: Mask) -> Callable[[int], str]:
    """Show the question where the fault lies in it, else the answer, with what prints nothing spelled out."""

    def what(row: int) -> str:
        text = shown(batch.questions[row] if in_question[row] else batch.answers[row])
        return text if text.isprintable() else ascii(text)[1:-1]

    return what


def _hit(rule: str, batch: Batch, rows: Mask, looked_at: Mask, texts: Texts) -> Hit:
    return Hit(rule, nonzero(rows), int(np.count_nonzero(looked_at)), lambda row: shown(texts[row]))
