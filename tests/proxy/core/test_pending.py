"""What a pending request makes of each event; its conversations are in test_redemption and
test_ownpaths."""

from proxy.core import events
from proxy.core.commands import Await, AwaitTurn, Redeem, Service, Upstream
from proxy.core.parts import Body, End
from proxy.core.patience import Patience
from proxy.core.pending import Pending
from proxy.core.plans import Asker, Forward, Opening, Redemption, Turn, Wait
from proxy.core.replies import plain
from tests.proxy.world import MOMENT, PORT, SEED, WORKSPACE, head, make_world
from wire.hosts import PortHost

STAY = plain(204, [])


def pending(plan: Redemption | Opening | Wait | Turn) -> Pending:
    return Pending(make_world(), Asker("192.0.2.7", SEED), 1, head("/", PORT), plan)


def test_who_waits_for_a_grant_waits_for_no_route():
    waiting = pending(Redemption(PortHost(WORKSPACE, 3000), "c", "n", 1))
    assert waiting.workspace == ""
    for event in (events.Rerouted(), events.Tick(), events.Draining()):
        assert waiting.answer(event, MOMENT) is None


def test_who_waits_for_a_route_is_answered_at_the_end_in_any_case():
    waiting = pending(Wait(WORKSPACE, STAY))
    assert waiting.workspace == WORKSPACE
    assert waiting.answer(events.Tick(), MOMENT) is STAY
    assert waiting.answer(events.Draining(), MOMENT) is STAY
    assert waiting.answer(events.NotRedeemed("x", away=True), MOMENT) is None


def test_each_kind_wants_something_else_at_first():
    host = PortHost(WORKSPACE, 3000)
    assert pending(Redemption(host, "c", "n", 1)).wants == Redeem("c", "n", PORT)
    assert pending(Wait(WORKSPACE, STAY)).wants == Await(WORKSPACE)
    assert pending(Opening(host)).wants is None


def test_a_body_counts_for_a_form_alone():
    form = pending(Opening(PortHost(WORKSPACE, 3000)))
    form.whole = False
    assert form.patience is Patience.BODY
    assert form.answer(Body(b"token=x"), MOMENT) is None
    assert form.answer(End(), MOMENT) is not None
    waiting = pending(Wait(WORKSPACE, STAY))
    assert waiting.answer(Body(b"x" * 100_000), MOMENT) is None
    assert waiting.answer(End(), MOMENT) is None
    assert waiting.patience is Patience.ROUTE


def test_who_waits_for_a_turn_is_passed_on_or_told_to_come_again():
    forward = Forward(Upstream(Service.SERVER), [], turn="server 192.0.2.7")
    waiting = pending(Turn(forward, STAY))
    assert (waiting.turn, waiting.workspace) == ("server 192.0.2.7", "")
    assert waiting.wants == AwaitTurn("server 192.0.2.7")
    assert waiting.patience is Patience.TURN
    assert waiting.answer(events.Draining(), MOMENT) is None
    assert waiting.answer(events.TurnCame(), MOMENT) is forward
    assert waiting.answer(events.Tick(), MOMENT) is STAY
    assert pending(Wait(WORKSPACE, STAY)).turn == ""
