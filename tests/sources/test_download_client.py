import pytest

from sarbench.sources.download import client
from tests.hub.fake_hub import FakeHub, fake_hub

__all__ = ["fake_hub"]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"RateLimit": '"resolvers";r=0;t=117'}, 117.0),
        ({"Retry-After": "99999"}, 300.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({}, None),
    ],
)
def test_how_long_a_busy_server_wants_to_be_left_alone(
    fake_hub: FakeHub, headers: dict[str, str], seconds: float | None
) -> None:
    fake_hub.fault("/api/x", status=429, headers=headers)
    with pytest.raises(client.PassingError) as caught:
        client.request(f"{fake_hub.endpoint}/api/x")
    assert caught.value.wait == seconds


@pytest.mark.parametrize(("value", "offline"), [("1", True), ("on", True), ("TRUE", True), ("0", False), ("", False)])
def test_what_switches_requests_off(monkeypatch: pytest.MonkeyPatch, value: str, offline: bool) -> None:
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", value)
    assert client.is_offline() is offline


def test_the_endpoint_is_read_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example/")
    assert (
        client.file_url("o/n", "c", "a b/é#.zip") == "http://mirror.example/datasets/o/n/resolve/c/a%20b/%C3%A9%23.zip"
    )
    monkeypatch.delenv("HF_ENDPOINT")
    assert client.page("o/n") == "https://huggingface.co/datasets/o/n"
