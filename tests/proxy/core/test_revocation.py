"""What was let in goes on only while it would be let in again."""

import pytest

from proxy.core.events import Moment
from proxy.core.plans import Asker, Forward
from proxy.core.revocation import still_open
from proxy.core.routing import route
from tests.proxy.world import (
    IDE,
    MOMENT,
    NOW,
    OPEN_PORT,
    PORT,
    SEED,
    SELF,
    SHARE_ENDS,
    WORKSPACE,
    guest_cookie,
    head,
    ide_cookie,
    make_route,
    make_table,
    make_world,
    ports_cookie,
    shares,
)
from wire.phases import Phase
from wire.routes import NodeTarget, PortRoute


def let_in(host: str, cookie: str = "", path: str = "/") -> Forward:
    headers = {**SELF, **({"Cookie": cookie} if cookie else {})}
    plan = route(
        make_world(make_route(shares=shares())),
        head(path, host, headers=headers),
        Asker("192.0.2.7", SEED),
        1,
        MOMENT,
    )
    assert isinstance(plan, Forward)
    return plan


def goes_on(forward: Forward, *, fresh: bool = True, sessions=None, **changes) -> bool:
    table = make_table(make_route(**changes), sessions=sessions)
    return still_open(table, forward, fresh=fresh, now=NOW)


PRIVATE = (PORT, ports_cookie())
EDITOR = (IDE, ide_cookie())


@pytest.mark.parametrize("who", [PRIVATE, EDITOR])
def test_nothing_has_changed(who):
    assert goes_on(let_in(*who))
    assert goes_on(let_in(*who), fresh=False)


@pytest.mark.parametrize("who", [PRIVATE, EDITOR])
@pytest.mark.parametrize(
    "changes",
    [
        {"auth_epoch": 3},
        {"owner": "eve"},
        {"target": NodeTarget(instance="amber-otter-4k2hw9xz1q.2")},
        {"target": None},
        {"phase": Phase.STOPPING},
        {"phase": Phase.STOPPED},
        {"sessions": {"s1": int(NOW)}},
    ],
)
def test_whatever_it_rested_on_is_gone(who, changes):
    assert not goes_on(let_in(*who), **changes)


def test_a_deleted_workspace_ends_everything():
    table = make_table(make_route("blue-crane-0123456789"))
    assert not still_open(table, let_in(*PRIVATE), fresh=True, now=NOW)


def test_a_public_port_that_became_private_keeps_no_stranger():
    stranger = let_in(OPEN_PORT)
    assert goes_on(stranger)
    assert not goes_on(stranger, ports={4000: PortRoute(visibility="private")})
    assert not goes_on(stranger, ports={})
    assert not goes_on(stranger, fresh=False)


def test_the_supervisor_answers_while_the_editor_does_not():
    early = {"phase": Phase.INITIALIZING}
    assert not goes_on(let_in(*EDITOR), **early)
    assert goes_on(let_in(IDE, ide_cookie(), "/_supervisor/v1/status"), **early)
    assert goes_on(let_in(*PRIVATE), **early)


def test_the_dashboard_is_no_workspaces_matter():
    plan = route(
        make_world(),
        head("/", "podium.localhost:8080"),
        Asker("192.0.2.7", SEED),
        1,
        Moment(NOW, 1.0),
    )
    assert isinstance(plan, Forward)
    assert still_open(make_table(), plan, fresh=False, now=NOW)


def test_a_workspace_keeps_its_own_ports_for_as_long_as_it_runs():
    asker = Asker("198.18.0.2", SEED, WORKSPACE)
    own = route(make_world(), head("/", PORT), asker, 1, MOMENT)
    assert isinstance(own, Forward)
    assert goes_on(own)
    assert goes_on(own, auth_epoch=9, fresh=False)
    assert not goes_on(own, target=NodeTarget(instance="amber-otter-4k2hw9xz1q.2"))
    assert not goes_on(own, phase=Phase.STOPPED)


def test_a_guest_goes_on_only_while_the_link_counts():
    guest = let_in(PORT, guest_cookie())
    assert guest.guest
    assert goes_on(guest, shares=shares())
    assert not goes_on(guest), "it was revoked"
    assert not goes_on(guest, shares=shares(port=4000))
    assert not goes_on(guest, shares=shares(expires=int(NOW)))
    assert not goes_on(guest, shares=shares(), fresh=False), "who hears nothing lets nobody in"
    assert not goes_on(guest, shares=shares(), target=None)
    table = make_table(make_route(shares=shares()))
    assert guest.until == SHARE_ENDS
    assert not still_open(table, guest, fresh=True, now=SHARE_ENDS)


def test_a_guest_is_not_cut_with_the_owners_sessions():
    guest = let_in(PORT, guest_cookie())
    assert goes_on(guest, shares=shares(), auth_epoch=9, sessions={"s1": int(NOW)})
    assert let_in(*PRIVATE).until == float("inf")
