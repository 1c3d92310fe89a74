"""A whole server with a stopped workspace that is backed up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.app.server import Server, open_server
from tests.app.workspaces.control import DEMO
from tests.waiting import until


@dataclass
class Serving:
    server: Server
    workspace: str

    @property
    def place(self) -> str:
        return f"/api/v1/workspaces/{self.workspace}"

    @property
    def files(self) -> dict[bytes, bytes]:
        assert self.server.points is not None
        return self.server.points.files.setdefault(self.workspace, {})

    async def get(self, path: str) -> Any:
        return await self._ask("GET", path)

    async def post(self, path: str, body: Any = None) -> Any:
        return await self._ask("POST", path, body)

    async def patch(self, path: str, body: Any) -> Any:
        return await self._ask("PATCH", path, body)

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        reply = await self.server.public.request(
            method, f"{self.place}{path}", json=body, headers=self.server.bearer
        )
        assert reply.status_code < 300, reply.text
        return reply.json()


@asynccontextmanager
async def open_serving(folder: Path) -> AsyncIterator[Serving]:
    async with open_server(folder, backs_up=True) as server:
        reply = await server.public.post(
            "/api/v1/workspaces", json={"url": DEMO.url}, headers=server.bearer
        )
        serving = Serving(server, reply.json()["id"])
        serving.files[b"workspace/demo/a.txt"] = b"one"

        async def begun() -> bool:
            return serving.workspace in server.node.contents

        await until(begun)
        await serving.post("/stop")

        async def safe() -> bool:
            backup = (await serving.get(""))["backup"]
            return bool(backup and backup["safe"])

        await until(safe)
        yield serving
