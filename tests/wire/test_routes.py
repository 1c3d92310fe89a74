import msgspec
import pytest

from tests.wire.samples import GOLDEN, SAMPLES, text_of, with_more
from wire.routes import FeedMessage, PortRoute, Put

MESSAGES = [name for name in SAMPLES if name.startswith("feed-")]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_as_it_was(name: str) -> None:
    golden = (GOLDEN / f"{name}.json").read_text()
    assert text_of(name) == golden
    assert msgspec.json.decode(golden, type=FeedMessage) == SAMPLES[name]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_newer_server_is_understood(name: str) -> None:
    said = with_more((GOLDEN / f"{name}.json").read_bytes())
    assert msgspec.json.decode(said, type=FeedMessage) == SAMPLES[name]


def test_messages_tell_their_kind() -> None:
    kinds = [msgspec.json.decode(text_of(name))["op"] for name in MESSAGES]
    assert kinds == [name.removeprefix("feed-") for name in MESSAGES]


@pytest.mark.parametrize("said", [b'{"op":"pull"}', b"{}", b'{"op":"put","epoch":"e","seq":"1"}'])
def test_anything_else_is_refused(said: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(said, type=FeedMessage)


def test_a_port_that_says_nothing_is_private_http() -> None:
    assert msgspec.json.decode(b"{}", type=PortRoute) == PortRoute(
        visibility="private", protocol="http"
    )


def test_a_phase_that_nobody_knows_is_refused() -> None:
    said = text_of("feed-put").replace('"running"', '"flying"')
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(said, type=Put)
