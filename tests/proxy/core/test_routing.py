"""Where a request goes, and with which headers; what never goes anywhere."""

import json

import pytest

from proxy.core.commands import Service, Upstream
from proxy.core.forwarded import Fronts
from proxy.core.plans import Asker, Forward, Redemption
from proxy.core.replies import Reply
from proxy.core.routing import route
from tests.proxy.world import (
    FOREIGN,
    IDE,
    MOMENT,
    NONCE_COOKIE,
    OPEN_PORT,
    PORT,
    PROOF_KEY,
    SEED,
    SELF,
    TAB,
    WORKSPACE,
    head,
    ide_cookie,
    make_route,
    make_world,
    ports_cookie,
)
from wire.assets import image_of, preload_target
from wire.phases import Phase
from wire.proof import Bearer, check
from wire.routes import NodeTarget, PortRoute

ASKER = Asker("192.0.2.7", SEED)
DASHBOARD = "podium.localhost:8080"
ASSETS = "ide.localhost:8080"
PRELOAD = "ws.localhost:8080"
HERE = NodeTarget(instance=f"{WORKSPACE}.1")


def planned(asked, world=None, number=1):
    return route(world or make_world(), asked, ASKER, number, MOMENT)


def owner(target="/", host=PORT, method="GET", **headers):
    cookie = ide_cookie() if host == IDE else ports_cookie()
    return head(target, host, method, {**SELF, "Cookie": cookie, **headers})


def problem(reply) -> str:
    assert isinstance(reply, Reply)
    return json.loads(reply.body)["code"]


def test_a_sign_in_of_an_extension_comes_back_to_the_editors_page():
    plan = planned(owner("/vscode-extension-auth-callback?id=1&code=x", IDE))
    assert isinstance(plan, Forward)
    assert plan.target == "/callback?id=1&code=x"
    assert planned(owner("/vscode-extension-auth-callbacks", IDE)).target == ""
    assert planned(owner("/vscode-extension-auth-callback")).target == "", "a port's own"


def test_a_ports_protocol_is_what_its_upstream_is_spoken_to_in():
    found = make_route(ports={3000: PortRoute(protocol="https"), 4000: PortRoute()})
    plan = planned(owner(), make_world(found))
    assert isinstance(plan, Forward)
    assert plan.upstream == Upstream(HERE, 3000, tls=True)
    assert planned(owner()).upstream == Upstream(HERE, 3000)


# --- hosts ---


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_the_machines_own_names_lead_to_the_dashboard(host):
    reply = planned(head("/a?b=c", host))
    assert (reply.status, dict(reply.headers)[b"location"]) == (
        302,
        b"http://podium.localhost:8080/a?b=c",
    )
    assert planned(head("/a", host, "POST")).status == 308


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "ws.localhost:8080",
        f"x.{PORT}",
        f"{WORKSPACE}.ws.localhost:9090",
        f"0-{WORKSPACE}.ws.localhost:8080",
        f"65536-{WORKSPACE}.ws.localhost:8080",
        f"03000-{WORKSPACE}.ws.localhost:8080",
        "no-such-form.ws.localhost:8080",
        f"{WORKSPACE}.ws.localhost.evil.example",
    ],
)
def test_a_host_that_does_not_parse_reaches_nobody(host):
    assert problem(planned(head("/", host))) == "host_unknown"


def test_health_is_the_proxys_own_on_every_host():
    for host in (DASHBOARD, IDE, PORT, "evil.example"):
        assert planned(head("/.podium/healthz", host)).status == 200


# --- the dashboard ---


def test_the_dashboard_is_the_servers():
    plan = planned(head("/workspaces", DASHBOARD))
    assert isinstance(plan, Forward)
    assert plan.upstream == Upstream(Service.SERVER)
    assert not plan.user_code


@pytest.mark.parametrize(
    "path",
    [
        "/internal/login-links",
        "/internal",
        "/agent/v1",
        "//internal/x",
        "/./internal/x",
        "/x/../internal/x",
        "/%69nternal/x",
        "/INTERNAL/x",
        "/\\internal/x",
        "/%2e/internal",
    ],
)
def test_what_is_for_other_listeners_is_not_there_however_it_is_spelled(path):
    assert problem(planned(head(path, DASHBOARD))) == "not_found"


# --- static files ---


def test_static_files_are_blobserves_and_no_credential_goes_there():
    private = {"Cookie": f"{ide_cookie()}; other=1", "Authorization": "Bearer x"}
    asked = head("/blobserve/vscode:1/__files__/out/a.js", ASSETS, headers={**SELF, **private})
    plan = planned(asked)
    assert isinstance(plan, Forward)
    assert plan.upstream == Upstream(Service.BLOBSERVE)
    assert not {b"cookie", b"authorization"} & {name for name, _ in plan.headers}


def test_the_page_that_loads_files_ahead_is_the_proxys_own():
    asked = head(preload_target(image_of("0a1b" * 5), WORKSPACE), PRELOAD, headers=TAB)
    reply = planned(asked)
    assert reply.status == 200
    assert f"http://podium.localhost:8080/start/{WORKSPACE}".encode() in reply.body


@pytest.mark.parametrize(
    ("target", "method"),
    [
        ("/", "GET"),
        ("/.podium/preload?image=x&workspace=y", "GET"),
        (preload_target(image_of("0a1b" * 5), WORKSPACE), "POST"),
    ],
)
def test_nothing_else_is_on_its_host(target, method):
    assert problem(planned(head(target, PRELOAD, method))) == "host_unknown"


# --- workspaces ---


def test_a_port_of_an_instance():
    plan = planned(owner("/a"))
    assert isinstance(plan, Forward)
    assert plan.upstream == Upstream(HERE, 3000)
    assert plan.user_code
    assert plan.ancestors == f"'self' http://{IDE}"
    assert (b"x-forwarded-for", b"192.0.2.7") in plan.headers


