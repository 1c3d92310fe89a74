"""Upstreams that misbehave in every way, and what their client sees of it."""

import pytest

from proxy.core import events
from tests.proxy.core.play import OK, Play
from tests.proxy.hostile import Misbehaving, ResponseJudge, misbehaving_upstreams
from tests.proxy.world import OPEN_PORT, request

ROWS = misbehaving_upstreams()
NEXT = request("/next", OPEN_PORT)


def played(row: Misbehaving, pieces: list[bytes]) -> tuple[Play, list[str]]:
    play = Play()
    play.through(row.request)
    done = [word for piece in pieces for word in play.answer(piece)]
    if row.ends:
        done += play.tell(events.UpstreamGone(clean=row.ends == "close"))
    return play, done


def check_client(row: Misbehaving, play: Play, done: list[str]) -> None:
    assert play.status == row.status
    assert play.to_client.count(b"HTTP/1.1 ") == 1, "one answer, whatever was said"
    assert ("Close" in done) is row.cut, "an answer that is cut ends the connection"
    if row.asked == "HEAD":
        assert play.to_client.endswith(b"\r\n\r\n")
        return
    client = ResponseJudge()
    client.feed(play.to_client)
    assert client.whole is not row.cut
    if row.status != 502:
        assert client.body == row.body
    else:
        assert play.records[0].code == "bad_gateway"


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_what_its_client_sees(row: Misbehaving) -> None:
    play, done = played(row, row.says)
    check_client(row, play, done)
    assert ("Keep" in done) is row.kept
    assert len(play.opened) == 1, "nothing is tried again"
    if not row.cut:
        assert play.ask(NEXT)[-1] == "Open"


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_it_sees_the_same_of_single_bytes(row: Misbehaving) -> None:
    said = b"".join(row.says)
    step = 1 + len(said) // 2000
    play, done = played(row, [said[at : at + step] for at in range(0, len(said), step)])
    check_client(row, play, done)


def test_an_upstream_that_thinks_is_waited_for_and_so_is_one_that_falls_silent() -> None:
    play = Play()
    play.through(NEXT)
    assert play.wait(100_000) == []
    play.answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
    assert play.wait(100_000) == []
    assert play.core.buffered == 0


def test_an_answer_before_the_request_is_read_ends_both_connections() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Content-Length": "1000"}))
    play.ask(b"x" * 10)
    said = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"
    assert play.answer(said) == ["Send", "Drop", "HalfClose"]
    assert (play.status, play.sent("connection")) == (413, ["close"])
    assert play.ask(b"x" * 990 + NEXT) == [], "no byte of it becomes a request"


def test_an_answer_under_way_while_the_request_is_still_sent() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Content-Length": "4"}))
    play.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
    play.ask(b"wx")
    play.answer(b"1\r\nb\r\n")
    play.ask(b"yz")
    assert play.answer(b"0\r\n\r\n") == ["Send", "Keep", "Close"]
    assert play.to_upstream.endswith(b"wxyz")


def test_an_upstream_that_ends_while_it_is_sent_a_body() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Content-Length": "1000"}))
    play.ask(b"x" * 10)
    assert play.tell(events.UpstreamGone(clean=False)) == ["Send", "HalfClose"]
    assert (play.status, len(play.opened)) == (502, 1)


def test_an_upstream_that_takes_nothing_more_is_not_used_again() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {}, b"hello"))
    play.tell(events.UpstreamFull(full=True))
    assert play.answer(OK) == ["Send", "Drop", "HoldClient off"]
