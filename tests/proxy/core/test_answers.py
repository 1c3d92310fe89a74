"""Every answer of the proxy's own has a cause, a cure and a code; people get a page."""

import json

from proxy.core import answers
from tests.proxy.world import HOSTS, PORT, SELF, TAB, WORKSPACE, head, make_world
from wire.hosts import IdeHost, PortHost
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


def test_a_broken_upstream_and_a_failed_handover():
    told = both(lambda asked: answers.bad_gateway(RULES, asked, PORT_HOST, "It closed."))
    assert (told["status"], told["detail"]) == (502, "It closed.")
    failed = answers.handover_failed(RULES, "No cookie.")
    assert (failed.status, failed.code) == (400, "handover_failed")
    assert b"No cookie." in failed.body


def test_cookies_that_no_head_has_room_for_are_taken_away():
    assert (b"clear-site-data", b'"cookies"') in answers.refused(431, "too large").headers
    assert not [key for key, _ in answers.refused(400, "odd").headers if key == b"clear-site-data"]


def test_a_refused_stream_gets_json_whoever_it_was():
    reply = answers.refused(400, "malformed request")
    assert json.loads(reply.body)["detail"] == "Malformed request."
    assert answers.not_found().status == 404
