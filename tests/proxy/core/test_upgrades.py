"""Upgrades: what is granted, what is only an answer, and that nothing leaks out of either."""

import pytest

from proxy.core import events
from tests.proxy.core.play import OK, Play
from tests.proxy.world import OPEN_PORT, PORT, ports_cookie, request, upgrade

TCP = {"Connection": "Upgrade", "Upgrade": "tcp"}
HIDDEN = request("/hidden", OPEN_PORT)


def granted(protocol: str) -> bytes:
    return f"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n".encode()


def websocket() -> bytes:
    return request("/", PORT, headers={**upgrade(f"http://{PORT}"), "Cookie": ports_cookie()})


def test_a_websocket_that_is_granted_is_joined_with_what_came_early() -> None:
    play = Play()
    play.ask(websocket() + b"early")
    play.tell(events.Opened(kept=False))
    assert b"early" not in play.to_upstream
    play.answer(granted("websocket") + b"first")
    assert play.relay is not None
    assert (play.relay.to_upstream, play.relay.to_client) == (b"early", b"first")
    assert (play.status, play.sent("upgrade")) == (101, ["websocket"])


@pytest.mark.parametrize("protocol", ["tcp", "SPDY/3.1", "foo", "WebTTY/2"])
def test_any_protocol_is_passed_on_and_named_as_it_was(protocol: str) -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, headers={**TCP, "Upgrade": protocol}))
    assert (play.told("upgrade"), play.told("connection")) == ([protocol], ["Upgrade"])
    assert play.answer(granted(protocol.lower()) + b"hi") == ["Send", "Relay"]
    assert play.sent("upgrade") == [protocol]


@pytest.mark.parametrize("body", [b"abc", b"3\r\nabc\r\n0\r\n\r\n"])
def test_a_request_with_a_body_may_upgrade_behind_it(body: bytes) -> None:
    play = Play()
    framing = {"Content-Length": "3"} if body == b"abc" else {"Transfer-Encoding": "chunked"}
    play.ask(request("/exec/1/start", OPEN_PORT, "POST", {**TCP, **framing}) + body + HIDDEN)
    play.tell(events.Opened(kept=False))
    assert play.to_upstream.endswith(b"\r\n\r\n" + body)
    play.answer(granted("tcp"))
    assert play.relay is not None
    assert play.relay.to_upstream == HIDDEN


@pytest.mark.parametrize(
    "asked", [websocket(), request("/", OPEN_PORT, headers=TCP)], ids=["websocket", "tcp"]
)
def test_bytes_behind_an_upgrade_that_is_not_granted_are_no_request(asked: bytes) -> None:
    play = Play()
    play.ask(asked + HIDDEN)
    play.tell(events.Opened(kept=False))
    assert play.answer(OK) == ["Send", "Drop", "Close"]
    assert (play.status, play.sent("connection")) == (200, ["close"])
    assert play.relay is None
    assert b"hidden" not in play.to_upstream
    assert len(play.records) == 1


def test_early_bytes_of_an_upgrade_are_bounded() -> None:
    play = Play()
    play.ask(request("/", OPEN_PORT, headers=TCP))
    assert play.ask(b"x" * 100_000) == ["HoldClient on"]
    assert play.core.buffered == 100_000
    play.tell(events.Opened(kept=False))
    assert play.answer(granted("tcp")) == ["Send", "Relay", "HoldClient off"]
    assert play.core.buffered == 0


@pytest.mark.parametrize(
    "wish", ["h2c", "H2C", "HTTP/2.0", "h2", "TLS/1.2", "websocket, h2c", "a b"]
)
def test_wishes_for_http_itself_are_ignored_and_the_connection_goes_on(wish: str) -> None:
    play = Play()
    headers = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": wish, "HTTP2-Settings": "AAMA"}
    play.through(request("/", OPEN_PORT, headers=headers))
    assert [play.told(name) for name in ("upgrade", "connection", "http2-settings")] == [[], [], []]
    assert play.answer(OK) == ["Send", "Keep"]
    assert play.ask(HIDDEN) == ["Open"]


@pytest.mark.parametrize("answer", ["websocket", "h2c", "tcp, h2c", ""])
def test_a_switch_to_something_else_is_a_fault(answer: str) -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, headers=TCP))
    assert play.answer(granted(answer) + b"x") == ["Drop", "Send", "Close"]
    assert play.status == 502


def test_a_switch_that_nobody_asked_for_is_a_fault() -> None:
    play = Play()
    play.through(request("/a", OPEN_PORT))
    play.answer(granted("websocket") + b"x")
    assert (play.status, play.relay) == (502, None)


def test_a_switch_before_the_request_is_whole_is_a_fault() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {**TCP, "Content-Length": "9"}))
    play.answer(granted("tcp"))
    assert (play.status, play.relay) == (502, None)


def test_the_platforms_own_services_speak_nothing_but_websocket() -> None:
    play = Play()
    play.through(request("/", "podium.localhost:8080", headers=TCP))
    assert play.told("upgrade") == []
    play.answer(granted("tcp"))
    assert (play.status, play.relay) == (502, None)


def test_a_websocket_is_a_get_without_a_body() -> None:
    play = Play()
    wish = {**upgrade(f"http://{OPEN_PORT}"), "Content-Length": "3"}
    play.through(request("/", OPEN_PORT, "POST", wish) + b"abc" + HIDDEN)
    assert play.told("upgrade") == []
    assert play.answer(OK) == ["Send", "Keep", "Open", "HoldClient off"], "read on as requests"
