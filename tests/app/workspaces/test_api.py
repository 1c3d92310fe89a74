"""The JSON API as programs use it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.app.server import Server, open_server
from tests.app.workspaces.control import DONE
from tests.waiting import until
from wire.agent import Observed

WORKSPACES = "/api/v1/workspaces"
BODY = {"url": "https://h.org/ada/demo", "trust": True}


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as opened:
        yield opened


async def create(server: Server, **headers: str) -> dict[str, Any]:
    reply = await server.public.post(WORKSPACES, json=BODY, headers={**server.bearer, **headers})
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


async def get(server: Server, path: str, **query: Any) -> dict[str, Any]:
    reply = await server.public.get(path, params=query, headers=server.bearer)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def reach(server: Server, view: dict[str, Any], phase: str) -> dict[str, Any]:
    """Follow a workspace's versions to a phase."""
    async with asyncio.timeout(30):
        while view["phase"] != phase:
            path = f"{WORKSPACES}/{view['id']}"
            view = await get(server, path, after=view["version"], wait=5)
    return view


async def test_a_life_over_the_api(server: Server) -> None:
    made = await create(server)
    path = f"{WORKSPACES}/{made['id']}"
    instance = made["instance"]["id"]
    assert made["trusted"]

    # Only what runs in a container can know its token: nobody connects before.
    await until(lambda: server.node.containers)
    assert await server.agents.connected(instance) is not None
    await server.agents.observed(instance, Observed(version=1, checkout=DONE, ide=DONE))
    running = await reach(server, made, "running")
    assert {step["state"] for step in running["instance"]["steps"]} == {"done"}
    listed = await get(server, WORKSPACES)
    assert [one["id"] for one in listed["workspaces"]] == [made["id"]]

    again = await server.public.post(f"{path}/start", headers=server.bearer)
    assert (again.status_code, again.json()["instance"]["n"]) == (202, 1)
    stopping = await server.public.post(f"{path}/stop", headers=server.bearer)
    assert (stopping.status_code, stopping.json()["phase"]) == (202, "stopping")
    await reach(server, stopping.json(), "stopped")

    kinds = [one["kind"] for one in (await get(server, f"{path}/events"))["events"]]
    assert kinds == ["stopped", "stopping", "running", "created"]
    log = await server.public.get(f"{path}/logs", headers=server.bearer)
    assert log.headers["content-type"].startswith("text/plain")
    assert "The IDE answers." in log.text

    deleting = await server.public.delete(path, headers=server.bearer)
    assert (deleting.status_code, deleting.json()["deleting"]) == (202, True)

    async def gone() -> bool:
        reply = await server.public.get(path, headers=server.bearer)
        return reply.status_code == 404

    await until(gone)


async def test_an_idempotency_key_makes_it_once(server: Server) -> None:
    first = await create(server, **{"idempotency-key": "k"})
    again = await create(server, **{"idempotency-key": "k"})
    assert first["id"] == again["id"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "ext::id"}, 400, "url_scheme"),
        ({"url": "https://h.org/a/b", "ref": "-x"}, 400, "ref_invalid"),
        ({"url": ""}, 400, "invalid"),
        ({"url": "https://h.org/a/b", "owner": "eve"}, 400, "invalid"),
        ({"ref": "main"}, 400, "invalid"),
        ({"url": "https://h.org/" + "a" * 3000}, 400, "invalid"),
    ],
)
async def test_mistakes_are_problems(
    server: Server, body: dict[str, str], status: int, code: str
) -> None:
    reply = await server.public.post(WORKSPACES, json=body, headers=server.bearer)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["title"]


async def test_what_is_not_json_is_a_problem(server: Server) -> None:
    reply = await server.public.post(
        WORKSPACES,
        content=b"{",
        headers={**server.bearer, "content-type": "application/json"},
    )
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/problem+json"


