"""The file of a proxy that runs alone: what it may say, and where it is wrong."""

import json
from typing import Any

import pytest

from proxy.core.routefile import RouteFile, RouteFileError, Services, read_route_file
from tests.proxy.world import OTHER, PROOF_KEY, PUBLIC, WORKSPACE
from wire.phases import Phase
from wire.routes import AddressTarget, PortRoute


def read(routes: dict[str, Any], **fields: Any) -> RouteFile:
    return read_route_file(json.dumps({"routes": routes, **fields}).encode(), 9001)


def refused(text: str) -> str:
    with pytest.raises(RouteFileError) as caught:
        read_route_file(text.encode(), 9001)
    return str(caught.value)


def test_the_shortest_file_stands_for_running_workspaces_on_this_machine() -> None:
    said = read({WORKSPACE: {"target": "127.0.0.1"}})
    assert said.hosts.dashboard == "http://podium.localhost:9001"
    assert (said.tag, said.keys, said.services) == ("alone", [], Services())
    (route,) = said.snapshot.routes
    assert route.workspace == WORKSPACE
    assert route.phase is Phase.RUNNING
    assert route.target == AddressTarget(host="127.0.0.1")
    assert route.ports == {}


def test_everything_can_be_said() -> None:
    said = read(
        {
            WORKSPACE: {
                "target": None,
                "owner": "ada",
                "auth_epoch": 3,
                "phase": "stopped",
                "key": PROOF_KEY,
                "ports": {"3000": {"visibility": "public", "protocol": "https"}, "1": {}},
            }
        },
        base_url="https://podium.example",
        content_domain="example.net",
        tag="abc123",
        keys=[PUBLIC],
        ended={"s9": 5},
        services={"server": "/run/server.sock"},
    )
    (route,) = said.snapshot.routes
    assert said.hosts.port_of(WORKSPACE, 3000) == f"https://3000-{WORKSPACE}.ws.example.net"
    assert (said.tag, said.keys, said.snapshot.sessions) == ("abc123", [PUBLIC], {"s9": 5})
    assert said.services == Services(server="/run/server.sock")
    assert (route.target, route.phase, route.auth_epoch) == (None, Phase.STOPPED, 3)
    assert (route.owner, route.key) == ("ada", PROOF_KEY)
    assert route.ports == {3000: PortRoute(visibility="public", protocol="https"), 1: PortRoute()}


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ("app.internal", "app.internal", 0),
        ("[::1]:8080", "::1", 8080),
        ("[fe80::1]", "fe80::1", 0),
    ],
)
def test_targets(text: str, host: str, port: int) -> None:
    (route,) = read({WORKSPACE: {"target": text}}).snapshot.routes
    assert route.target == AddressTarget(host=host, port=port)


@pytest.mark.parametrize("text", ["", "a b", "http://a", "a:0", "a:65536", "a:x", "::1", "a/b"])
def test_what_is_no_target_is_refused(text: str) -> None:
    told = refused(json.dumps({"routes": {WORKSPACE: {"target": text}}}))
    assert told.startswith(f"line 1, routes.{WORKSPACE}.target: must be host")


FILE = f"""{{
  "keys": [],
  "routes": {{
    "{WORKSPACE}": {{"target": "127.0.0.1"}},
    "{OTHER}": {{
      "target": "127.0.0.1", "ports": {{"3000": {{"visibility": "private"}}}}
    }}
  }}
}}"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"private"', '"secret"', f"line 5, routes.{OTHER}.ports[...].visibility: Invalid enum"),
        ('"private"', "1", f"line 5, routes.{OTHER}.ports[...].visibility: Expected `str`"),
        ('"3000"', '"0"', f"line 5, routes.{OTHER}"),
        ('"target": "127.0.0.1"}', '"port": 1}', f"line 4, routes.{WORKSPACE}: Object"),
        (OTHER, "no-id", "line 5, routes.no-id: is no workspace id"),
        ('"keys": []', '"keys": "x"', "line 2, keys: Expected `array`"),
        ('"keys": []', '"keys": ["x"]', "line 2, keys[0]: must be base64 of an Ed25519"),
        ('"keys": []', '"base_url": "ftp://x"', "line 2, base_url: base URL must be"),
        ('"keys": []', '"tag": "A B"', "line 2, tag: Expected `str` matching"),
        ('"keys": []', '"sessions": {}', "line 1: Object contains unknown field `sessions`"),
        ('"keys": [],', '"keys": []', "line 3: JSON is malformed"),
        (
            '"target": "127.0.0.1"}',
            '"target": null, "key": "AAAA"}',
            f"line 4, routes.{WORKSPACE}.key: must be base64 of 32 bytes",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert refused(FILE.replace(old, new)).startswith(told)


def test_a_key_of_a_route_must_be_base64() -> None:
    text = json.dumps({"routes": {WORKSPACE: {"target": None, "key": "§"}}})
    assert "must be base64 of 32 bytes" in refused(text)


def test_no_json_at_all() -> None:
    assert refused("") == "line 1: Input data was truncated"
    assert "line 1" in refused('{"routes": {"\xff"')
