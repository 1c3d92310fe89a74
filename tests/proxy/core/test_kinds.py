"""Each host has its kind, whoever answers."""

import pytest

from proxy.core.access import Access, Verdict
from proxy.core.commands import Service, Upstream
from proxy.core.kinds import KINDS, kind_of_forward, kind_of_reply
from proxy.core.plans import Forward
from tests.proxy.world import IDE, PORT, WORKSPACE, head, make_world
from wire.hosts import IdeHost, PortHost
from wire.routes import NodeTarget

NODE = NodeTarget(instance=f"{WORKSPACE}.1")


@pytest.mark.parametrize(
    ("host", "target", "kind", "workspace"),
    [
        ("podium.localhost:8080", "/", "dashboard", ""),
        ("127.0.0.1:8080", "/", "loopback", ""),
        (IDE, "/", "ide", WORKSPACE),
        (IDE, "/_supervisor/v1/status", "supervisor", WORKSPACE),
        (PORT, "/_supervisor/v1/status", "port", WORKSPACE),
        (PORT, "/.podium/grant?code=1", "own", WORKSPACE),
        ("nobody", "/.podium/healthz", "own", ""),
        (f"debug-{WORKSPACE}.ws.localhost:8080", "/", "debug", ""),
        ("v--abc.ws.localhost:8080", "/", "foreign", ""),
        ("ide.localhost:8080", "/", "assets", ""),
        ("ws.localhost:8080", "/", "preload", ""),
        ("reg.localhost:8080", "/", "registry", ""),
        ("nobody", "/", "unknown", ""),
    ],
)
def test_what_is_answered_here(host: str, target: str, kind: str, workspace: str) -> None:
    assert kind_of_reply(make_world().rules, head(target, host)) == (kind, workspace)
    assert kind in KINDS


@pytest.mark.parametrize(
    ("upstream", "host", "kind"),
    [
        (Upstream(Service.SERVER), None, "dashboard"),
        (Upstream(Service.BLOBSERVE), None, "assets"),
        (Upstream(NODE, 23000), IdeHost(WORKSPACE), "ide"),
        (Upstream(NODE, 22999), IdeHost(WORKSPACE), "supervisor"),
        (Upstream(NODE, 3000), PortHost(WORKSPACE, 3000), "port"),
    ],
)
def test_what_is_passed_on(upstream: Upstream, host: IdeHost | PortHost | None, kind: str) -> None:
    assert kind_of_forward(Forward(upstream, [], host, Access(Verdict.PASS))) == kind
    assert kind in KINDS
