"""One line for each request of a connection, with a number of its own and all that is known."""

from proxy.core import events
from proxy.core.commands import Commands, Log
from proxy.core.events import Moment
from proxy.core.journal import Journal
from proxy.core.plans import Asker
from tests.proxy.core.play import OK, Play
from tests.proxy.world import (
    IDE,
    OPEN_PORT,
    PORT,
    SEED,
    SELF,
    WORKSPACE,
    head,
    ide_cookie,
    make_world,
    ports_cookie,
    request,
    upgrade,
)


def test_each_request_has_its_number_and_its_time():
    out = Commands()
    journal = Journal(make_world().rules, Asker("192.0.2.7", SEED), out)
    for number in (1, 2):
        journal.begin(Moment(1000.0, 50.0))
        journal.end(head("/", PORT), Moment(1001.5, 51.5), 200, 3, code="c")
        assert journal.number == number
    first, second = (one.record for one in out.take() if isinstance(one, Log))
    assert (first.seconds, first.timestamp, first.client) == (1.5, 1001.5, "192.0.2.7")
    assert (first.code, first.kind, first.workspace, first.port) == ("c", "port", WORKSPACE, 0)
    assert first.request != second.request
    assert first.request.partition("-")[0] == second.request.partition("-")[0]


def test_a_request_that_was_passed_on_tells_its_way_and_its_times():
    play = Play()
    headers = {**SELF, "Cookie": ports_cookie(), "Content-Length": "5"}
    play.ask(request("/save?tkn=hush", PORT, "POST", headers) + b"hel")
    play.wait(1)
    play.tell(events.Opened(kept=True))
    play.ask(b"lo")
    play.wait(2)
    play.answer(OK[:-1])
    play.wait(4)
    play.answer(OK[-1:])
    (line,) = play.records
    assert (line.kind, line.workspace, line.instance) == ("port", WORKSPACE, f"{WORKSPACE}.1")
    assert (line.port, line.user, line.kept, line.retries) == (3000, "ada", True, 0)
    assert (line.first, line.upstream, line.seconds) == (3, 2, 7)
    assert (line.received, line.sent, line.status) == (5, 2, 200)
    assert (line.target, line.code, line.ended) == ("/save?tkn=[redacted]", "", "")


def test_a_stranger_at_a_public_port_is_nobody():
    play = Play()
    play.through(request("/", OPEN_PORT))
    play.answer(OK)
    assert (play.records[0].user, play.records[0].kept) == ("", False)


def test_a_request_that_was_sent_again_says_so():
    play = Play()
    play.ask(request("/", OPEN_PORT))
    play.tell(events.Opened(kept=True), events.UpstreamGone(clean=True))
    play.tell(events.Opened(kept=False))
    play.answer(OK)
    (line,) = play.records
    assert (line.retries, line.kept, line.status) == (1, False, 200)


def test_a_tunnel_tells_what_it_carried_and_why_it_ended():
    play = Play()
    play.through(request("/ws", IDE, headers={**upgrade(f"http://{IDE}"), "Cookie": ide_cookie()}))
    play.answer(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    )
    play.wait(60)
    play.tell(events.RelayProgress(sent=700, received=30), events.Revoked())
    (line,) = play.records
    assert (line.kind, line.upgrade, line.status) == ("ide", "websocket", 101)
    assert (line.sent, line.received, line.ended) == (700, 30, "revoked")
    assert (line.first, line.seconds) == (0, 60)


def test_what_is_no_request_has_no_kind():
    play = Play()
    play.ask(b"GET / HTTP/1.1\r\n\r\n")
    assert (play.records[0].kind, play.records[0].code) == ("none", "request_refused")
