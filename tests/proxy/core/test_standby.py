"""What is not there now: its page, its problem, and how the page learns that it is over."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from proxy.core import events, standby
from proxy.core.access import Access, Verdict
from proxy.core.commands import Way
from proxy.core.pages import SCRIPT_HASH
from proxy.core.patience import Patience
from proxy.core.replies import Reply
from proxy.core.rules import WorkspaceHost
from proxy.core.standby import STANDING_PATH, Standing, standing
from tests.proxy.core.play import Play
from tests.proxy.world import (
    HOSTS,
    IDE,
    OPEN_PORT,
    PORT,
    SELF,
    TAB,
    WORKSPACE,
    head,
    make_route,
    make_world,
    ports_cookie,
    request,
)
from wire.hosts import IdeHost, PortHost
from wire.phases import Phase
from wire.routes import PortRoute, Route

RULES = make_world().rules
PORT_HOST, IDE_HOST = PortHost(WORKSPACE, 3000), IdeHost(WORKSPACE)
OWNER = {**TAB, "Cookie": ports_cookie()}
PORTS = {
    3000: PortRoute(name="Shop"),
    4000: PortRoute(visibility="public"),
    5173: PortRoute(listening=True, name="Front end <b>"),
    8000: PortRoute(listening=True),
    9000: PortRoute(name="Docs"),
}


def at(phase: Phase, **changes: object) -> Route:
    """Return a route in a phase; without a way to it where there is none."""
    gone = {} if phase in {Phase.RUNNING, Phase.INITIALIZING} else {"target": None}
    return make_route(phase=phase, **gone, **changes)


@pytest.mark.parametrize(
    ("phase", "ide", "closed", "listening"),
    [
        (Phase.RUNNING, Standing.OPEN, Standing.CLOSED, Standing.OPEN),
        (Phase.INITIALIZING, Standing.STARTING, Standing.CLOSED, Standing.OPEN),
        (Phase.CREATING, Standing.STARTING, Standing.STARTING, Standing.STARTING),
        (Phase.STOPPING, Standing.STOPPING, Standing.STOPPING, Standing.STOPPING),
        (Phase.STOPPED, Standing.STOPPED, Standing.STOPPED, Standing.STOPPED),
    ],
)
def test_what_stands_at_an_address(
    phase: Phase, ide: Standing, closed: Standing, listening: Standing
) -> None:
    found = at(phase, ports={8000: PortRoute(listening=True)})
    assert standing(found, IDE_HOST) is ide
    assert standing(found, PORT_HOST) is closed
    assert standing(found, PortHost(WORKSPACE, 8000)) is listening


def shown(
    found: Route, host: WorkspaceHost = PORT_HOST, *, program: bool = False, path: str = "/a?b=1"
) -> Reply:
    authority = IDE if isinstance(host, IdeHost) else PORT
    asked = head(path, authority, headers=SELF if program else TAB)
    return standby.not_running(RULES, found, asked, host, Access(Verdict.PASS))


@pytest.mark.parametrize("phase", [one for one in Phase if one.starting])
def test_the_editors_person_waits_for_a_start_on_its_page(phase: Phase) -> None:
    reply = shown(at(phase), IDE_HOST)
    to = urlsplit(dict(reply.headers)[b"location"].decode())
    assert (reply.status, to.path) == (303, f"/start/{WORKSPACE}")
    assert parse_qs(to.query)["back"] == [f"http://{IDE}/a?b=1"]
    program = shown(at(phase), IDE_HOST, program=True)
    assert (program.status, program.code) == (503, "workspace_starting")
    assert dict(program.headers)[b"retry-after"] == b"2"


def test_a_port_of_a_starting_workspace_waits_where_it_is() -> None:
    """Whoever has only the port cannot see the start, so nobody is sent there."""
    reply = shown(at(Phase.CREATING))
    assert (reply.status, reply.code) == (503, "workspace_starting")
    assert b"This page goes on by itself" in reply.body
    assert f"{STANDING_PATH}?was=starting".encode() in reply.body


@pytest.mark.parametrize(
    ("phase", "code"),
    [(Phase.STOPPED, "workspace_stopped"), (Phase.STOPPING, "workspace_stopping")],
)
@pytest.mark.parametrize("host", [PORT_HOST, IDE_HOST])
def test_a_workspace_at_rest_says_so(phase: Phase, code: str, host: WorkspaceHost) -> None:
    page, problem = shown(at(phase), host), shown(at(phase), host, program=True)
    assert (page.status, page.code) == (503, code)
    told = json.loads(problem.body)
    assert (told["code"], told["status"]) == (code, 503)
    assert told["title"].encode() in page.body
    assert int(dict(problem.headers)[b"retry-after"]) > 0
    assert f"/workspaces/{WORKSPACE}".encode() in page.body


def test_the_first_button_of_a_stopped_workspace_starts_it_and_comes_back() -> None:
    body = shown(at(Phase.STOPPED)).body.decode()
    back = "http%3A%2F%2F" + PORT.replace(":", "%3A") + "%2Fa%3Fb%3D1"
    assert f'<a class="first" href="{HOSTS.start(WORKSPACE)}?back={back}">Start</a>' in body


def test_a_page_that_watches_may_run_its_own_script_and_nothing_else() -> None:
    policy = dict(shown(at(Phase.STOPPED)).headers)[b"content-security-policy"].decode()
    assert f"script-src 'sha256-{SCRIPT_HASH}'; connect-src 'self'; default-src 'none'" in policy
    assert policy.endswith(f"frame-ancestors 'self' http://{IDE}")


# --- nothing listens ---


def play(cookie: str = "", host: str = PORT, ports: dict[int, PortRoute] | None = None) -> Play:
    """Ask for a port as a page, in a workspace where nothing listens on it."""
    made = Play(make_world(make_route(ports=PORTS if ports is None else ports)))
    headers = {**TAB, **({"Cookie": cookie} if cookie else {})}
    made.ask(request("/", host, headers=headers))
    made.tell(events.NotOpened(Way.REFUSED))
    return made


def test_its_owner_sees_which_ports_listen_and_their_names() -> None:
    made = play(ports_cookie())
    assert made.status == 502
    assert "no process in it accepts connections on port 3000 (Shop)" in made.to_client.decode()
    page = made.to_client.decode().partition("<ul>")[2].partition("</ul>")[0]
    assert f'<a href="{HOSTS.port_of(WORKSPACE, 5173)}/">5173</a>' in page
    assert "Front end &lt;b&gt;" in page
    assert page.index("5173") < page.index("8000") < page.index("9000")
    assert page.count("nothing listens") == 1
    assert "4000" not in page, "it neither listens nor has a name"


def test_nobody_else_learns_of_other_ports() -> None:
    made = play(host=OPEN_PORT)
    assert made.status == 502
    page = made.to_client.decode()
    assert "Nothing listens on port 4000" in page
    assert "<ul>" not in page
    assert not [one for one in ("5173", "8000", "Front end", "Docs") if one in page]


def test_on_the_own_public_port_its_owner_does() -> None:
    for cookie, knows in ((ports_cookie(), True), (ports_cookie(user="eve"), False)):
        page = play(cookie, OPEN_PORT).to_client.decode()
        assert "Nothing listens on port 4000" in page
        assert ("Listening in this workspace" in page) is knows


def test_a_program_is_told_without_a_list() -> None:
    made = Play(make_world(make_route(ports=PORTS)))
    made.ask(request("/", PORT, headers={**SELF, "Cookie": ports_cookie()}))
    made.tell(events.NotOpened(Way.REFUSED))
    told = json.loads(made.to_client.partition(b"\r\n\r\n")[2])
    assert (told["code"], told["status"]) == ("port_closed", 502)
    assert "5173" not in str(told)


def test_a_page_that_the_route_does_not_explain_asks_again_by_itself() -> None:
    """The process has just ended, or begun anew: perhaps nobody ever tells of a change."""
    made = play(ports_cookie(), ports={3000: PortRoute(listening=True)})
    assert 'http-equiv="refresh"' in made.to_client.decode()
    assert STANDING_PATH not in made.to_client.decode()


# --- being told that it is over ---


def asks(was: str, found: Route, host: str = PORT) -> Play:
    made = Play(make_world(found))
    headers = {**SELF, "Cookie": ports_cookie()}
    made.ask(request(f"{STANDING_PATH}?was={was}", host, headers=headers))
    return made


def test_a_page_is_told_when_its_port_opens() -> None:
    made = asks("closed", make_route())
    assert not made.to_client
    made.tell(events.Rerouted())
    assert not made.to_client, "something else has changed"
    made.world.table.routes[WORKSPACE] = make_route(ports={3000: PortRoute(listening=True)})
    made.tell(events.Rerouted())
    assert made.status == 200


@pytest.mark.parametrize("was", ["stopped", "open", "", "%00"])
def test_a_page_that_is_over_already_is_told_at_once(was: str) -> None:
    assert asks(was, make_route()).status == 200


def test_a_page_that_waited_for_long_asks_again() -> None:
    made = asks("stopped", at(Phase.STOPPED))
    made.wait(Patience.ROUTE.seconds)
    assert made.status == 204


def test_a_page_of_a_closed_port_looks_by_itself_after_a_while() -> None:
    """A proxy that runs alone never hears what listens."""
    made = asks("closed", make_route())
    made.wait(Patience.ROUTE.seconds)
    assert made.status == 200


def test_a_stranger_is_told_nothing() -> None:
    made = Play(make_world(at(Phase.STOPPED)))
    made.ask(request(f"{STANDING_PATH}?was=stopped", PORT, headers=SELF))
    assert made.status == 401
