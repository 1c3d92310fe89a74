"""One request through its upstream: framing, retries, and what a broken one is told."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core import events
from proxy.core.commands import Service, Way
from tests.proxy.core.play import OK, Play
from tests.proxy.world import IDE, OPEN_PORT, TAB, ide_cookie, make_route, make_world, request

GET = request("/a", OPEN_PORT)
STREAM = (
    GET
    + request("/p", OPEN_PORT, "POST", {}, b"hello")
    + b"POST /c HTTP/1.1\r\nHost: " + OPEN_PORT.encode()
    + b"\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"
    + request("/.podium/healthz")
)  # fmt: skip
ANSWERS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\n\r\n",
]


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted({cut % len(data) for cut in cuts}), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(places) if a != b]


def played(cuts: list[int]) -> tuple[bytes, bytes]:
    """What both sides hear, chunks undone, when both streams are cut at these places."""
    play, answers = Play(), list(ANSWERS)
    waiting = 0
    for piece in pieces(STREAM, cuts):
        play.ask(piece)
    while len(play.opened) > waiting:
        waiting = len(play.opened)
        play.tell(events.Opened(kept=False))
        for piece in pieces(answers.pop(0), cuts):
            play.answer(piece)
    return _unchunked(play.to_upstream), _unchunked(play.to_client)


def _unchunked(data: bytes) -> bytes:
    for size in (b"1\r\n", b"2\r\n", b"3\r\n", b"5\r\n"):
        data = data.replace(b"\r\n" + size, b"\r\n").replace(size, b"")
    return data.replace(b"\r\n", b"")


@given(st.lists(st.integers(min_value=0, max_value=2000), max_size=12))
def test_any_split_of_both_streams_gives_the_same(cuts: list[int]) -> None:
    assert played(cuts) == played([])


def test_byte_by_byte_gives_the_same() -> None:
    assert played(list(range(2000))) == played([])


def test_a_kept_connection_that_died_is_tried_once_more() -> None:
    play = Play()
    play.tell(events.Received(GET), events.Opened(kept=True))
    assert play.tell(events.UpstreamGone(clean=True)) == ["Open"]
    assert play.opened[-1].kept is False
    play.tell(events.Opened(kept=False))
    assert play.tell(events.UpstreamGone(clean=True)) == ["Send"]
    assert play.status == 502


def test_after_a_single_byte_of_an_answer_nothing_is_tried_again() -> None:
    for answer in (b"H", b"HTTP/1.1 102 Processing\r\n\r\n"):
        play = Play()
        play.tell(events.Received(GET), events.Opened(kept=True))
        play.answer(answer)
        assert play.tell(events.UpstreamGone(clean=True)) == ["Send"]
        assert (play.status, len(play.opened)) == (502, 1)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_what_may_have_had_an_effect_is_never_sent_twice(method: str) -> None:
    play = Play()
    play.ask(request("/", OPEN_PORT, method))
    assert play.opened[0].kept is False
    play.tell(events.Opened(kept=False))
    play.tell(events.UpstreamGone(clean=True))
    assert (play.status, len(play.opened)) == (502, 1)


def test_an_answer_that_breaks_off_is_never_taken_for_the_whole() -> None:
    play = Play()
    play.through(GET)
    play.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
    assert play.tell(events.UpstreamGone(clean=True)) == ["Close"]
    chunked = Play()
    chunked.through(GET)
    chunked.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    assert chunked.tell(events.UpstreamGone(clean=True)) == ["Close"]
    assert not chunked.to_client.endswith(b"0\r\n\r\n")


def test_an_answer_without_framing_becomes_chunks() -> None:
    play = Play()
    play.through(GET)
    play.answer(b"HTTP/1.1 200 OK\r\n\r\nabc")
    play.tell(events.UpstreamGone(clean=True))
    assert play.to_client.endswith(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    assert play.sent("transfer-encoding") == ["chunked"]


def test_a_reset_never_ends_an_answer_without_framing() -> None:
    play = Play()
    play.through(GET)
    play.answer(b"HTTP/1.1 200 OK\r\n\r\nabc")
    assert play.tell(events.UpstreamGone(clean=False)) == ["Close"]
    assert not play.to_client.endswith(b"0\r\n\r\n")


def test_trailers_pass_both_ways_and_never_as_headers() -> None:
    play = Play()
    wish = {"TE": "trailers", "Transfer-Encoding": "chunked", "Trailer": "X-Sum"}
    play.through(request("/", OPEN_PORT, "POST", wish))
    play.ask(b"1\r\na\r\n0\r\nX-Sum: 1\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n")
    assert play.to_upstream.endswith(b"\r\n\r\n1\r\na\r\n0\r\nx-sum: 1\r\n\r\n")
    assert (play.told("te"), play.told("trailer")) == (["trailers"], ["X-Sum"])
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    play.answer(chunked + b"1\r\nb\r\n0\r\nX-End: 2\r\n\r\n")
    assert play.to_client.endswith(b"\r\n\r\n1\r\nb\r\n0\r\nx-end: 2\r\n\r\n")


def test_trailers_that_came_before_the_connection_are_sent_on_it() -> None:
    play = Play()
    play.ask(request("/", OPEN_PORT, "POST", {"Transfer-Encoding": "chunked"}))
    play.ask(b"1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n")
    play.tell(events.Opened(kept=False))
    assert play.to_upstream.endswith(b"\r\n\r\n1\r\na\r\n0\r\nx-sum: 1\r\n\r\n")


@pytest.mark.parametrize(
    ("way", "status", "code"),
    [
        ("refused", 502, "port_closed"),
        ("busy", 504, "port_busy"),
        ("away", 503, "node_away"),
        ("unknown", 503, "node_away"),
    ],
)
def test_no_connection_has_a_cause(way: str, status: int, code: str) -> None:
    play = Play()
    play.ask(GET)
    play.tell(events.NotOpened(Way(way)))
    assert (play.status, play.records[0].code) == (status, code)


def test_nonsense_from_an_upstream_is_a_bad_gateway() -> None:
    play = Play()
    play.through(GET)
    assert play.answer(b"SSH-2.0-OpenSSH\r\n") == ["Drop", "Send"]
    assert (play.status, play.records[0].code) == (502, "bad_gateway")


def test_an_editor_that_ends_before_its_answer_is_asked_for_again_by_the_page() -> None:
    play = Play(make_world(make_route()))
    play.through(request("/", IDE, headers={"Cookie": ide_cookie(), **TAB}))
    assert play.tell(events.UpstreamGone(clean=True)) == ["Send"]
    assert (play.status, play.records[0].code, play.sent("retry-after")) == (502, "ide_away", ["2"])
    assert b"asks again" in play.to_client
    assert len(play.opened) == 1, "the proxy itself asks once: it may be what ended it"
    assert play.ask(request("/", IDE, headers={"Cookie": ide_cookie(), **TAB})) == ["Open"]


def test_a_body_waits_for_its_upstream_and_holds_the_client_when_it_grows() -> None:
    play = Play()
    play.ask(request("/", OPEN_PORT, "POST", {"Content-Length": "200000"}))
    assert play.ask(b"x" * 100_000) == ["HoldClient on"]
    assert play.tell(events.Opened(kept=False)) == ["Tell", "HoldClient off"]
    play.ask(b"x" * 100_000)
    assert play.to_upstream.count(b"x") >= 200_000


DASHBOARD = "podium.localhost:8080"


def test_a_service_that_is_found_away_is_waited_for_no_longer() -> None:
    for happened in ([], [events.Opened(kept=False)]):
        play = Play()
        play.ask(request("/", DASHBOARD))
        play.tell(*happened)
        assert play.tell(events.ServiceAway()) == ["Drop", "Send"]
        assert (play.status, play.records[0].code) == (503, "server_away")
        assert play.ask(request("/", DASHBOARD)) == ["Open"], "the connection goes on"


def test_what_was_begun_is_waited_for_whatever_is_found() -> None:
    """A POST may have been done; an answer that has begun may still come to its end."""
    play = Play()
    play.through(request("/", DASHBOARD, "POST", {}, b"once"))
    assert play.tell(events.ServiceAway()) == []
    play = Play()
    play.through(request("/", DASHBOARD))
    play.answer(OK[:-1])
    assert play.tell(events.ServiceAway()) == []
    assert play.answer(OK[-1:]) == ["Send", "Keep"]


def test_while_a_service_is_away_nobody_is_let_to_it() -> None:
    play = Play()
    play.world.away.add(Service.SERVER)
    assert play.ask(request("/", DASHBOARD)) == ["Send"]
    assert (play.status, play.sent("retry-after")) == (503, ["2"])
    assert play.records[0].kind == "dashboard"
    assert play.ask(request("/", "ide.localhost:8080")) == ["Open"], "the other one answers"
    play = Play()
    play.world.away.add(Service.BLOBSERVE)
    assert play.ask(request("/", "ide.localhost:8080")) == ["Send"]
    assert play.records[0].code == "assets_away"
    assert play.ask(request("/", DASHBOARD)) == ["Open"]
