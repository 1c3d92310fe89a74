"""The API over variables."""

from pathlib import Path

from tests.app.server import open_server

PATH = "/api/v1/variables"


async def test_values_go_in_and_never_come_out(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        api, bearer = server.public, server.bearer
        body = {"name": "A", "pattern": "ada/*", "value": "very-secret"}
        reply = await api.put(PATH, json=body, headers=bearer)
        assert reply.status_code == 200
        listed = await api.get(PATH, headers=bearer)
        assert [(one["name"], one["pattern"]) for one in listed.json()] == [("A", "ada/*")]
        assert "very-secret" not in reply.text + listed.text
        named = {"name": "A", "pattern": "ada/*"}
        assert (await api.delete(PATH, params=named, headers=bearer)).status_code == 204
        assert (await api.delete(PATH, params=named, headers=bearer)).status_code == 404
        for wrong in ({"name": "A-B"}, {"value": "a\0"}, {"value": "v" * 9000}):
            reply = await api.put(PATH, json={**body, **wrong}, headers=bearer)
            assert reply.status_code in {400, 422}
        assert (await api.get(PATH)).status_code == 401
