"""What of a person's editor a workspace gets and changes, and when it does not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.app.server import open_server
from tests.app.workspaces.test_agentgit import Inside
from wire.profile import KEEP_PROFILE_PATH, LARGEST, PROFILE_PATH

SETTINGS = {"name": "settings.json", "text": '{"secret": "s3"}'}


@pytest_asyncio.fixture
async def inside(tmp_path: Path) -> AsyncIterator[Inside]:
    async with open_server(tmp_path) as server:
        yield Inside(server)


async def test_a_file_is_kept_and_given_and_raises_the_revision(inside: Inside) -> None:
    await inside.make(trust=True)
    assert (await inside.ask(PROFILE_PATH)).json() == {"revision": 0, "files": []}
    assert (await inside.ask(KEEP_PROFILE_PATH, SETTINGS)).json() == {"revision": 1}
    (only,) = (await inside.ask(PROFILE_PATH)).json()["files"]
    assert (only["name"], only["text"]) == ("settings.json", SETTINGS["text"])
    desired = await inside.server.app.state.agents.connected(f"{inside.id}.1")
    assert desired is None or desired.profile == 1
    gone = {"name": "settings.json", "text": None}
    assert (await inside.ask(KEEP_PROFILE_PATH, gone)).json() == {"revision": 2}
    assert (await inside.ask(PROFILE_PATH)).json() == {"revision": 2, "files": []}


async def test_a_workspace_without_trust_gets_and_changes_nothing(inside: Inside) -> None:
    await inside.make(trust=False)
    assert (await inside.ask(PROFILE_PATH)).status_code == 403
    assert (await inside.ask(KEEP_PROFILE_PATH, SETTINGS)).status_code == 403


async def test_whoever_keeps_nothing_is_asked_for_nothing(inside: Inside) -> None:
    await inside.make(trust=True)
    api, bearer = inside.server.public, inside.server.bearer
    await api.patch("/api/v1/preferences", json={"profile": False}, headers=bearer)
    refused = await inside.ask(KEEP_PROFILE_PATH, SETTINGS)
    assert (refused.status_code, refused.json()["code"]) == (403, "profile_off")
    desired = await inside.server.app.state.agents.connected(f"{inside.id}.1")
    assert desired is None or desired.profile is None


async def test_more_than_fits_is_refused_and_so_is_any_other_name(inside: Inside) -> None:
    await inside.make(trust=True)
    large = {"name": "settings.json", "text": "ä" * (LARGEST - 1)}
    refused = await inside.ask(KEEP_PROFILE_PATH, large)
    assert (refused.status_code, refused.json()["code"]) == (400, "profile_full")
    away = {"name": "snippets/../x.json", "text": ""}
    assert (await inside.ask(KEEP_PROFILE_PATH, away)).status_code == 400
