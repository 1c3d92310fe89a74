"""A client's connection: keep-alive, pipelining, own answers, ends and deadlines."""

from proxy.core import events
from proxy.core.line import MOST_AT_ONCE
from tests.proxy.core.play import OK, Play
from tests.proxy.world import (
    IDE,
    OPEN_PORT,
    PORT,
    SELF,
    TAB,
    WORKSPACE,
    ports_cookie,
    request,
    upgrade,
)
from wire.hosts import PortHost

GET = request("/a", OPEN_PORT)


def test_a_request_goes_through_and_the_connection_is_kept() -> None:
    play = Play()
    assert play.ask(GET) == ["Open"]
    assert play.tell(events.Opened(kept=False)) == ["Tell"]
    assert play.to_upstream.startswith(b"GET /a HTTP/1.1\r\nhost: " + OPEN_PORT.encode())
    assert play.answer(OK) == ["Send", "Keep"]
    assert play.to_client == b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    assert play.ask(GET) == ["Open"]


def test_a_request_that_goes_through_is_logged_once_with_its_place() -> None:
    play = Play()
    play.through(GET)
    play.wait(0.5)
    play.answer(OK)
    [record] = play.records
    assert (record.status, record.sent, record.workspace, record.port) == (200, 2, WORKSPACE, 4000)
    assert record.seconds == 0.5


def test_pipelined_requests_are_answered_one_after_the_other() -> None:
    play = Play()
    assert play.ask(GET + request("/b", OPEN_PORT)) == ["Open", "HoldClient on"]
    play.tell(events.Opened(kept=False))
    assert play.answer(OK) == ["Send", "Keep", "Open", "HoldClient off"]
    play.tell(events.Opened(kept=True))
    assert play.to_upstream.count(b"GET /b") == 1
    assert play.answer(OK) == ["Send", "Keep"]


def test_own_answers_keep_the_connection_too() -> None:
    play = Play()
    assert play.ask(request("/x", "nowhere.example")) == ["Send"]
    assert play.status == 404
    assert play.sent("connection") == []
    assert play.ask(GET) == ["Open"]


def test_a_small_body_that_came_whole_does_not_cost_the_connection() -> None:
    play = Play()
    assert play.ask(request("/", IDE, "POST", SELF, b"abc") + GET) == ["Send", "Open"]
    assert play.status == 401


def test_an_early_answer_lingers_so_that_it_is_not_lost_in_a_reset() -> None:
    play = Play()
    start = request("/", IDE, "POST", {**SELF, "Content-Length": "1000"})
    assert play.ask(start) == ["Send", "HalfClose"]
    assert play.sent("connection") == ["close"]
    assert play.ask(b"x" * 500) == []
    assert play.wait(3) == ["Close"]


def test_a_response_before_the_request_is_whole_ends_the_connection() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Content-Length": "9"}))
    assert play.answer(OK) == ["Send", "Drop", "HalfClose"]
    assert play.sent("connection") == ["close"]


def test_what_cannot_be_trusted_is_refused_and_ends_the_connection() -> None:
    play = Play()
    assert play.ask(b"GET / HTTP/1.1\r\n\r\n") == ["Send", "HalfClose"]
    assert play.status == 400
    assert play.records[0].code == "request_refused"


def test_a_body_that_breaks_is_never_completed_towards_the_upstream() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Transfer-Encoding": "chunked"}))
    assert play.ask(b"zz\r\n") == ["Drop", "Send", "HalfClose"]
    assert play.status == 400
    assert not play.to_upstream.endswith(b"0\r\n\r\n")


def test_a_body_that_breaks_under_a_response_cuts_the_response() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Transfer-Encoding": "chunked"}))
    play.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")
    assert play.ask(b"zz\r\n") == ["Drop", "Close"]
    assert play.records[0].ended == "upstream_lost"


def test_a_client_of_http_1_0_gets_one_answer() -> None:
    play = Play()
    play.through(f"GET / HTTP/1.0\r\nHost: {OPEN_PORT}\r\n\r\n".encode())
    assert play.answer(OK) == ["Send", "Keep", "Close"]
    assert play.sent("connection") == ["close"]


def test_a_cut_answer_without_framing_is_aborted() -> None:
    play = Play()
    play.through(f"GET / HTTP/1.0\r\nHost: {OPEN_PORT}\r\n\r\n".encode())
    play.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
    assert play.tell(events.UpstreamGone(clean=True)) == ["Abort"]


def test_a_client_that_goes_takes_its_upstream_with_it() -> None:
    play = Play()
    play.through(GET)
    assert play.tell(events.ClientGone()) == ["Drop"]
    assert play.records[0].ended == "client_gone"
    assert play.tell(events.Opened(kept=False)) == ["Drop"], "a late connection is closed"
    assert play.answer(OK) == []


def test_a_client_that_ends_its_side_still_gets_its_answers() -> None:
    play = Play()
    play.ask(GET + request("/b", OPEN_PORT))
    play.tell(events.Opened(kept=False), events.ClientEnded())
    assert play.answer(OK) == ["Send", "Keep", "Open", "HoldClient off"]
    play.tell(events.Opened(kept=False))
    assert play.answer(OK) == ["Send", "Keep", "Close"]
    assert play.to_client.count(b"HTTP/1.1 200") == 2


