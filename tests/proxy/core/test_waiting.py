"""What a connection waits for, by what is in work on it."""

from proxy.core.commands import Commands
from proxy.core.line import Line, State
from proxy.core.patience import Patience
from proxy.core.pending import Pending
from proxy.core.plans import Asker, Wait
from proxy.core.replies import plain
from proxy.core.waiting import waits_for
from tests.proxy.core.play import Play
from tests.proxy.world import MOMENT, OPEN_PORT, SEED, WORKSPACE, head, make_world, request

POST = request("/", OPEN_PORT, "POST", {"Content-Length": "5"})


def test_a_line_waits_by_its_state_and_by_what_has_come() -> None:
    line = Line(Commands(), MOMENT)
    assert waits_for(line, None, None) is Patience.IDLE
    line.receive(b"GET /")
    assert waits_for(line, None, None) is Patience.HEAD
    line.state = State.ENDED
    assert waits_for(line, None, None) is Patience.ENDED
    line.state = State.LINGERING
    assert waits_for(line, None, None) is Patience.LINGER


def test_a_proxy_that_leaves_waits_shortly_for_another_request() -> None:
    line = Line(Commands(), MOMENT)
    line.draining = True
    assert waits_for(line, None, None) is Patience.LEAVING


def test_what_is_pending_and_what_is_passed_on_have_their_own() -> None:
    line = Line(Commands(), MOMENT)
    wait = Wait(WORKSPACE, plain(204, []))
    pending = Pending(make_world(), Asker("192.0.2.7", SEED), 1, head("/", OPEN_PORT), wait)
    assert waits_for(line, None, pending) is Patience.ROUTE
    play = Play()
    play.through(POST)
    assert waits_for(play.core._line, play.core._exchange, None) is Patience.BODY
    play.ask(b"hello")
    assert waits_for(play.core._line, play.core._exchange, None) is Patience.NOTHING
