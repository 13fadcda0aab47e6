"""Replies of a server in the form that lmms-eval takes for granted: one text, and whole numbers of tokens.

`async_openai` of lmms-eval 0.7.3 adds Python's message to the answer where a reply holds no text
(`models/chat/async_openai.py`), and then scores it; both it and `openai` count tokens with whatever stands in `usage`.
So what a client returns is mended before they see it, and what cannot be mended is raised there, where it costs this
one question and is tried again as any other failure.
"""

import inspect
from typing import Any

_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
_MOST = 2**53


class OddReplyError(Exception):
    """A reply that holds no text and does not say that there is none."""


def mend_replies(backend: Any) -> None:
    """Mend what the OpenAI client of a backend returns; a backend without one is left as it is."""
    completions = getattr(getattr(getattr(backend, "client", None), "chat", None), "completions", None)
    create = getattr(completions, "create", None)
    if completions is None or create is None:
        return

    def mending(*args: Any, **options: Any) -> Any:
        reply = create(*args, **options)
        with_tools = bool(options.get("tools"))
        return _awaited(reply, with_tools=with_tools) if inspect.isawaitable(reply) else mended(reply, tools=with_tools)

    completions.create = mending


async def _awaited(reply: Any, *, with_tools: bool) -> Any:
    return mended(await reply, tools=with_tools)


def mended(reply: Any, *, tools: bool = False) -> Any:
    """Return a chat completion whose texts are texts and whose counts are counts.

    A reply without text (reasoning alone, a refusal, a call of a tool) is an empty answer; parts of a text are joined.

    Args:
        reply: What the client returned; it is changed in place.
        tools: Whether the model was given tools. Where it was not, nobody can run the one that it calls.

    Raises:
        OddReplyError: There is no answer in it, or one that is no text.
    """
    choices = getattr(reply, "choices", None)
    if not isinstance(choices, list) or not choices:
        said = getattr(reply, "error", None) or reply
        msg = f"the reply holds no answer: {str(said)[:150]}"
        raise OddReplyError(msg)
    for choice in choices:
        if getattr(choice, "message", None) is None:
            msg = "the reply holds no message"
            raise OddReplyError(msg)
        choice.message.content = _text(getattr(choice.message, "content", None))
        if not tools and getattr(choice, "finish_reason", None) == "tool_calls":
            choice.finish_reason = "stop"
    _mend_usage(reply)
    return reply


def _text(content: Any) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, dict) else getattr(part, "text", part) for part in content]
        texts = [part for part in parts if isinstance(part, str)]
        if len(texts) == len(parts):
            return "".join(texts)
    msg = f"the reply holds {type(content).__name__} where a text should be"
    raise OddReplyError(msg)


def _mend_usage(reply: Any) -> None:
    """Take out of `usage` what is no count; lmms-eval counts nothing then."""
    usage = getattr(reply, "usage", None)
    if usage is None:
        return
    if not hasattr(usage, "__dict__"):
        reply.usage = None
        return
    for name in _COUNTS:
        setattr(usage, name, _count(getattr(usage, name, None)))
    details = getattr(usage, "completion_tokens_details", None)
    if details is not None:
        if hasattr(details, "__dict__"):
            details.reasoning_tokens = _count(getattr(details, "reasoning_tokens", None))
        else:
            usage.completion_tokens_details = None


def _count(value: Any) -> int | None:
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
    return value if sound else None
