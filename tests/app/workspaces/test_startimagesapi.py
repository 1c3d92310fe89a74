"""The API over images of starts; who may use it, the walk over all routes tells."""

from pathlib import Path

from tests.app.server import open_server


async def test_a_workspace_that_does_not_run_has_none(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        api, bearer = server.public, server.bearer
        path = "/api/v1/workspaces/amber-otter-0000000000/image-token"
        assert (await api.post(path, headers=bearer)).status_code == 404
        assert (await api.post(path)).status_code == 401
