"""ssh access over the JSON API and the internal listener."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.app.server import Server, open_server
from tests.app.sshaccess.conftest import new_key
from tests.app.workspaces.control import DEMO
from wire.ssh import AUTHENTICATE_PATH, ENTER_PATH, HELD_PATH

PATH = "/api/v1/ssh-keys"


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as opened:
        yield opened


async def test_a_key_comes_and_goes(server: Server) -> None:
    body = {"key": new_key(), "title": "laptop"}
    reply = await server.public.post(PATH, json=body, headers=server.bearer)
    assert (reply.status_code, reply.json()["title"]) == (201, "laptop")
    listed = await server.public.get(PATH, headers=server.bearer)
    assert listed.json()["keys"] == [reply.json()]
    path = f"{PATH}/{reply.json()['id']}"
    assert (await server.public.delete(path, headers=server.bearer)).status_code == 204
    gone = await server.public.delete(path, headers=server.bearer)
    assert (gone.status_code, gone.json()["code"]) == (404, "key_missing")


async def test_a_password_leads_in(server: Server) -> None:
    made = await server.public.post(
        "/api/v1/workspaces", json={"url": DEMO.url}, headers=server.bearer
    )
    workspace = made.json()["id"]
    reply = await server.public.post(
        f"/api/v1/workspaces/{workspace}/ssh-tokens", headers=server.bearer
    )
    assert reply.status_code == 201
    told = reply.json()
    assert told["command"] == f"ssh {workspace}@localhost -p 2222"
    asked = {"workspace": workspace, "token": told["password"]}
    known = await server.internal.post(AUTHENTICATE_PATH, json=asked)
    assert known.status_code == 200
    entered = await server.internal.post(ENTER_PATH, json={"workspace": workspace, **known.json()})
    assert (entered.status_code, entered.json()["ready"]) == (200, False)
    one = {"id": 1, "workspace": workspace, "instance": f"{workspace}.9", **known.json()}
    held = await server.internal.post(HELD_PATH, json={"held": [one]})
    assert held.json() == {"void": {"1": "The workspace has stopped."}}
    wrong = await server.internal.post(AUTHENTICATE_PATH, json={**asked, "token": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "ssh_refused")
