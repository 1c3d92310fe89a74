"""The proxy's own pages in light, in dark and at 360 px, as a browser gets them.

They need no other file, run nothing but their one script, and look as they were approved.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, Route

from proxy.core import answers, sharepages, standby
from proxy.core.access import Access, Verdict
from proxy.core.commands import Service, Upstream, Way
from proxy.core.message import RequestHead
from proxy.core.otherhosts import debugging
from proxy.core.plans import Forward
from proxy.core.replies import Reply
from proxy.core.unreachable import no_connection
from tests.e2e.conftest import CHROMIUM
from tests.e2e.stage import pictures
from tests.e2e.stage.tabs import LIGHT, VIEWS, View, context_of, launch, visited
from tests.proxy.world import HOSTS, NOW, PORT, TAB, WORKSPACE, head, make_route, make_world
from wire.hosts import DebugHost, IdeHost, PortHost
from wire.phases import Phase
from wire.routes import NodeTarget, PortRoute
from wire.tokens import Grant

RULES = make_world().rules
HOST = PortHost(WORKSPACE, 3000)
GRANT = Grant(
    scope="port",
    session="s",
    user="ada",
    workspace=WORKSPACE,
    role="owner",
    epoch=1,
    issued=int(NOW),
)
OWNER, ANYBODY = Access(Verdict.PASS, GRANT), Access(Verdict.PASS)
HERE = NodeTarget(instance=f"{WORKSPACE}.1")
PORTS = {
    3000: PortRoute(name="Shop"),
    5173: PortRoute(listening=True, name="Front end"),
    8000: PortRoute(listening=True, visibility="public", name="Orders and payments API"),
    8025: PortRoute(listening=True),
    9000: PortRoute(name="Docs"),
}
Answer = Callable[[RequestHead], Reply]


@dataclass(frozen=True)
class Shown:
    """An answer, and in which views its picture is kept."""

    answer: Answer
    kept: tuple[View, ...] = ()


def at(phase: Phase) -> Answer:
    found = make_route(phase=phase, target=None)
    return lambda asked: standby.not_running(RULES, found, asked, HOST, OWNER)


def closed(access: Access) -> Answer:
    found = make_route(ports=PORTS)
    return lambda asked: standby.port_closed(RULES, asked, HOST, found, access)


def away(way: Way, port: int = 3000) -> Answer:
    host = HOST if port == HOST.port else IdeHost(WORKSPACE)
    plan = Forward(Upstream(HERE, port), [], host=host, access=OWNER)
    return lambda asked: no_connection(RULES, asked, plan, way)


def asks(*, wrong: bool = False) -> Answer:
    code = "share_password_wrong" if wrong else "share_password"
    return lambda _: sharepages.password(HOST, "token", code, wrong=wrong)


PAGES = {
    "proxy-stopped": Shown(at(Phase.STOPPED), VIEWS),
    "proxy-starting": Shown(at(Phase.CREATING), VIEWS),
    "proxy-stopping": Shown(at(Phase.STOPPING)),
    "proxy-closed": Shown(closed(OWNER), VIEWS),
    "proxy-closed-anybody": Shown(closed(ANYBODY), (LIGHT,)),
    "proxy-server-away": Shown(lambda asked: answers.service_away(asked, Service.SERVER), VIEWS),
    "proxy-busy": Shown(away(Way.BUSY)),
    "proxy-not-https": Shown(away(Way.NOT_TLS)),
    "proxy-node-away": Shown(away(Way.AWAY)),
    "proxy-editor-away": Shown(away(Way.REFUSED, 23000)),
    "proxy-private": Shown(lambda asked: answers.unauthenticated(RULES, asked, HOST), (LIGHT,)),
    "proxy-share-password": Shown(asks(), VIEWS),
    "proxy-share-wrong": Shown(asks(wrong=True), VIEWS),
    "proxy-share-ended": Shown(lambda asked: answers.share_ended(RULES, asked, HOST), VIEWS),
    "proxy-share-away": Shown(lambda _: sharepages.away("token", "The server is starting.")),
    "proxy-crowded": Shown(answers.too_many_connections),
    "proxy-refused": Shown(lambda asked: answers.forbidden(RULES, asked, "sent by another page")),
    "proxy-gone": Shown(lambda asked: answers.workspace_gone(RULES, asked)),
    "proxy-unknown": Shown(lambda asked: answers.host_unknown(HOSTS, asked)),
    "proxy-no-cookies": Shown(lambda _: answers.handover_failed(RULES, "No cookie came back.")),
    "proxy-debug": Shown(lambda asked: debugging(RULES, asked, DebugHost(WORKSPACE, 3000))),
}


@pytest.fixture(scope="module")
def window(playwright: Playwright) -> Iterator[Browser]:
    started = launch(playwright, [], CHROMIUM)
    yield started
    started.close()


@pytest.fixture(scope="module")
def context(window: Browser, view: View) -> Iterator[BrowserContext]:
    made = context_of(window, view)
    yield made
    made.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_proxy_is_as_it_should_be(
    context: BrowserContext, view: View, name: str
) -> None:
    shown, asked = PAGES[name], []

    def answer(route: Route) -> None:
        path = route.request.url.partition(PORT)[2]
        asked.append(path)
        if not path.startswith(standby.STANDING_PATH):  # which waits for a change
            reply = shown.answer(head("/orders?page=2", PORT, headers=TAB))
            headers = {name.decode(): value.decode() for name, value in reply.headers}
            route.fulfill(status=reply.status, headers=headers, body=reply.body)

    context.route("**/*", answer)
    with visited(context, f"http://{PORT}/orders?page=2") as tab:
        if view in shown.kept:
            pictures.check(f"{name}-{view.name}", tab.shot(view))
        assert tab.overflow() == 0
        assert tab.shifts() == []
        assert tab.complaints == []
        assert tab.violations() == []
        assert {one.partition("?")[0] for one in asked} <= {"/orders", standby.STANDING_PATH}
        links = tab.page.locator("nav a").all()
        assert [one.evaluate("one => one.className") for one in links[:1]] == ["first"][
            : len(links)
        ]
    context.unroute("**/*")
