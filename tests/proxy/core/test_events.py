"""Every event in every state, in any order: nothing is raised, nothing is left open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core import events
from proxy.core.commands import Way
from tests.proxy.core.play import OK, Play
from tests.proxy.world import (
    OPEN_PORT,
    PORT,
    request,
    upgrade,
)

GET = request("/a", OPEN_PORT)


def tunnel() -> Play:
    play = Play()
    play.through(request("/", OPEN_PORT, "GET", upgrade(f"http://{OPEN_PORT}")))
    assert play.answer(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi"
    ) == ["Send", "Relay"]
    return play


@pytest.mark.parametrize("state", ["idle", "opening", "active", "tunnel", "lingering", "closed"])
def test_every_event_is_survived_in_every_state(state: str) -> None:
    plays = {
        "idle": Play,
        "opening": lambda: after(GET),
        "active": lambda: after(GET, opened=True),
        "tunnel": tunnel,
        "lingering": lambda: after(b"GET / HTTP/1.1\r\n\r\n"),
        "closed": lambda: after(GET, gone=True),
    }
    for event in (
        events.UpstreamGone(clean=False),
        events.UpstreamFull(full=True),
        events.ClientFull(full=True),
        events.Answered(b"nonsense"),
        events.NotOpened(Way.AWAY) if state in {"opening", "closed"} else events.Tick(),
        events.Draining(),
        events.Revoked(),
        events.ClientGone(),
        events.Tick(),
    ):
        play = plays[state]()
        play.tell(event, events.ClientGone())
        assert not play.core.working


def after(data: bytes, *, opened: bool = False, gone: bool = False) -> Play:
    play = Play()
    play.ask(data)
    if opened:
        play.tell(events.Opened(kept=False))
    if gone:
        play.tell(events.ClientGone())
    return play


ANY_EVENT = st.one_of(
    st.sampled_from(
        [
            GET,
            request("/", PORT, "POST", {}, b"body"),
            request("/b", OPEN_PORT, "POST", {"Content-Length": "5"}),
            b"hello",
            b"\x00nonsense",
            request("/", OPEN_PORT, headers=upgrade("http://a.example")),
        ]
    ).map(events.Received),
    st.sampled_from(
        [
            OK,
            b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
            b"nonsense\r\n\r\n",
        ]
    ).map(events.Answered),
    st.builds(events.ClientFull, st.booleans()),
    st.builds(events.UpstreamFull, st.booleans()),
    st.builds(events.UpstreamGone, st.booleans()),
    st.just(events.Tick()),
    st.just(events.Draining()),
    st.just(events.Revoked()),
)


@given(st.lists(ANY_EVENT, max_size=15), st.booleans())
def test_whatever_happens_the_connection_can_be_ended(happened: list, kept: bool) -> None:  # noqa: FBT001 - a case
    play = Play()
    for event in happened:
        words = play.tell(event)
        if "Open" in words:
            play.tell(events.Opened(kept=kept))
    play.tell(events.ClientGone())
    assert not play.core.working
    assert play.core.deadline == float("inf")
    assert play.tell(events.Opened(kept=False)) == ["Drop"], (
        "a connection that comes late is let go"
    )
    assert all(record.event == "request" for record in play.records)
