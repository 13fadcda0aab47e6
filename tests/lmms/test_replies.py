"""What servers send in place of one text and whole numbers."""

import asyncio
import types
from types import SimpleNamespace as Space

import pytest

from sarbench.lmms.replies import OddReplyError, mend_replies, mended


def reply(content: object = "1", **changes: object) -> Space:
    message = Space(content=content)
    return Space(choices=[Space(message=message, finish_reason=changes.pop("finish", "stop"))], usage=None, **changes)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("3", "3"),
        (None, ""),
        ([{"type": "text", "text": "1 "}, {"type": "text", "text": "2"}], "1 2"),
        (["a", Space(text="b")], "ab"),
        ([], ""),
    ],
)
def test_an_answer_is_one_text(content: object, text: str) -> None:
    assert mended(reply(content)).choices[0].message.content == text


@pytest.mark.parametrize("content", [1, {"text": "1"}, [1], [{"type": "image_url"}]])
def test_what_is_no_text_is_a_failure(content: object) -> None:
    with pytest.raises(OddReplyError, match="where a text should be"):
        mended(reply(content))


@pytest.mark.parametrize("odd", [Space(choices=None), Space(choices=[]), Space(), "<html>", Space(choices=[Space()])])
def test_a_reply_without_an_answer_is_a_failure(odd: object) -> None:
    with pytest.raises(OddReplyError, match="holds no"):
        mended(odd)


def test_what_the_server_says_of_its_error_is_kept() -> None:
    with pytest.raises(OddReplyError, match="overloaded"):
        mended(Space(choices=None, error={"message": "overloaded"}))


def test_counts_that_are_none_are_taken_out() -> None:
    usage = Space(prompt_tokens="x", completion_tokens=2, total_tokens=-1, completion_tokens_details="y")
    odd = reply()
    odd.usage = usage
    kept = mended(odd).usage
    assert (kept.prompt_tokens, kept.completion_tokens, kept.total_tokens) == (None, 2, None)
    assert kept.completion_tokens_details is None
    odd.usage = 7
    assert mended(odd).usage is None


def test_a_tool_that_nobody_offered_is_not_waited_for() -> None:
    assert mended(reply(None, finish="tool_calls")).choices[0].finish_reason == "stop"
    assert mended(reply(None, finish="tool_calls"), tools=True).choices[0].finish_reason == "tool_calls"


def client(create: object) -> Space:
    return Space(client=Space(chat=Space(completions=Space(create=create))))


def test_clients_of_both_kinds_are_mended() -> None:
    async def later(**_: object) -> Space:
        return reply(None)

    for create in (lambda **_: reply(None), later):
        backend = client(create)
        mend_replies(backend)
        found = backend.client.chat.completions.create(model="m")
        found = asyncio.run(found) if isinstance(found, types.CoroutineType) else found
        assert found.choices[0].message.content == ""


def test_the_clients_of_the_openai_package_are_mended() -> None:
    openai = pytest.importorskip("openai")
    backend = Space(client=openai.OpenAI(api_key="none", base_url="http://127.0.0.1:9/v1", max_retries=0))
    before = backend.client.chat.completions.create
    mend_replies(backend)
    assert backend.client.chat.completions.create is not before
    with pytest.raises(openai.APIConnectionError):
        backend.client.chat.completions.create(model="m", messages=[])


def test_a_backend_without_a_client_is_left_alone() -> None:
    mend_replies(Space(model=1))
