"""What `gp snapshot` in a workspace gets, and when it does not."""

from pathlib import Path

from tests.app.server import open_server
from tests.app.workspaces.test_agentgit import Inside
from tests.waiting import until
from wire.snapshots import SNAPSHOT_PATH, SNAPSHOT_STATE_PATH


async def test_one_of_this_workspace_that_others_with_the_link_may_open(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        inside = Inside(server)
        await inside.make(trust=True)
        asked = await inside.ask(SNAPSHOT_PATH, {"name": "from inside"})
        assert asked.status_code == 200, asked.text
        made = asked.json()
        assert made["url"].endswith(f"/#snapshot/{made['id']}")

        async def done() -> bool:
            reply = await inside.ask(SNAPSHOT_STATE_PATH, {"id": made["id"]})
            return bool(reply.json()["state"] == "done")

        await until(done)
        listed = await server.public.get("/api/v1/snapshots", headers=server.bearer)
        (one,) = listed.json()["snapshots"]
        assert (one["name"], one["access"]) == ("from inside", "link")
        other = await inside.ask(SNAPSHOT_STATE_PATH, {"id": "7f5b6c5e"})
        assert (other.status_code, other.json()["code"]) == (404, "snapshot_unknown")


async def test_a_workspace_that_is_not_trusted_makes_none(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        inside = Inside(server)
        await inside.make(trust=False)
        assert (await inside.ask(SNAPSHOT_PATH, {})).status_code == 403
