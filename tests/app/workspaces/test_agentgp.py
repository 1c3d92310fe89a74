"""What `gp` in a workspace gets and changes, and when it does not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.app.server import open_server
from tests.app.workspaces.test_agentgit import Inside
from wire.variables import (
    PORT_PATH,
    SET_VARIABLES_PATH,
    UNSET_VARIABLES_PATH,
    VARIABLES_PATH,
)

SET = {"variables": {"A": "own"}}


@pytest_asyncio.fixture
async def inside(tmp_path: Path) -> AsyncIterator[Inside]:
    async with open_server(tmp_path) as server:
        yield Inside(server)


async def test_variables_are_of_this_repository_and_reach_the_workspace(inside: Inside) -> None:
    await inside.make(trust=True)
    body = {"name": "A", "pattern": "*/**", "value": "all"}
    api, bearer = inside.server.public, inside.server.bearer
    await api.put("/api/v1/variables", json=body, headers=bearer)
    agents = inside.server.app.state.agents
    for asked, value in ((None, "all"), (SET, "own")):
        if asked is not None:
            assert (await inside.ask(SET_VARIABLES_PATH, asked)).status_code == 200
        reply = await inside.ask(VARIABLES_PATH)
        assert reply.json() == {"variables": {"A": value}}
        assert reply.headers["cache-control"] == "no-store"
        desired = await agents.connected(f"{inside.id}.1")
        assert desired is None or desired.environment["A"] == value
    await inside.ask(UNSET_VARIABLES_PATH, {"names": ["A"]})
    assert (await inside.ask(VARIABLES_PATH)).json() == {"variables": {"A": "all"}}
    listed = (await api.get("/api/v1/variables", headers=bearer)).json()
    assert [one["pattern"] for one in listed] == ["*/**"]


async def test_a_port_is_made_public_and_the_history_says_from_where(inside: Inside) -> None:
    await inside.make(trust=True)
    said = {"port": 3000, "visibility": "public"}
    assert (await inside.ask(PORT_PATH, said)).status_code == 200
    api, bearer = inside.server.public, inside.server.bearer
    events = await api.get(f"/api/v1/workspaces/{inside.id}/events", headers=bearer)
    assert "Port 3000 is public, said inside." in events.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (VARIABLES_PATH, None),
        (SET_VARIABLES_PATH, SET),
        (UNSET_VARIABLES_PATH, {"names": ["A"]}),
        (PORT_PATH, {"port": 3000, "visibility": "public"}),
    ],
)
async def test_without_trust_nothing_is_given_or_changed(
    path: str, body: object, inside: Inside
) -> None:
    await inside.make(trust=False)
    reply = await inside.ask(path, body)
    assert (reply.status_code, reply.json()["code"]) == (403, "not_trusted")
