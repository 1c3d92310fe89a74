"""What is said when there is no way to an upstream: every cause with its own words."""

import json

import pytest

from proxy.core.access import Access, Verdict
from proxy.core.commands import Service, Upstream, Way
from proxy.core.plans import Forward
from proxy.core.rules import WorkspaceHost
from proxy.core.unreachable import broken_off, no_connection
from tests.proxy.world import IDE, PORT, SELF, TAB, WORKSPACE, head, make_route, make_world
from wire.agent import IDE_PORT, SUPERVISOR_PORT
from wire.hosts import IdeHost, PortHost
from wire.routes import NodeTarget

RULES = make_world().rules
PERSON, PROGRAM = head("/x", PORT, headers=TAB), head("/x", PORT, headers=SELF)
HERE = NodeTarget(instance=f"{WORKSPACE}.1")
PORT_HOST, IDE_HOST = PortHost(WORKSPACE, 3000), IdeHost(WORKSPACE)


def forward(host: WorkspaceHost | None, upstream: Upstream) -> Forward:
    access = None if host is None else Access(Verdict.PASS)
    return Forward(upstream, [], host=host, access=access, route=make_route())


@pytest.mark.parametrize(
    ("host", "port", "way", "status", "code"),
    [
        (None, Service.SERVER, Way.AWAY, 503, "server_away"),
        (None, Service.BLOBSERVE, Way.AWAY, 503, "assets_away"),
        (PORT_HOST, 3000, Way.REFUSED, 502, "port_closed"),
        (PORT_HOST, 3000, Way.BUSY, 504, "port_busy"),
        (PORT_HOST, 3000, Way.NOT_TLS, 502, "port_not_https"),
        (PORT_HOST, 3000, Way.AWAY, 503, "node_away"),
        (PORT_HOST, 3000, Way.UNKNOWN, 503, "node_away"),
        (IDE_HOST, IDE_PORT, Way.REFUSED, 502, "ide_away"),
        (IDE_HOST, SUPERVISOR_PORT, Way.REFUSED, 502, "supervisor_away"),
    ],
)
def test_every_missing_connection_has_its_own_words(
    host: WorkspaceHost | None, port: Service | int, way: Way, status: int, code: str
) -> None:
    upstream = Upstream(port) if isinstance(port, Service) else Upstream(HERE, port)
    plan = forward(host, upstream)
    person = no_connection(RULES, PERSON, plan, way)
    program = no_connection(RULES, PROGRAM, plan, way)
    told = json.loads(program.body)
    assert (person.status, person.code) == (program.status, told["code"]) == (status, code)
    assert int(dict(program.headers)[b"retry-after"]) >= 2
    assert b"by itself" in person.body or b"asks again" in person.body
    assert told["title"].encode() in person.body
    assert len({told["title"], told["detail"]}) == 2


@pytest.mark.parametrize("way", [Way.REFUSED, Way.BUSY, Way.NOT_TLS])
def test_a_port_that_fails_may_be_shown_in_the_editors_preview(way: Way) -> None:
    reply = no_connection(RULES, PERSON, forward(PORT_HOST, Upstream(HERE, 3000)), way)
    policy = dict(reply.headers)[b"content-security-policy"].decode()
    assert policy.endswith(f"frame-ancestors 'self' http://{IDE}")


@pytest.mark.parametrize(
    ("host", "port", "status", "code"),
    [
        (None, Service.SERVER, 503, "server_away"),
        (PORT_HOST, 3000, 502, "bad_gateway"),
        (IDE_HOST, IDE_PORT, 502, "ide_away"),
        (IDE_HOST, SUPERVISOR_PORT, 502, "supervisor_away"),
    ],
)
def test_a_page_that_was_broken_off_asks_again_where_that_has_no_effect(
    host: WorkspaceHost | None, port: Service | int, status: int, code: str
) -> None:
    upstream = Upstream(port) if isinstance(port, Service) else Upstream(HERE, port)
    plan = forward(host, upstream)
    reply = broken_off(RULES, PERSON, plan, "It closed.")
    assert (reply.status, reply.code) == (status, code)
    assert b"asks again" in reply.body
    sent = head("/x", PORT, method="POST", headers=TAB)
    reply = broken_off(RULES, sent, plan, "It closed.")
    assert (reply.status, reply.code) == (502, "bad_gateway")
    assert b"asks again" not in reply.body
    assert b"retry-after" not in dict(reply.headers)
