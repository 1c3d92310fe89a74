"""A connection of a proxy that is about to end: nobody loses a request."""

from proxy.core import events
from proxy.core.patience import Patience
from tests.proxy.core.play import OK, Play
from tests.proxy.core.test_connection import GET, tunnel


def test_drained_connections_end_after_what_is_in_work() -> None:
    play = Play()
    play.through(GET)
    assert play.tell(events.Draining()) == []
    assert play.core.working
    assert play.answer(OK) == ["Send", "Keep", "Close"]
    assert play.sent("connection") == ["close"]


def test_a_request_on_its_way_to_a_drained_connection_is_answered() -> None:
    play = Play()
    assert play.tell(events.Draining()) == []
    play.through(GET)
    assert play.answer(OK) == ["Send", "Keep", "Close"]
    assert play.sent("connection") == ["close"]


def test_a_quiet_connection_ends_soon_when_drained() -> None:
    play = Play()
    play.tell(events.Draining())
    assert play.wait(Patience.LEAVING.seconds - 0.1) == []
    assert play.wait(0.2) == ["Close"]


def test_nothing_is_closed_that_was_not_said_to_be() -> None:
    play = Play()
    play.through(GET)
    play.answer(OK[:-2])
    play.tell(events.Draining())
    assert play.answer(OK[-2:]) == ["Send", "Keep"]
    play.ask(GET)
    play.tell(events.Opened(kept=True))
    assert play.answer(OK) == ["Send", "Keep", "Close"]
    assert play.sent("connection") == ["close"]


def test_tunnels_end_at_once_when_drained() -> None:
    play = tunnel()
    assert not play.core.working
    assert play.tell(events.Draining()) == ["Drop", "Close"]


def test_a_tunnel_that_begins_while_drained_ends_soon() -> None:
    play = Play()
    play.tell(events.Draining())
    tunnel(play)
    assert play.wait(Patience.LEAVING.seconds) == ["Drop", "Close"]
    assert play.records[0].ended == "draining"