def test_but_only_as_long_as_an_answer_moves() -> None:
    play = Play()
    play.through(GET)
    play.tell(events.ClientEnded())
    assert play.wait(2) == []
    play.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    assert play.wait(2) == []
    assert play.wait(2) == ["Drop", "Close"]
    assert play.records[0].ended == "client_gone"


def test_who_ends_inside_a_request_or_between_two_is_gone() -> None:
    for begun in (b"", b"GET / HT"):
        play = Play()
        play.ask(begun)
        assert play.tell(events.ClientEnded()) == ["Close"]
        assert play.to_client == b""
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Content-Length": "9"}))
    assert play.tell(events.ClientEnded()) == ["Drop", "Close"]
    play = Play()
    play.through(request("/", OPEN_PORT, "GET", upgrade(f"http://{OPEN_PORT}")))
    assert play.tell(events.ClientEnded()) == ["Drop", "Close"], "nobody to speak with"


def test_an_answer_to_who_has_ended_is_not_lingered_over() -> None:
    play = Play()
    play.ask(request("/", IDE, "POST", {**SELF, "Content-Length": "10"}) + b"abc")
    assert play.tell(events.ClientEnded()) == ["Close"]


def test_a_connection_that_nobody_waits_for_is_closed() -> None:
    play = Play()
    assert play.tell(events.Opened(kept=False)) == ["Drop"]


def test_a_slow_client_holds_its_upstream_also_of_the_next_request() -> None:
    play = Play()
    play.through(GET)
    assert play.tell(events.ClientFull(full=True)) == ["HoldUpstream on"]
    assert play.tell(events.ClientFull(full=False)) == ["HoldUpstream off"]
    play.answer(OK)
    assert play.tell(events.ClientFull(full=True)) == []
    assert play.through(GET) == ["Open", "Tell", "HoldUpstream on"]


def test_what_is_kept_of_a_client_is_bounded_and_not_parsed_before_its_turn() -> None:
    play = Play()
    assert play.ask(GET * 2000) == ["Open", "HoldClient on"]
    assert play.core.buffered == len(GET) * 1999
    play.tell(events.Opened(kept=False))
    play.answer(OK)
    assert play.core.buffered == len(GET) * 1998
    body = Play()
    body.through(request("/", OPEN_PORT, "POST", {"Content-Length": "9000000"}))
    for _ in range(9):
        body.ask(b"x" * 1_000_000)
        assert body.core.buffered == 0, "what can be passed on is not kept"
    body.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"y" * 5_000_000)
    assert body.core.buffered == 0


def test_a_full_upstream_holds_the_client() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Content-Length": "999"}))
    assert play.tell(events.UpstreamFull(full=True)) == ["HoldClient on"]
    assert play.tell(events.UpstreamFull(full=False)) == ["HoldClient off"]


def test_heads_have_to_arrive_in_time() -> None:
    play = Play()
    play.ask(b"GET / HT")
    assert play.wait(19) == []
    assert play.wait(2) == ["Send", "HalfClose"]
    assert play.status == 408


def test_idle_connections_are_closed_and_early_ticks_ignored() -> None:
    play = Play()
    assert play.tell(events.Tick()) == []
    assert play.wait(76) == ["Close"]
    assert play.ask(GET) == [], "nothing is served after the end"


def test_bodies_have_to_go_on_arriving() -> None:
    play = Play()
    play.through(request("/", OPEN_PORT, "POST", {"Content-Length": "999"}))
    play.wait(100)
    play.ask(b"x")
    assert play.wait(100) == []
    assert play.wait(21) == ["Drop", "Send", "HalfClose"]
    assert play.status == 408


def test_an_upstream_may_think_as_long_as_it_likes() -> None:
    play = Play()
    play.through(GET)
    assert play.core.deadline == float("inf")


def test_whoever_lost_the_right_is_cut_off() -> None:
    play = Play()
    play.through(GET)
    assert play.tell(events.Revoked()) == ["Drop", "Abort"]
    assert play.records[0].ended == "revoked"


def tunnel(play: Play | None = None) -> Play:
    play = play or Play()
    play.through(request("/", OPEN_PORT, "GET", upgrade(f"http://{OPEN_PORT}")))
    assert play.answer(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi"
    ) == ["Send", "Relay"]
    return play


def test_a_tunnel_is_logged_when_it_has_ended() -> None:
    play = tunnel()
    assert play.records == []
    assert play.tell(events.RelayProgress(sent=42), events.RelayEnded()) == ["Close"]
    assert (play.records[0].status, play.records[0].sent) == (101, 42)


def test_whoever_pipelines_too_much_is_cut_off() -> None:
    play = Play()
    play.ask(request("/.podium/healthz") * (MOST_AT_ONCE + 5))
    assert play.to_client.count(b"HTTP/1.1 200") == MOST_AT_ONCE + 1
    assert play.sent("connection") == ["close"]


def test_the_request_in_work_tells_where_it_goes() -> None:
    play = Play()
    assert play.core.forward is None
    play.ask(request("/", PORT, headers={**TAB, "Cookie": ports_cookie()}))
    assert play.core.forward is not None
    assert play.core.forward.host == PortHost(WORKSPACE, 3000)
