"""Share links over HTTP: made by their owner, opened by the proxy, by nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from app.accounts.access import Action, Kind, Listener, Principal, Resource, allowed, conceivable
from tests.app.server import Server, open_server
from tests.app.workspaces.control import DEMO


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as opened:
        yield opened


async def a_workspace(server: Server) -> str:
    reply = await server.public.post(
        "/api/v1/workspaces", json={"url": DEMO.url}, headers=server.bearer
    )
    return f"/api/v1/workspaces/{reply.json()['id']}"


async def test_a_link_from_its_making_to_its_end(server: Server) -> None:
    place = await a_workspace(server)
    wanted = {"password": "correct horse", "note": "Bob", "lasts": "2h"}
    keyed = {**server.bearer, "idempotency-key": "k"}
    made = await server.public.post(f"{place}/ports/3000/shares", json=wanted, headers=keyed)
    assert made.status_code == 201, made.text
    assert "horse" not in made.text
    again = await server.public.post(f"{place}/ports/3000/shares", json=wanted, headers=keyed)
    assert again.json() == made.json()
    listed = await server.public.get(f"{place}/shares?port=3000", headers=server.bearer)
    assert listed.json() == {"shares": [made.json()]}

    asked = {"token": made.json()["url"].partition("#")[2], "port": 3000}
    asked["workspace"] = made.json()["workspace"]
    refused = await server.internal.post("/internal/shares/open", json=asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "share_password")
    opened = await server.internal.post(
        "/internal/shares/open", json={**asked, "password": "correct horse"}
    )
    assert opened.status_code == 200
    assert opened.json()["expires"] == int(made.json()["expires"])

    gone = await server.public.delete(f"{place}/shares/{made.json()['id']}", headers=server.bearer)
    assert gone.status_code == 204
    ended = await server.internal.post("/internal/shares/open", json=asked)
    assert (ended.status_code, ended.json()["code"]) == (404, "share_ended")


async def test_nobody_but_a_proxy_opens_links(server: Server) -> None:
    for client in (server.public, server.agent):
        reply = await client.post("/internal/shares/open", json={}, headers=server.bearer)
        assert reply.status_code in {403, 404}


async def test_what_cannot_be_shared_is_refused_with_a_cure(server: Server) -> None:
    place = await a_workspace(server)
    for port, body in ((23000, {}), (3000, {"lasts": "9999h"}), (3000, {"password": "short"})):
        reply = await server.public.post(
            f"{place}/ports/{port}/shares", json=body, headers=server.bearer
        )
        assert reply.status_code in {400, 422}, reply.text
        assert reply.json()["code"].startswith("share_")


def test_a_token_that_may_only_look_sees_no_link() -> None:
    """A link that is seen can be given away, so that seeing a workspace is not enough."""
    looking = Principal(
        Kind.USER, Listener.PUBLIC, user="u", scopes=frozenset({Action.SEE_WORKSPACE})
    )
    assert not conceivable(looking, Action.SHARE_PORT)
    owner = Principal(Kind.USER, Listener.PUBLIC, user="u")
    assert allowed(owner, Action.SHARE_PORT, Resource("u", "o"))
    assert not allowed(owner, Action.SHARE_PORT, Resource("v", "o"))
