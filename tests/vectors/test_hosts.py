"""H: which hosts name what, and where a request to them goes."""

from collections.abc import Callable

import pytest

from proxy.core.commands import Upstream
from proxy.core.plans import Asker, Forward, Plan, World
from proxy.core.replies import Reply
from proxy.core.routing import route
from proxy.core.rules import Rules
from tests.proxy.world import (
    IDE_COOKIE,
    MOMENT,
    SEED,
    SELF,
    TAG,
    head,
    make_grant,
    make_route,
    make_world,
)
from wire.agent import IDE_PORT
from wire.hosts import Hosts, IdeHost
from wire.routes import NodeTarget
from wire.tokens import port_cookie

ID = "amaranth-smelt-9ba20cc1"
HOSTS = Hosts.of("https://podium.example", "gitpod.dev")
IDE = f"{ID}.ws.gitpod.dev"
TARGET = NodeTarget(instance=f"{ID}.1")
COOKIES = {
    IDE: f"{IDE_COOKIE}={make_grant('ide', workspace=ID)}",
    f"1234-{IDE}": f"{port_cookie(TAG, ID)}={make_grant('port', workspace=ID)}",
}


def planned(host: str, target: str = "/") -> Plan:
    """Return what becomes of the owner's request."""
    held = make_world(make_route(ID))
    world = World(Rules(HOSTS, TAG, held.rules.grants), held.table)
    asked = head(target, host, headers={**SELF, "Cookie": COOKIES.get(host, "")})
    return route(world, asked, Asker("192.0.2.7", SEED), 1, MOMENT)


def goes_to(host: str, port: int) -> bool:
    plan = planned(host)
    return isinstance(plan, Forward) and plan.upstream == Upstream(TARGET, port)


def refused(host: str) -> bool:
    plan = planned(host, "/.well-known/acme-challenge/token1")
    assert isinstance(plan, Reply)
    return plan.status == 403 and (b"content-type", b"text/plain; charset=utf-8") in plan.headers


ROWS: dict[str, Callable[[], bool]] = {
    "H1": lambda: HOSTS.parse("foobar.com") is None,
    "H3": lambda: (
        HOSTS.parse("0d9rkrj560blqb5s07q431ru9mhg19k1k4bqgd1dbprtgmt7vuhk.ws.gitpod.dev") is None
    ),
    "H5": lambda: HOSTS.parse(IDE) == IdeHost(ID),
    "H7": lambda: goes_to(IDE, IDE_PORT),
    "H9": lambda: goes_to(f"1234-{IDE}", 1234),
    "H11": lambda: refused("domain.example.com"),
    "H13": lambda: refused("1.1.1.1"),
}


@pytest.mark.parametrize("row", ROWS)
def test_hosts(row: str) -> None:
    assert ROWS[row]()