def test_the_editor_and_the_supervisor_share_a_host():
    editor, supervisor = planned(owner("/", IDE)), planned(owner("/_supervisor/v1/status", IDE))
    assert editor.upstream == Upstream(HERE, 23000)
    assert supervisor.upstream == Upstream(HERE, 22999)


def test_the_supervisor_gets_a_proof_of_who_asks_and_the_editor_none():
    target = "/_supervisor/v1/status?x=1"
    headers = dict(planned(owner(target, IDE)).headers)
    proven = check(PROOF_KEY, "GET", target, headers[b"x-podium-proof"].decode(), MOMENT.now)
    assert proven == Bearer("ada", "owner")
    assert b"x-podium-proof" not in dict(planned(owner("/", IDE)).headers)
    assert b"x-podium-proof" not in dict(planned(owner("/_supervisor/x", PORT)).headers)


@pytest.mark.parametrize("port", [22999, 23000])
def test_the_platforms_own_ports_have_no_host(port):
    host = f"{port}-{WORKSPACE}.ws.localhost:8080"
    assert problem(planned(owner("/", host))) == "not_found"


@pytest.mark.parametrize("phase", list(Phase))
def test_phases_in_which_somebody_answers(phase):
    world = make_world(make_route(phase=phase))
    reached = {
        "ide": isinstance(planned(owner("/", IDE), world), Forward),
        "supervisor": isinstance(planned(owner("/_supervisor/v1/x", IDE), world), Forward),
        "port": isinstance(planned(owner("/"), world), Forward),
    }
    early = phase in {Phase.INITIALIZING, Phase.RUNNING}
    assert reached == {"ide": phase is Phase.RUNNING, "supervisor": early, "port": early}


def test_a_workspace_without_a_target_is_starting():
    assert problem(planned(owner(), make_world(make_route(target=None)))) == "workspace_starting"


def test_a_deleted_workspace_is_gone_for_its_owner_and_private_for_others():
    empty = make_world(make_route("blue-crane-0123456789"))
    assert problem(planned(owner(), empty)) == "workspace_gone"
    assert problem(planned(head("/", PORT, headers=SELF), empty)) == "unauthenticated"


def test_public_ports_are_framed_and_read_by_anybody():
    plan = planned(head("/", OPEN_PORT, headers={"Origin": "https://anywhere.example"}))
    assert isinstance(plan, Forward)
    assert (plan.shared, plan.origin) == (True, "")


def test_another_host_of_the_workspace_may_read_the_answer():
    page = f"http://8000-{WORKSPACE}.ws.localhost:8080"
    plan = planned(owner(Origin=page))
    assert plan.origin == page
    assert page in plan.ancestors
    assert planned(owner(Origin=f"http://{PORT}")).origin == ""


def test_protocol_and_visibility_of_other_ports_do_not_leak():
    world = make_world(make_route(ports={4000: PortRoute(visibility="public")}))
    private = head("/", PORT, headers=SELF)
    assert problem(planned(private, world)) == "unauthenticated"


# --- handover ---


def test_a_person_without_a_grant_begins_a_handover():
    reply = planned(head("/deep?x=1", PORT, headers=TAB))
    location = dict(reply.headers)[b"location"].decode()
    assert location.startswith("http://podium.localhost:8080/auth/grant?host=3000-")
    assert "path=%2Fdeep%3Fx%3D1" in location


def test_a_browser_that_comes_back_is_redeemed():
    cookies = {**TAB, "Cookie": f"{NONCE_COOKIE}=1-{'n' * 43}"}
    plan = planned(head("/.podium/grant?code=c", PORT, headers=cookies))
    assert isinstance(plan, Redemption)
    assert (plan.code, plan.attempt) == ("c", 1)


def test_the_address_of_an_old_handover_leads_to_the_root():
    plan = planned(owner("/.podium/grant?code=old", **TAB))
    assert (plan.status, dict(plan.headers)[b"location"]) == (303, b"/")


def test_without_any_cookie_a_page_explains():
    plan = planned(head("/.podium/grant?code=c", PORT, headers=TAB))
    assert (plan.status, plan.code) == (400, "handover_failed")


def test_a_browser_that_keeps_no_grant_is_not_sent_round_for_ever():
    cookies = {**TAB, "Cookie": f"{NONCE_COOKIE}=2"}
    plan = planned(head("/", PORT, headers=cookies))
    assert (plan.status, plan.code) == (400, "handover_failed")


@pytest.mark.parametrize(("method", "path"), [("POST", "/.podium/grant"), ("GET", "/.podium/x")])
def test_nothing_else_lives_below_our_prefix(method, path):
    assert problem(planned(owner(path, method=method))) == "not_found"


def test_a_page_of_another_workspace_is_refused_before_anything_is_reached():
    assert problem(planned(owner(Origin=FOREIGN))) == "initiator_refused"


# --- who asks ---


def test_a_trusted_front_tells_the_client():
    world = make_world(fronts=Fronts.of(("192.0.2.0/24",)))
    plan = planned(owner(**{"X-Forwarded-For": "198.51.100.9"}), world)
    assert dict(plan.headers)[b"x-forwarded-for"] == b"198.51.100.9"


def test_ids_and_nonces_are_other_for_each_request_and_connection():
    other = Asker("192.0.2.7", bytes([1]) * 32)
    assert len({ASKER.request_id(1), ASKER.request_id(2), other.request_id(1)}) == 3
    assert len({ASKER.nonce(1), ASKER.nonce(2), other.nonce(1)}) == 3
    assert len(ASKER.nonce(1)) == 43
