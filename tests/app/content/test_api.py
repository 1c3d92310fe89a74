"""Restore points over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.app.content.serving import Serving, open_serving
from tests.waiting import until


@pytest_asyncio.fixture
async def serving(tmp_path: Path) -> AsyncIterator[Serving]:
    async with open_serving(tmp_path) as opened:
        yield opened


async def test_a_point_from_its_making_to_a_restore(serving: Serving) -> None:
    listed = await serving.get("/points")
    assert listed["backup"]["safe"] is True
    (point,) = listed["points"]
    assert (point["reason"], point["files"], point["pinned"]) == ("stop", 1, False)
    place = f"/points/{point['id']}"
    assert await serving.get(place) == point
    assert (await serving.patch(place, {"pinned": True}))["pinned"]
    files = await serving.get(f"{place}/files?path=workspace/demo")
    assert [(one["name"], one["size"]) for one in files["files"]] == [("a.txt", 3)]
    serving.files[b"workspace/demo/a.txt"] = b"two"
    view = await serving.post(f"{place}/restore")
    assert view["backup"]["restoring"]

    async def restored() -> bool:
        return serving.files == {b"workspace/demo/a.txt": b"one"}

    await until(restored)


async def test_downloads_are_attachments_that_no_browser_shows(serving: Serving) -> None:
    (point,) = (await serving.get("/points"))["points"]
    reply = await serving.server.public.get(
        f"{serving.place}/points/{point['id']}/download",
        params={"path": "workspace/demo/a.txt", "format": "file"},
        headers=serving.server.bearer,
    )
    assert (reply.status_code, reply.content) == (200, b"one")
    assert reply.headers["content-disposition"].startswith('attachment; filename="a.txt"')
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]
    refused = await serving.server.public.get(
        f"{serving.place}/points/{point['id']}/download?path=../etc/passwd",
        headers=serving.server.bearer,
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "path_invalid")


async def test_a_point_is_made_when_it_is_asked_for(serving: Serving) -> None:
    serving.server.clock.advance(1)
    made = await serving.post("/points")
    assert made["state"] == "wanted"

    async def there() -> bool:
        points: list[Any] = (await serving.get("/points"))["points"]
        return points[0]["id"] == made["id"] and points[0]["state"] == "done"

    await until(there)


async def test_a_new_workspace_of_a_point(serving: Serving) -> None:
    (point,) = (await serving.get("/points"))["points"]
    made = await serving.post(f"/points/{point['id']}/workspace", {"name": "copy"})
    assert made["name"] == "copy"
    assert made["id"] != serving.workspace


async def test_a_deleted_workspace_is_listed_and_brought_back(serving: Serving) -> None:
    server = serving.server
    await server.public.delete(serving.place, headers=server.bearer)
    url = "/api/v1/deleted-workspaces"

    async def deleted() -> bool:
        found = (await server.public.get(url, headers=server.bearer)).json()
        return [one["id"] for one in found["workspaces"]] == [serving.workspace]

    await until(deleted)
    reply = await server.public.post(f"{url}/{serving.workspace}/restore", headers=server.bearer)
    assert reply.status_code == 202, reply.text
    assert (await server.public.get(serving.place, headers=server.bearer)).status_code == 200
