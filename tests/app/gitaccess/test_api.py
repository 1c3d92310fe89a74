"""Git access over the JSON API: what goes in never comes out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.app.gitaccess.test_service import HOST_KEY
from tests.app.server import Server, open_server

PATH = "/api/v1/git-access"


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as opened:
        yield opened


async def test_a_token_goes_in_and_never_comes_out(server: Server) -> None:
    reply = await server.public.put(
        f"{PATH}/tokens/h.org:8443", json={"token": "ghp_1"}, headers=server.bearer
    )
    assert (reply.status_code, reply.json()["host"]) == (200, "h.org:8443")
    seen = await server.public.get(PATH, headers=server.bearer)
    assert [one["host"] for one in seen.json()["tokens"]] == ["h.org:8443"]
    assert "ghp_1" not in reply.text + seen.text
    gone = await server.public.delete(f"{PATH}/tokens/h.org:8443", headers=server.bearer)
    assert gone.status_code == 204
    assert (await server.public.get(PATH, headers=server.bearer)).json()["tokens"] == []


async def test_a_key_is_made_and_only_its_public_half_told(server: Server) -> None:
    made = await server.public.post(f"{PATH}/ssh-key", headers=server.bearer)
    assert made.status_code == 201
    assert made.json()["public"].startswith("ssh-ed25519 ")
    assert "PRIVATE" not in made.text
    assert (await server.public.delete(f"{PATH}/ssh-key", headers=server.bearer)).status_code == 204
    assert (await server.public.get(PATH, headers=server.bearer)).json()["ssh_key"] is None


async def test_a_host_is_accepted_and_forgotten(server: Server) -> None:
    body = {"host": "h.org", "algorithm": "ssh-ed25519", "key": HOST_KEY}
    reply = await server.public.post(f"{PATH}/host-keys", json=body, headers=server.bearer)
    assert reply.status_code == 201
    bad = await server.public.post(
        f"{PATH}/host-keys", json={**body, "key": "x"}, headers=server.bearer
    )
    assert (bad.status_code, bad.json()["code"]) == (400, "host_key_invalid")
    assert (
        await server.public.delete(f"{PATH}/host-keys/h.org", headers=server.bearer)
    ).status_code == 204
    assert (await server.public.get(PATH, headers=server.bearer)).json()["host_keys"] == []


async def test_a_host_that_is_none_is_refused_with_a_cause(server: Server) -> None:
    reply = await server.public.put(
        f"{PATH}/tokens/h..org", json={"token": "t"}, headers=server.bearer
    )
    assert (reply.status_code, reply.json()["code"]) == (400, "host_invalid")
