"""The parts of the application: each application has its own, and finds them by name."""

from pathlib import Path

from app.images.fake import FakeImages
from app.parts import Ports, make_parts
from app.runtime.fake import FakeRuntime
from app.workspaces.artefacts import FAKE
from kit.clock import FakeClock
from tests.app.server import open_server, settings_in


async def test_parts_are_of_one_application(tmp_path: Path) -> None:
    settings, node = settings_in(tmp_path), FakeRuntime()
    Path(settings.layout.server_home).mkdir(parents=True)
    Path(settings.layout.master_key).write_bytes(b"m" * 32)
    ports = Ports(node, node, node, lambda: FAKE, images=FakeImages().ports)
    first, second = [make_parts(settings, ports, FakeClock()) for _ in range(2)]
    assert first.keys() == second.keys()
    assert first["database"] is not second["database"]
    assert first["store"].database is first["database"]


async def test_what_handlers_get_is_of_the_server_that_was_asked(tmp_path: Path) -> None:
    """Also of one whose routes served another before."""
    listed = []
    for name in ("first", "second"):
        async with open_server(tmp_path / name) as server:
            demo = {"url": f"https://h.org/ada/{name}"}
            made = await server.public.post("/api/v1/workspaces", json=demo, headers=server.bearer)
            assert made.status_code == 201
            reply = await server.public.get("/api/v1/workspaces", headers=server.bearer)
            listed.append([one["id"] for one in reply.json()["workspaces"]])
            assert listed[-1] == [made.json()["id"]]
    assert listed[0] != listed[1]
