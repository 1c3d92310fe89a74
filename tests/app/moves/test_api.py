from pathlib import Path

from tests.app.server import open_server
from tests.app.workspaces.control import DEMO


async def test_root_of_the_machine_sees_and_drains_nodes(tmp_path: Path) -> None:
    async with open_server(tmp_path, backs_up=True) as server:
        nodes = (await server.internal.get("/internal/nodes")).json()["nodes"]
        assert [one["name"] for one in nodes] == ["local"]
        alone = await server.internal.post("/internal/nodes/local/drain")
        assert (alone.status_code, alone.json()["code"]) == (409, "node_only")
        unknown = await server.internal.post("/internal/nodes/b/drain")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "node_unknown")
        assert (await server.internal.post("/internal/nodes/local/take-back")).status_code == 200
        own = await server.internal.post("/internal/nodes/local/lost")
        assert (own.status_code, own.json()["code"]) == (409, "node_own")
        nobody = await server.internal.post("/internal/nodes/b/lost")
        assert (nobody.status_code, nobody.json()["code"]) == (404, "node_unknown")
        denied = await server.public.post("/internal/nodes/local/lost", headers=server.bearer)
        assert denied.status_code in {401, 403, 404}
        refused = await server.public.get("/internal/nodes", headers=server.bearer)
        assert refused.status_code in {401, 403, 404}


async def test_with_one_node_nothing_starts_elsewhere(tmp_path: Path) -> None:
    async with open_server(tmp_path, backs_up=True) as server:
        made = await server.public.post(
            "/api/v1/workspaces", json={"url": DEMO.url}, headers=server.bearer
        )
        path = f"/api/v1/workspaces/{made.json()['id']}/elsewhere"
        offer = (await server.public.get(path, headers=server.bearer)).json()
        assert (offer["node"], offer["problem"]["code"]) == ("local", "node_here")
        refused = await server.public.post(path, headers=server.bearer)
        assert (refused.status_code, refused.json()["code"]) == (409, "node_here")
