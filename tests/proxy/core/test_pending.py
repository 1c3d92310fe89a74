"""What a pending request makes of each event; its conversations are in test_redemption and
test_ownpaths."""

from proxy.core import events
from proxy.core.pending import Pending
from proxy.core.plans import Asker, Redemption, Wait
from proxy.core.replies import plain
from tests.proxy.world import MOMENT, PORT, SEED, WORKSPACE, head, make_world
from wire.hosts import PortHost

STAY = plain(204, [])


def pending(plan: Redemption | Wait) -> Pending:
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
