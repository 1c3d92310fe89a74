"""Paths of the SSH gateway: told to everybody, or opened for who has shown something."""

import json

import pytest

from proxy.core.commands import Service, Upstream
from proxy.core.plans import Asker, Forward
from proxy.core.replies import Reply
from proxy.core.routing import route
from tests.proxy.world import IDE, MOMENT, PORT, SEED, SELF, head, ide_cookie, make_world
from wire.ssh import HOST_KEYS_PATH, TUNNEL_BEARER_HEADER, TUNNEL_PATHS, TUNNEL_TOKEN_HEADER

UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket"}
ORIGIN = f"http://{IDE}"
GATEWAY = Upstream(Service.SSH)


def planned(target: str, host: str = IDE, **headers: str) -> object:
    asked = head(target, host, "GET", headers)
    return route(make_world(), asked, Asker("192.0.2.7", SEED), 1, MOMENT)


def passed(plan: object) -> dict[str, str]:
    assert isinstance(plan, Forward)
    assert plan.upstream == GATEWAY
    return {name.decode(): value.decode() for name, value in plan.headers}


def problem(plan: object) -> str:
    assert isinstance(plan, Reply)
    return str(json.loads(plan.body)["code"])


def test_host_keys_are_for_everybody() -> None:
    headers = passed(planned(HOST_KEYS_PATH, Cookie=ide_cookie(), Authorization="Bearer x"))
    assert not {"cookie", "authorization"} & headers.keys()


@pytest.mark.parametrize("path", TUNNEL_PATHS)
def test_a_page_of_the_workspace_opens_a_tunnel_and_the_gateway_is_told_whose(path: str) -> None:
    headers = passed(planned(path, Cookie=ide_cookie(), Origin=ORIGIN, **UPGRADE))
    assert headers[TUNNEL_BEARER_HEADER] == "ada s1"
    assert "cookie" not in headers


@pytest.mark.parametrize("path", TUNNEL_PATHS)
def test_a_program_shows_a_password_which_the_gateway_checks(path: str) -> None:
    sent = {TUNNEL_TOKEN_HEADER: "secret", TUNNEL_BEARER_HEADER: "u_owner s_1"}
    headers = passed(planned(path, **UPGRADE, **sent))
    assert headers[TUNNEL_TOKEN_HEADER] == "secret"
    assert TUNNEL_BEARER_HEADER not in headers


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "unauthenticated"),
        ({TUNNEL_BEARER_HEADER: "u_owner s_1"}, "unauthenticated"),
        ({TUNNEL_TOKEN_HEADER: "secret", "Origin": ORIGIN}, "unauthenticated"),
        ({"Cookie": "yes"}, "initiator_refused"),
        ({"Cookie": "yes", "Origin": "http://x-y-00000000.ws.localhost:8080"}, "initiator_refused"),
    ],
)
def test_nobody_else_opens_one(headers: dict[str, str], code: str) -> None:
    if "Cookie" in headers:
        headers = {**headers, "Cookie": ide_cookie()}
    assert problem(planned(TUNNEL_PATHS[0], **UPGRADE, **headers)) == code


def test_a_tunnel_is_a_websocket() -> None:
    plan = planned(TUNNEL_PATHS[0], **{**SELF, TUNNEL_TOKEN_HEADER: "secret"})
    assert problem(plan) == "not_found"


def test_on_a_port_the_path_is_the_applications() -> None:
    plan = planned(HOST_KEYS_PATH, host=PORT)
    assert not isinstance(plan, Forward)