async def test_an_unknown_workspace_is_a_404_problem(server: Server) -> None:
    reply = await server.public.get(f"{WORKSPACES}/amber-otter-0000000000", headers=server.bearer)
    assert reply.status_code == 404
    assert reply.json() == {
        "code": "workspace_unknown",
        "title": "There is no such workspace",
        "status": 404,
        "detail": "It was deleted, or it is not yours.",
        "cure": "Look at your list of workspaces.",
        "type": "/docs/conditions#workspace_unknown",
    }


async def test_waiting_longer_than_allowed_is_refused(server: Server) -> None:
    made = await create(server)
    reply = await server.public.get(
        f"{WORKSPACES}/{made['id']}", params={"wait": 31}, headers=server.bearer
    )
    assert reply.status_code == 400


async def test_the_description_names_every_operation(server: Server) -> None:
    reply = await server.public.get("/api/v1/openapi.json")
    assert reply.status_code == 200
    operations = {
        method["operationId"] for path in reply.json()["paths"].values() for method in path.values()
    }
    assert operations >= {
        "listWorkspaces",
        "createWorkspace",
        "getWorkspace",
        "startWorkspace",
        "stopWorkspace",
        "deleteWorkspace",
        "listWorkspaceEvents",
        "getWorkspaceLogs",
        "setWorkspacePort",
        "changeWorkspace",
        "restartWorkspace",
        "setWorkspaceTimeout",
        "keepWorkspaceAwake",
        "getTimeout",
        "setTimeout",
    }


async def test_a_port_over_the_api(server: Server) -> None:
    made = await create(server)
    path = f"{WORKSPACES}/{made['id']}/ports/3000"
    body = {"visibility": "public"}
    reply = await server.public.put(path, json=body, headers=server.bearer)
    assert reply.status_code == 200, reply.text
    assert reply.json()["ports"][0]["visibility"] == "public"
    for wrong in (
        {"visibility": "x"},
        {"protocol": "gopher"},
        {"visibility": "public", "owner": "e"},
    ):
        refused = await server.public.put(path, json=wrong, headers=server.bearer)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert (await server.public.put(path, json=body)).status_code == 401
    reply = await server.public.put(path, json={"protocol": "https"}, headers=server.bearer)
    port = reply.json()["ports"][0]
    assert (port["visibility"], port["protocol"]) == ("public", "https")


async def test_a_name_and_a_pin_over_the_api(server: Server) -> None:
    made = await create(server)
    path = f"{WORKSPACES}/{made['id']}"
    for body, wanted in (({"name": "x"}, ("x", False)), ({"pinned": True}, ("x", True))):
        reply = await server.public.patch(path, json=body, headers=server.bearer)
        assert (reply.json()["name"], reply.json()["pinned"]) == wanted
    for wrong in ({"name": ""}, {"name": None}, {"owner": "bob"}):
        assert (
            await server.public.patch(path, json=wrong, headers=server.bearer)
        ).status_code == 400
    assert (await server.public.post(f"{path}/restart", headers=server.bearer)).status_code == 202


async def test_timeouts_are_set_for_one_and_for_all(server: Server) -> None:
    view = await create(server)
    path = f"{WORKSPACES}/{view['id']}"

    async def put(where: str, wished: str) -> Any:
        body = {"timeout": wished}
        return await server.public.put(where, json=body, headers=server.bearer)

    assert (await put(f"{path}/timeout", "2h")).json()["timeout"] == "2h"
    refused = await put(f"{path}/timeout", "5hrs")
    assert (refused.status_code, refused.json()["code"]) == (400, "timeout_invalid")
    assert (await get(server, "/api/v1/timeout"))["effective"] == "30m"
    assert (await put("/api/v1/timeout", "1h")).json() == {
        "timeout": "1h",
        "installation": "30m",
        "effective": "1h",
    }
    idle = await server.public.post(f"{path}/activity", headers=server.bearer)
    assert (idle.status_code, idle.json()["code"]) == (409, "not_running")
