"""Orphans on the internal listener."""

from pathlib import Path

from app.runtime.port import ContentState, ContentStatus
from tests.app.orphans.conftest import OTHER
from tests.app.server import open_server
from wire.ids import InstanceId

PLACE = "/internal/orphans"


async def test_an_orphan_is_listed_adopted_and_another_removed(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        another = OTHER.replace("wren", "otter")
        for name in (OTHER, another):
            instance = InstanceId(name, 1)
            server.node.put(ContentStatus(instance=instance, state=ContentState.SEALED))
        told = (await server.internal.get(PLACE)).json()
        assert {one["name"] for one in told["orphans"]} == {OTHER, another}
        assert told["orphans"][0]["fate"] == "stranger"
        again = (await server.internal.get(f"{PLACE}/told")).json()
        assert again == told
        page = await server.public.get("/internal/orphans", headers=server.bearer)
        assert page.status_code == 404
        body = {"name": OTHER, "url": "https://h.org/ada/demo"}
        adopted = await server.internal.post(f"{PLACE}/adopt", json=body)
        assert adopted.json()["workspace"] == OTHER, adopted.text
        gone = await server.internal.post(f"{PLACE}/remove", json={"kind": "tree", "name": another})
        assert gone.status_code == 200, gone.text
        wanted = await server.internal.post(f"{PLACE}/remove", json={"kind": "tree", "name": OTHER})
        assert (wanted.status_code, wanted.json()["code"]) == (409, "orphan_wanted")
        assert (await server.internal.get(PLACE)).json()["orphans"] == []
        assert OTHER in server.node.contents
