"""`Expect: 100-continue`: who says it, when, and what comes instead."""

from proxy.core import events
from tests.proxy.core.play import OK, Play
from tests.proxy.world import IDE, OPEN_PORT, SELF, request

ASKED = request("/", OPEN_PORT, "POST", {"Expect": "100-continue", "Content-Length": "2"})
GO_AHEAD = b"HTTP/1.1 100 Continue\r\n\r\n"


def test_the_upstream_says_it() -> None:
    play = Play()
    play.through(ASKED)
    assert (play.told("expect"), play.to_client) == (["100-continue"], b"")
    play.answer(GO_AHEAD)
    assert play.to_client == GO_AHEAD
    play.ask(b"ok")
    assert play.answer(OK) == ["Send", "Keep"]
    assert play.to_client.count(b"100 Continue") == 1


def test_an_upstream_that_never_says_it_is_not_waited_for() -> None:
    play = Play()
    play.through(ASKED)
    assert play.wait(0.9) == []
    assert play.wait(0.2) == ["Send"]
    assert play.to_client == GO_AHEAD
    assert play.answer(GO_AHEAD) == [], "once is enough"
    play.ask(b"ok")
    assert play.answer(OK) == ["Send", "Keep"]


def test_a_client_that_does_not_wait_is_not_told() -> None:
    play = Play()
    play.through(ASKED)
    play.ask(b"o")
    assert play.answer(GO_AHEAD) == []
    play.ask(b"k")
    assert play.answer(OK) == ["Send", "Keep"]
    assert b"100" not in play.to_client


def test_a_final_answer_comes_instead_and_the_body_is_not_read() -> None:
    play = Play()
    play.through(ASKED)
    assert play.answer(b"HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n") == [
        "Send",
        "Drop",
        "HalfClose",
    ]
    assert (play.status, play.sent("connection")) == (413, ["close"])
    assert play.ask(b"ok" + ASKED) == []


def test_our_own_refusal_comes_at_once() -> None:
    play = Play()
    head = {**SELF, "Expect": "100-continue", "Content-Length": "2"}
    assert play.ask(request("/", IDE, "POST", head)) == ["Send", "HalfClose"]
    assert play.status == 401


def test_nobody_is_told_who_did_not_ask() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Content-Length": "2"}))
    for interim in (GO_AHEAD, b"HTTP/1.1 102 P\r\n\r\n", b"HTTP/1.1 103 H\r\nLink: x\r\n\r\n"):
        assert play.answer(interim) == []
    assert play.to_client == b""


def test_http_1_0_cannot_wait() -> None:
    play = Play()
    head = f"POST / HTTP/1.0\r\nHost: {OPEN_PORT}\r\nExpect: 100-continue\r\nContent-Length: 2"
    play.through(head.encode() + b"\r\n\r\n")
    assert play.told("expect") == []


def test_nothing_else_can_be_expected() -> None:
    for wish in ("200-ok", "100-continue, 100-continue", "100-continue\r\nExpect: 100-continue"):
        play = Play()
        play.ask(request("/", OPEN_PORT, "POST", {"Expect": wish, "Content-Length": "2"}))
        assert (play.status, play.opened) == (417, [])


def test_the_wait_for_a_body_begins_when_the_client_may_send_it() -> None:
    play = Play()
    play.through(ASKED)
    play.wait(1)
    assert play.wait(119) == []
    assert play.wait(2) == ["Drop", "Send", "HalfClose"]
    assert play.status == 408


def test_a_connection_that_takes_long_to_open_lets_the_client_wait() -> None:
    play = Play()
    play.ask(ASKED)
    assert play.wait(30) == []
    play.tell(events.Opened(kept=False))
    assert play.wait(1) == ["Send"]
