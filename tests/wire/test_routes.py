import msgspec
import pytest

from tests.wire.samples import GOLDEN, SAMPLES, text_of, with_more
from wire.routes import ROUTES_AT_ONCE, FeedMessage, Part, PortRoute, Put, Snapshot, split

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


@pytest.mark.parametrize(("count", "messages"), [(0, 1), (1, 1), (ROUTES_AT_ONCE, 1), (601, 3)])
def test_a_table_is_cut_into_messages_of_a_moment(count: int, messages: int) -> None:
    route = SAMPLES["feed-put"].route
    table = Snapshot(epoch="e", seq=3, routes=[route] * count, sessions={"s": 1})
    first, *parts = split(table)
    assert isinstance(first, Snapshot)
    assert all(isinstance(one, Part) for one in parts)
    assert len(parts) + 1 == messages
    assert [one.more for one in (first, *parts)] == [True] * len(parts) + [False]
    assert sum(len(one.routes) for one in (first, *parts)) == count
    assert all(len(one.routes) <= ROUTES_AT_ONCE for one in (first, *parts))
    assert {(one.epoch, one.seq) for one in (first, *parts)} == {("e", 3)}
    assert first.sessions == {"s": 1}
