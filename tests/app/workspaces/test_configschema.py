"""The schema of .gitpod.yml, for editors."""

import json
from pathlib import Path

from jsonschema import Draft7Validator

from tests.app.server import open_server
from wire.configschema import SCHEMA


async def test_anybody_may_read_it_from_any_page(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        reply = await server.public.get("/schemas/gitpod.json")
    assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, "*")
    assert reply.headers["content-type"].startswith("application/schema+json")
    published = json.loads(reply.text)
    assert published == dict(SCHEMA)
    Draft7Validator.check_schema(published)
