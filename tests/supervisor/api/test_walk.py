"""Every endpoint of a workspace: with whom it does not speak."""

from pathlib import Path

import pytest

from supervisor.api.endpoint import Endpoint, Kind, Who
from supervisor.api.table import PREFIX
from supervisor.settings import Settings
from supervisor.workspace import Workspace
from tests.supervisor.api.serving import Served, proof, serving
from wire.proof import Bearer

OTHER_KEY = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
PUBLIC = ("/v1/status/supervisor", "/v1/status/ide", "/v1/status/content")
"""What every process inside may ask on the port: whether something is there, and nothing else."""


async def table(folder: Path) -> list[Endpoint]:
    settings = Settings.from_environ(
        {
            "SUPERVISOR_SERVER_SOCKET": str(folder / "none"),
            "SUPERVISOR_LOCAL_SOCKET": str(folder / "gp.sock"),
            "SUPERVISOR_CHECKOUT_MARKER": str(folder / "state" / "marker"),
        }
    )
    return Workspace(settings, "the-token", 0.0).table.endpoints


async def refusals(served: Served, one: Endpoint) -> dict[str, int]:
    """Status by what is wrong with the request."""
    path = one.pattern.replace("{", "").replace("}", "")
    target = PREFIX + path
    wrong = {
        "no proof": {},
        "another key": proof(target, key=OTHER_KEY, method=one.method),
        "another method": proof(target, method="GET" if one.method != "GET" else "POST"),
        "another path": proof(f"{target}x", method=one.method),
        "a guest": proof(target, method=one.method, bearer=Bearer("u_2", "guest")),
        "an old proof": proof(target, method=one.method, late=300),
    }
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    more = upgrade if one.kind is Kind.SOCKET else {}
    found = {}
    for what, headers in wrong.items():
        found[what] = (await served.ask(one.method, path, {**headers, **more}))[0]
    return found


async def test_nothing_is_had_without_the_proxys_proof(account, tmp_path):
    endpoints = await table(tmp_path)
    assert endpoints
    async with serving(endpoints, account) as served:
        for one in endpoints:
            if one.who is Who.ANYBODY:
                assert one.pattern.startswith(PUBLIC), one.pattern
                assert one.method == "GET", one.pattern
                continue
            found = await refusals(served, one)
            assert found.pop("a guest") == 403, one.pattern
            assert set(found.values()) == {401}, one.pattern


async def test_nothing_is_on_the_wrong_listener(account, tmp_path):
    endpoints = await table(tmp_path)
    async with serving(endpoints, account) as served:
        for one in endpoints:
            path = one.pattern.replace("{", "").replace("}", "")
            if one.who is Who.INSIDE:
                assert (await served.ask(one.method, path))[0] == 404, one.pattern
            if one.who is Who.OUTSIDE:
                assert (await served.inside(one.method, path))[0] == 404, one.pattern


async def test_before_the_server_has_spoken_nothing_is_told(account, tmp_path):
    endpoints = await table(tmp_path)
    async with serving(endpoints, account) as served:
        served.key = ""
        for one in endpoints:
            if one.who is not Who.ANYBODY:
                path = one.pattern.replace("{", "").replace("}", "")
                assert (await served.ask(one.method, path))[0] == 503, one.pattern


@pytest.mark.parametrize("listener", ["port", "socket"])
async def test_nothing_else_exists(account, tmp_path, listener):
    async with serving(await table(tmp_path), account) as served:
        ask = served.ask if listener == "port" else served.inside
        for path in ("/", "/v1", "/v1/", "/v1/other", "/v2/status", "/v1/status/", "//v1/status"):
            assert await ask("GET", path) == (404, {"code": "not_found"})
