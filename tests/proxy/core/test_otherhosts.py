"""Hosts of nobody: what they answer, and that no workspace is reached through them."""

import json

import pytest

from proxy.core import otherhosts
from proxy.core.commands import Service, Upstream
from proxy.core.plans import Asker, Forward, Plan
from proxy.core.replies import Reply
from proxy.core.routing import route
from tests.proxy.world import (
    IDE,
    IDE_COOKIE,
    MOMENT,
    PORT,
    SEED,
    SELF,
    TAB,
    WORKSPACE,
    head,
    ide_cookie,
    make_world,
)

FOREIGN = "v--sr1o1nu24nqdf809l0u27jk5t7.ws.localhost:8080"
REGISTRY = "reg.localhost:8080"
DEBUG = f"debug-{IDE}"
DEBUG_PORT = f"3000-debug-{WORKSPACE}.ws.localhost:8080"


def planned(
    target: str, host: str, method: str = "GET", headers: dict[str, str] | None = None
) -> Plan:
    asked = head(target, host, method, headers)
    return route(make_world(), asked, Asker("192.0.2.7", SEED), 1, MOMENT)


def said(plan: Plan) -> tuple[int, str]:
    assert isinstance(plan, Reply)
    return plan.status, plan.code


def test_foreign_content_comes_from_blobserve_without_any_credential() -> None:
    given = {"Cookie": f"a=b; {ide_cookie()}", "Authorization": "Bearer x", **SELF}
    plan = planned("/vscode:1/__files__/pre/index.html?id=1", FOREIGN, headers=given)
    assert isinstance(plan, Forward)
    assert plan.upstream == Upstream(Service.BLOBSERVE)
    assert plan.target == "/blobserve/vscode:1/__files__/pre/index.html?id=1"
    assert plan.host is None
    assert not {b"cookie", b"authorization"} & {name for name, _ in plan.headers}
    assert IDE_COOKIE.encode() not in b"".join(value for _, value in plan.headers)


@pytest.mark.parametrize(
    "target",
    ["/", "/index.html", "/vscode:1/index.html", "//evil.example/x", "/_supervisor/v1/status"],
)
def test_a_foreign_host_has_files_of_images_and_nothing_else(target: str) -> None:
    assert said(planned(target, FOREIGN)) == (404, "foreign_content")


@pytest.mark.parametrize(
    "prefix", [WORKSPACE, f"3000-{WORKSPACE}", f"debug-{WORKSPACE}", f"3000-debug-{WORKSPACE}"]
)
def test_a_foreign_host_leads_to_no_workspace(prefix: str) -> None:
    """Not even when the rest reads like a file of an image."""
    for rest in ("test.html", "x/__files__/test.html"):
        plan = planned(f"/{prefix}/{rest}", FOREIGN, headers={**TAB, "Cookie": ide_cookie()})
        assert said(plan) == (404, "foreign_content")
        assert f'href="http://{IDE}/"'.encode() in plan.body


@pytest.mark.parametrize("host", [DEBUG, DEBUG_PORT])
def test_a_debug_host_says_that_nothing_is_debugged(host: str) -> None:
    for headers in (TAB, SELF, {**SELF, "Cookie": ide_cookie()}):
        assert said(planned("/", host, headers=headers)) == (404, "debug_unavailable")
    plan = planned("/", host, headers=TAB)
    assert isinstance(plan, Reply)
    beside = PORT if host == DEBUG_PORT else IDE
    assert f'href="http://{beside}/"'.encode() in plan.body


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("target", ["/v2", "/v2/", "/v2/built/x/manifests/latest?x=1"])
def test_the_registry_is_asked_with_the_token_and_without_cookies(method: str, target: str) -> None:
    given = {"Cookie": f"a=b; {ide_cookie()}", "Authorization": "Basic eDp5"}
    plan = planned(target, REGISTRY, method, given)
    assert isinstance(plan, Forward)
    assert plan.upstream == Upstream(Service.BLOBSERVE)
    assert (plan.target, plan.host) == ("", None)
    assert (b"authorization", b"Basic eDp5") in plan.headers
    assert b"cookie" not in {name for name, _ in plan.headers}


def test_the_registry_is_said_to_be_away() -> None:
    world = make_world()
    world.away.add(Service.BLOBSERVE)
    plan = route(world, head("/v2/", REGISTRY), Asker("192.0.2.7", SEED), 1, MOMENT)
    assert isinstance(plan, Reply)
    assert plan.status == 503


@pytest.mark.parametrize(
    "target", ["/", "/v2x", "/V2/", "/blobserve/vscode:1/__files__/a.js", "/healthz", "//v2/"]
)
def test_the_registrys_host_has_nothing_else(target: str) -> None:
    for method in ("GET", "HEAD", "PUT"):
        plan = planned(target, REGISTRY, method)
        assert isinstance(plan, Reply)
        assert plan.status == 404
        assert plan.code == "registry_no_page"
        assert json.loads(plan.body)["errors"][0]["code"] == "NAME_UNKNOWN"
    shown = planned(target, REGISTRY, headers=TAB)
    assert isinstance(shown, Reply)
    assert b"<h1>" in shown.body


@pytest.mark.parametrize(
    "host", ["podium.localhost:8080", IDE, PORT, "ide.localhost:8080", "1.1.1.1", FOREIGN]
)
def test_no_certificate_is_to_be_had_from_inside(host: str) -> None:
    for path in ("/.well-known/acme-challenge/token1", "//.well-known/./acme-challenge/x"):
        plan = planned(path, host)
        assert isinstance(plan, Reply)
        assert plan.status == 403
        assert (b"content-type", b"text/plain; charset=utf-8") in plan.headers


@pytest.mark.parametrize("path", ["/acme-challenge", "/a/.well-known/acme-challenge/x", "/"])
def test_other_paths_are_no_challenges(path: str) -> None:
    assert not otherhosts.is_challenge(path)
