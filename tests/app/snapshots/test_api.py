"""Snapshots over HTTP."""

from pathlib import Path

from tests.app.content.serving import open_serving
from tests.waiting import until


async def test_a_snapshot_from_its_making_to_its_end(tmp_path: Path) -> None:
    async with open_serving(tmp_path) as serving:
        public, bearer = serving.server.public, serving.server.bearer
        made = await serving.post("/snapshots", {"name": "with the fix", "access": "link"})
        place = f"/api/v1/snapshots/{made['id']}"

        async def done() -> bool:
            reply = await public.get(place, headers=bearer)
            return bool(reply.json()["state"] == "done")

        await until(done)
        assert [one["id"] for one in (await serving.get("/snapshots"))["snapshots"]] == [made["id"]]
        listed = (await public.get("/api/v1/snapshots", headers=bearer)).json()["snapshots"]
        assert [one["name"] for one in listed] == ["with the fix"]
        opened = await public.post(f"{place}/workspace", json={}, headers=bearer)
        assert (opened.status_code, opened.json()["name"]) == (201, "with the fix")
        assert (await public.delete(place, headers=bearer)).status_code == 204
        assert (await public.get(place, headers=bearer)).status_code == 404
        unknown = await public.post("/api/v1/snapshots/unknown/workspace", json={}, headers=bearer)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "snapshot_unknown")
