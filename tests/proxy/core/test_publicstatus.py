"""What anybody may ask of a workspace: two booleans, which no instance hears of."""

import json

import pytest

from proxy.core.events import Rerouted, Tick
from proxy.core.patience import Patience
from proxy.core.plans import Asker, Forward
from proxy.core.replies import Reply
from proxy.core.routing import route
from tests.proxy.core.play import Play
from tests.proxy.world import (
    IDE,
    MOMENT,
    OTHER,
    PORT,
    SEED,
    SELF,
    WORKSPACE,
    head,
    ide_cookie,
    make_route,
    make_world,
    request,
)
from wire.phases import Phase

ASKER = Asker("192.0.2.7", SEED)
STATUS = "/_supervisor/v1/status"


def told(path: str, phase: Phase, host: str = IDE) -> bool:
    found = make_route(phase=phase) if phase.live else make_route(phase=phase, target=None)
    reply = route(make_world(found), head(path, host), ASKER, 1, MOMENT)
    assert isinstance(reply, Reply)
    assert reply.status == 200
    assert json.loads(reply.body).keys() == {"ok"}
    return bool(json.loads(reply.body)["ok"])


@pytest.mark.parametrize(
    ("phase", "supervisor", "ide"),
    [
        (Phase.RUNNING, True, True),
        (Phase.INITIALIZING, True, False),
        (Phase.CREATING, False, False),
        (Phase.STOPPING, False, False),
        (Phase.STOPPED, False, False),
    ],
)
def test_anybody_is_told_whether_it_answers(phase: Phase, supervisor: bool, ide: bool) -> None:  # noqa: FBT001 - rows of a table
    assert told(f"{STATUS}/supervisor", phase) is supervisor
    assert told(f"{STATUS}/ide", phase) is ide


def test_a_workspace_that_does_not_exist_is_as_one_that_is_stopped() -> None:
    nobody = f"{OTHER[:-1]}0.ws.localhost:8080"
    assert told(f"{STATUS}/ide", Phase.RUNNING, nobody) is False
    assert told(f"{STATUS}/supervisor", Phase.RUNNING, nobody) is False


@pytest.mark.parametrize("path", [STATUS, f"{STATUS}/content", f"{STATUS}/ide/x", f"{STATUS}/"])
def test_everything_else_is_the_owners(path: str) -> None:
    world = make_world()
    stranger = route(world, head(path, headers=SELF), ASKER, 1, MOMENT)
    assert isinstance(stranger, Reply)
    assert stranger.status == 401
    owner = route(world, head(path, headers={**SELF, "Cookie": ide_cookie()}), ASKER, 1, MOMENT)
    assert isinstance(owner, Forward)


def test_on_a_port_it_is_the_applications_path() -> None:
    reply = route(make_world(), head(f"{STATUS}/ide", PORT, headers=SELF), ASKER, 1, MOMENT)
    assert isinstance(reply, Reply)
    assert reply.status == 401


def test_who_waits_is_told_when_the_ide_answers() -> None:
    play = Play(make_world(make_route(phase=Phase.INITIALIZING)))
    play.ask(request(f"{STATUS}/ide/wait/true"))
    assert play.core.waits_for == WORKSPACE
    play.tell(Rerouted())
    assert not play.to_client
    play.world.table.routes[WORKSPACE] = make_route()
    play.tell(Rerouted())
    assert play.to_client.endswith(b'{"ok": true}')


def test_who_waits_too_long_is_told_so() -> None:
    play = Play(make_world(make_route(phase=Phase.INITIALIZING)))
    play.ask(request(f"{STATUS}/ide/wait/true"))
    play.wait(Patience.ROUTE.seconds)
    play.tell(Tick())
    assert play.to_client.endswith(b'{"ok": false}')


def test_who_wants_to_follow_it_asks_the_supervisor_as_the_owner() -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    for wish in ({"Accept": "text/event-stream"}, {**upgrade, **SELF, "Origin": f"http://{IDE}"}):
        for cookie, kind in (({"Cookie": ide_cookie()}, Forward), ({}, Reply)):
            asked = head(f"{STATUS}/ide", IDE, headers={**SELF, **wish, **cookie})
            plan = route(make_world(), asked, ASKER, 1, MOMENT)
            assert isinstance(plan, kind)
