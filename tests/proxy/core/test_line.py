"""Own answers on a client's connection, and its ends."""

import pytest

from proxy.core.commands import Abort, Close, Commands, HalfClose, Send
from proxy.core.events import Moment
from proxy.core.line import MOST_AT_ONCE, Line, State
from proxy.core.message import RequestHead
from proxy.core.replies import plain

REPLY = plain(200, [], b"ok")


@pytest.fixture
def out() -> Commands:
    return Commands()


@pytest.fixture
def line(out: Commands) -> Line:
    return Line(out, Moment(0.0, 0.0))


def ask(**changes) -> RequestHead:
    return RequestHead("GET", "/", "h", [], **changes)


def kinds(out: Commands) -> list[type]:
    return [type(one) for one in out.take()]


def test_an_answer_leaves_the_connection_open(line: Line, out: Commands):
    line.answer(ask(), REPLY, done=True)
    assert (kinds(out), line.state, line.readable) == ([Send], State.OPEN, True)


@pytest.mark.parametrize("head", [ask(keep_alive=False), ask(upgrade="websocket")])
def test_who_asks_for_one_answer_gets_one(line: Line, out: Commands, head: RequestHead):
    line.answer(head, REPLY, done=True)
    assert (kinds(out), line.state) == ([Send, Close], State.CLOSED)


def test_a_body_that_nobody_reads_is_let_come(line: Line, out: Commands):
    line.answer(ask(), REPLY, done=False)
    assert (kinds(out), line.state) == ([Send, HalfClose], State.LINGERING)
    line.receive(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    assert (line.reader.take(), line.readable) == (None, False)
    line.client_ended()
    assert (kinds(out), line.state) == ([Close], State.CLOSED)


def test_a_client_that_has_ended_its_side_is_not_waited_for(line: Line, out: Commands):
    line.receive(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    line.client_ended()
    assert (line.state, line.readable) == (State.ENDED, True)
    assert line.reader.take() is not None
    line.linger()
    assert (kinds(out), line.state) == ([Close], State.CLOSED)


def test_draining_and_too_many_at_once_end_it(line: Line, out: Commands):
    line.turn = MOST_AT_ONCE
    line.answer(ask(), REPLY, done=True)
    assert kinds(out) == [Send, Close]
    again = Line(out, Moment(0.0, 0.0))
    again.draining = True
    again.answer(ask(), REPLY, done=True)
    assert kinds(out) == [Send, Close]


def test_it_closes_after_what_was_sent_or_at_once(line: Line, out: Commands):
    line.close()
    line.close(abort=True)
    assert kinds(out) == [Close, Abort]
    assert line.pace.deadline == float("inf")
