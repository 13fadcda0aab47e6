"""What is taken off an answer before it is read: reasoning, markup of the chat template, odd Unicode.

Everything here takes time linear in the length of the text; each step first looks whether there is anything to do.
"""

import re
import unicodedata

from sarbench.answers._folding import folded

_FAILED = (
    "[LMMS_EVAL_REQUEST_FAILED",
    "[LMMS_EVAL_BUDGET_EXCEEDED",
    'Error: can only concatenate str (not "',  # of `async_openai`, where a reply holds no text
)
"""How lmms-eval 0.7.3 begins an "answer" that its API models never gave (`models/chat/openai.py`, `async_openai.py`,
`gemini.py`)."""

# XML-like tags (DeepSeek-R1, Qwen3, GLM, Seed), Kimi's triangles, Magistral's capitals, the tokens of Open-Thoughts and
# of Command A.
_REASONING = re.compile(
    r"<(?P<a>/?)(?:(?:seed:)?think|thinking|thoughts?|analysis|reason|reasoning|reflection|scratchpad) ?>"
    r"|◁(?P<b>/?)think▷|\[(?P<c>/?)THINK\]|<\|(?P<d>begin|end)_of_thought\|>|<\|(?P<e>START|END)_THINKING\|>",
    re.IGNORECASE,
)
# <answer>, LLaVA-CoT's <CONCLUSION>, GLM-4.1V's <|begin_of_box|>, Open-Thoughts' <|begin_of_solution|>.
_ANSWER = re.compile(
    r"<(?P<a>/?)(?:answer|final_answer|conclusion|response) ?>|<\|(?P<d>begin|end)_of_(?:box|solution)\|>",
    re.IGNORECASE,
)
_BOXED = "\\boxed{"
_BRACE = re.compile(r"[{}]")
_WRAPPED = re.compile(r"\\(?:text|textbf|mathrm|mathbf|texttt) ?\{([^{}]*)\}")
_LISTED = re.compile(r"[\s`]{0,4}(?:json)?\s{0,4}[\[({]")
_FINAL = re.compile(r"<\|channel\|>final(?: [a-z]{1,20})?<\|message\|>")
"""Harmony, the format of gpt-oss: what stands before its last final channel is analysis."""
_ANALYSIS = re.compile(r"<\|channel\|>(?:analysis|commentary)\b")
_SPECIAL_TOKEN = re.compile(
    r"<\|/?[A-Za-z0-9_]{1,40}\|>|<｜[^<>｜]{1,40}｜>|</?s>|<(?:pad|unk|eos|bos|image|end_of_utterance)>"
    r"|<(?:start_of_turn>(?:model|user)?|end_of_turn>)|\[/?INST\]"
)


def harness_failed(text: str) -> bool:
    """Tell whether lmms-eval put its own message where the answer of the model should be."""
    return text.lstrip().startswith(_FAILED)


def without_reasoning(text: str) -> str:
    r"""Return what a reasoning model says outside its reasoning.

    A closing tag without an opening one ends reasoning that began inside the prompt; an opening tag without a closing
    one means that the model never came to its answer. Where the answer itself is tagged, or stands in LaTeX's
    `\boxed{…}`, the last one wins; but several that all begin with a bracket are so many boxes, and the whole text is
    the answer. sarbench's own rules.

    >>> without_reasoning("<think>Two? No, three.</think>3")
    '3'
    >>> without_reasoning("Two? No, three.</think> <answer>3</answer>")
    '3'
    >>> without_reasoning("<think>Two? No, ")
    ''
    >>> without_reasoning(r"2 + 1 = 3, so \boxed{\text{three}}")
    'three'
    """
    if "<" not in text and "◁" not in text and "[" not in text and _BOXED not in text:
        return text
    kept: list[str] = []
    start, inside = 0, False
    for tag in _REASONING.finditer(text):
        closing = tag["a"] == "/" or tag["b"] == "/" or tag["c"] == "/" or _ends(tag["d"] or tag["e"])
        if closing and not inside:
            kept.clear()
        elif not inside:
            kept.append(text[start : tag.start()])
        inside = not closing
        start = tag.end()
    if not inside:
        kept.append(text[start:])
    return _boxed_answer(_tagged_answer(_final_channel("".join(kept))))


def _final_channel(text: str) -> str:
    end = None
    for channel in _FINAL.finditer(text):
        end = channel.end()
    if end is not None:
        return text[end:]
    analysis = _ANALYSIS.search(text)
    return text[: analysis.start()] if analysis else text


def _tagged_answer(text: str) -> str:
    answers: list[str] = []
    start = None
    for tag in _ANSWER.finditer(text):
        if tag["a"] != "/" and not _ends(tag["d"]):
            start = tag.end()
        elif start is not None:
            answers.append(text[start : tag.start()])
            start = None
    if start is not None:
        answers.append(text[start:])
    return _last(answers, text)


def _boxed_answer(text: str) -> str:
    if _BOXED not in text:
        return text
    answers: list[str] = []
    start = text.find(_BOXED)
    while start >= 0:
        start += len(_BOXED)
        end = _closing(text, start)
        answers.append(text[start:end])
        start = text.find(_BOXED, end)
    return _WRAPPED.sub(r"\1", _last(answers, text))


def _closing(text: str, start: int) -> int:
    """Return where the brace that stands before `start` is closed; the end of the text where it is not."""
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.start()
    return len(text)


def _last(answers: list[str], text: str) -> str:
    if len(answers) > 1 and all(map(_LISTED.match, answers)):
        return text
    return answers[-1] if answers else text


def _ends(word: str | None) -> bool:
    return word is not None and word.lower() == "end"


def without_special_tokens(text: str) -> str:
    """Take out tokens that belong to a chat template, such as `<|im_end|>`, `<|box_start|>`, `</s>` and `[/INST]`."""
    return _SPECIAL_TOKEN.sub(" ", text) if "<" in text or "INST]" in text else text


def is_blank(text: str) -> bool:
    """Tell whether nothing would be seen on the screen: white space, control and format characters."""
    if not text or text.isspace():
        return True
    if text[0].isalnum():
        return False
    return all(char.isspace() or unicodedata.category(char) in {"Cc", "Cf"} for char in text)


def plain(text: str) -> str:
    r"""Fold width and typography (NFKC, straight quotes, hyphens), drop bold marks, make white space single blanks.

    Line breaks become blanks too: no rule needs them, and single blanks keep every pattern free of backtracking.

    >>> plain("１２　ships – it’s \n clear")
    "12 ships - it's clear"
    """
    text = folded(text)
    if "**" in text:
        text = text.replace("**", "")
    return " ".join(text.split())
