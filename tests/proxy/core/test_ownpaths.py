"""Opening as soon as the IDE answers: held, let in, or left where the browser is."""

from urllib.parse import parse_qs, urlsplit

import pytest

from proxy.core import events
from proxy.core.patience import Patience
from tests.proxy.core.play import Play
from tests.proxy.world import (
    IDE,
    MOMENT,
    OTHER,
    PORT,
    SELF,
    TAB,
    WORKSPACE,
    ide_cookie,
    make_route,
    make_world,
    request,
)
from wire.phases import Phase
from wire.routes import Put

OPEN = "/.podium/open?to=/%3Ffolder%3D/workspace/a"


def asked(host: str = IDE, headers: dict[str, str] | None = None, target: str = OPEN) -> bytes:
    return request(target, host, headers={**TAB, "Cookie": ide_cookie(), **(headers or {})})


def playing(phase: Phase) -> Play:
    return Play(make_world(make_route(phase=phase), make_route(OTHER)))


def becomes(play: Play, phase: Phase, version: int = 6) -> list[str]:
    """Let the feed tell that the route has changed; return what the connection does."""
    route = make_route(version=version, phase=phase)
    play.world.table.apply(Put(epoch="e", seq=version + 2, route=route), MOMENT.monotonic)
    return play.tell(events.Rerouted())


def test_what_runs_is_opened_at_once() -> None:
    play = playing(Phase.RUNNING)
    play.ask(asked())
    assert (play.status, play.sent("location")) == (303, ["/?folder=/workspace/a"])


def test_what_starts_is_opened_when_it_answers() -> None:
    play = playing(Phase.CREATING)
    assert play.ask(asked()) == ["Await"]
    assert play.core.waits_for == WORKSPACE
    assert play.core.working
    assert becomes(play, Phase.INITIALIZING) == []
    assert becomes(play, Phase.RUNNING, version=7) == ["Send"]
    assert (play.status, play.sent("location")) == (303, ["/?folder=/workspace/a"])
    assert play.core.waits_for == ""


@pytest.mark.parametrize("phase", [Phase.STOPPING, Phase.STOPPED])
def test_a_start_that_fails_leaves_the_browser_where_it_is(phase: Phase) -> None:
    play = playing(Phase.CREATING)
    play.ask(asked())
    assert becomes(play, phase) == ["Send"]
    assert (play.status, play.records[0].status) == (204, 204)


@pytest.mark.parametrize("phase", [Phase.STOPPING, Phase.STOPPED])
def test_what_does_not_start_is_not_waited_for(phase: Phase) -> None:
    play = playing(phase)
    play.ask(asked())
    assert play.status == 204


def test_patience_ends_and_the_page_stays() -> None:
    play = playing(Phase.CREATING)
    play.ask(asked())
    assert play.core.deadline == MOMENT.monotonic + Patience.ROUTE.seconds
    assert play.wait(Patience.ROUTE.seconds) == ["Send"]
    assert play.status == 204


def test_a_proxy_that_ends_lets_the_page_stay() -> None:
    play = playing(Phase.CREATING)
    play.ask(asked())
    assert play.tell(events.Draining()) == ["Send", "Close"]
    assert play.status == 204


def test_a_browser_that_has_gone_is_forgotten() -> None:
    play = playing(Phase.CREATING)
    play.ask(asked())
    play.tell(events.ClientGone())
    assert becomes(play, Phase.RUNNING) == []


def test_who_has_no_grant_gets_one_first_and_comes_back() -> None:
    play = playing(Phase.CREATING)
    play.ask(request(OPEN, IDE, headers=TAB))
    assert play.status == 303
    back = parse_qs(urlsplit(play.sent("location")[0]).query)["path"]
    assert back == [OPEN]


def test_a_right_that_is_lost_while_it_waits_opens_nothing() -> None:
    play = playing(Phase.CREATING)
    play.ask(asked())
    play.world.table.routes[WORKSPACE] = make_route(version=7, auth_epoch=9)
    play.tell(events.Rerouted())
    assert play.sent("location")[0].startswith("http://podium.localhost:8080/auth/grant?")


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_it_never_leads_to_another_host(to: str) -> None:
    play = playing(Phase.RUNNING)
    play.ask(asked(target=f"/.podium/open?to={to}"))
    assert play.sent("location") == ["/"]


def test_only_a_person_in_a_tab_of_the_ide_may_wait() -> None:
    for one in (asked(headers=SELF), asked(host=PORT), asked(target="/.podium/opened")):
        play = playing(Phase.CREATING)
        play.ask(one)
        assert play.status == 404
