"""Every answer of the proxy's own has a cause, a cure and a code; people get a page."""

import json

import pytest

from proxy.core import answers
from proxy.core.commands import Service, Upstream, Way
from tests.proxy.world import HOSTS, IDE, PORT, SELF, TAB, WORKSPACE, head, make_route, make_world
from wire.agent import IDE_PORT, SUPERVISOR_PORT
from wire.hosts import IdeHost, PortHost
from wire.phases import Phase
from wire.routes import NodeTarget

RULES = make_world().rules
PERSON, PROGRAM = head("/x", PORT, headers=TAB), head("/x", PORT, headers=SELF)
HERE = NodeTarget(instance=f"{WORKSPACE}.1")
PORT_HOST, IDE_HOST = PortHost(WORKSPACE, 3000), IdeHost(WORKSPACE)


def both(answer) -> dict:
    """Ask as a person and as a program; return the problem."""
    page, problem = answer(PERSON), answer(PROGRAM)
    assert dict(page.headers)[b"content-type"].startswith(b"text/html")
    assert dict(problem.headers)[b"content-type"] == b"application/problem+json"
    assert page.status == problem.status
    assert page.code == problem.code
    told = json.loads(problem.body)
    assert (told["code"], told["status"]) == (problem.code, problem.status)
    assert told["title"].encode()[:20] in page.body
    for reply in (page, problem):
        assert dict(reply.headers)[b"cache-control"] == b"no-store"
    return {**told, "headers": dict(problem.headers), "page": page.body.decode()}


def test_an_unknown_host_leads_to_the_dashboard():
    told = both(lambda asked: answers.host_unknown(HOSTS, asked))
    assert (told["status"], told["code"]) == (404, "host_unknown")
    assert f'href="{HOSTS.dashboard}/"' in told["page"]


def test_who_is_not_signed_in_is_told_how():
    told = both(lambda asked: answers.unauthenticated(RULES, asked, PORT_HOST))
    assert (told["status"], told["code"]) == (401, "unauthenticated")
    assert f'href="http://{PORT}/x"' in told["page"]
    assert 'target="_blank"' in told["page"]


def test_a_refused_initiator_is_told_why():
    told = both(lambda asked: answers.forbidden(RULES, asked, "sent by another page"))
    assert (told["status"], told["code"]) == (403, "initiator_refused")
    assert "sent by another page" in told["detail"]


def test_a_deleted_workspace_is_gone():
    assert both(lambda asked: answers.workspace_gone(RULES, asked))["status"] == 404


@pytest.mark.parametrize("phase", [one for one in Phase if one.starting])
def test_a_person_waits_for_a_start_on_its_page(phase):
    route = make_route(phase=phase, target=None)
    person = answers.not_running(RULES, route, PERSON)
    assert person.status == 303
    assert dict(person.headers)[b"location"].endswith(f"/start/{WORKSPACE}".encode())
    program = answers.not_running(RULES, route, PROGRAM)
    assert (program.status, program.code) == (503, "workspace_starting")
    assert dict(program.headers)[b"retry-after"] == b"2"


@pytest.mark.parametrize(
    ("phase", "code"),
    [(Phase.STOPPED, "workspace_stopped"), (Phase.STOPPING, "workspace_stopping")],
)
def test_a_workspace_at_rest_says_so(phase, code):
    route = make_route(phase=phase, target=None)
    told = both(lambda asked: answers.not_running(RULES, route, asked))
    assert (told["status"], told["code"]) == (503, code)
    assert f"/workspaces/{WORKSPACE}" in told["page"]


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
def test_every_missing_connection_has_its_own_words(host, port, way, status, code):
    upstream = Upstream(port) if isinstance(port, Service) else Upstream(HERE, port)
    told = both(lambda asked: answers.no_connection(RULES, asked, host, upstream, way))
    assert (told["status"], told["code"]) == (status, code)
    assert int(told["headers"][b"retry-after"]) >= 2
    assert "asks again" in told["page"]
    assert len({told["title"], told["detail"]}) == 2


def test_a_closed_port_may_be_shown_in_the_editors_preview():
    reply = answers.no_connection(RULES, PERSON, PORT_HOST, Upstream(HERE, 3000), Way.REFUSED)
    policy = dict(reply.headers)[b"content-security-policy"].decode()
    assert policy.endswith(f"frame-ancestors 'self' http://{IDE}")


def test_a_broken_upstream_and_a_failed_handover():
    told = both(lambda asked: answers.bad_gateway(RULES, asked, PORT_HOST, "It closed."))
    assert (told["status"], told["detail"]) == (502, "It closed.")
    failed = answers.handover_failed(RULES, "No cookie.")
    assert (failed.status, failed.code) == (400, "handover_failed")
    assert b"No cookie." in failed.body


def test_a_refused_stream_gets_json_whoever_it_was():
    reply = answers.refused(431, "request head is too large")
    assert json.loads(reply.body)["detail"] == "Request head is too large."
    assert answers.not_found().status == 404
