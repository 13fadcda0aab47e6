"""What is taken off an answer before it is read: reasoning, markup of the chat template, odd Unicode.

Everything here takes time linear in the length of the text.
"""

import re
import unicodedata

_FAILED = ("[LMMS_EVAL_REQUEST_FAILED", "[LMMS_EVAL_BUDGET_EXCEEDED")
"""How lmms-eval 0.7.3 begins an "answer" that its API models never gave (`models/chat/openai.py`, `async_openai.py`,
`gemini.py`)."""

_REASONING = re.compile(r"<(/?)(?:think|thinking|thought|analysis|reasoning|scratchpad)>", re.IGNORECASE)
_ANSWER = re.compile(r"<(/?)answer>", re.IGNORECASE)
_SPECIAL_TOKEN = re.compile(r"<\|/?[A-Za-z0-9_]{1,40}\|>|</?s>|<pad>|<unk>|<eos>|<bos>")
_TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-"})


def harness_failed(text: str) -> bool:
    """Tell whether lmms-eval put its own message where the answer of the model should be."""
    return text.lstrip().startswith(_FAILED)


def without_reasoning(text: str) -> str:
    """Return what a reasoning model says outside its reasoning.

    A closing tag without an opening one ends reasoning that began inside the prompt; an opening tag without a closing
    one means that the model never came to its answer. Where the answer itself is tagged, its last tag wins.

    >>> without_reasoning("<think>Two? No, three.</think>3")
    '3'
    >>> without_reasoning("Two? No, three.</think> <answer>3</answer>")
    '3'
    >>> without_reasoning("<think>Two? No, ")
    ''
    """
    kept: list[str] = []
    start, inside = 0, False
    for tag in _REASONING.finditer(text):
        closing = bool(tag[1])
        if closing and not inside:
            kept.clear()
        elif not inside:
            kept.append(text[start : tag.start()])
        inside = not closing
        start = tag.end()
    if not inside:
        kept.append(text[start:])
    return _tagged_answer("".join(kept))


def _tagged_answer(text: str) -> str:
    start, answer = None, text
    for tag in _ANSWER.finditer(text):
        if not tag[1]:
            start = tag.end()
            answer = text[start:]
        elif start is not None:
            answer = text[start : tag.start()]
            start = None
    return answer


def without_special_tokens(text: str) -> str:
    """Take out tokens that belong to a chat template, such as `<|im_end|>`, `<|box_start|>` and `</s>`."""
    return _SPECIAL_TOKEN.sub(" ", text)


def is_blank(text: str) -> bool:
    """Tell whether nothing would be seen on the screen: white space, control and format characters."""
    return all(char.isspace() or unicodedata.category(char) in {"Cc", "Cf"} for char in text)


def plain(text: str) -> str:
    r"""Fold width and typography (NFKC, straight quotes, hyphens), drop bold marks, make white space single blanks.

    Line breaks become blanks too: no rule needs them, and single blanks keep every pattern free of backtracking.

    >>> plain("１２　ships – it’s \n clear")
    "12 ships - it's clear"
    """
    return " ".join(unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).replace("**", "").split())
