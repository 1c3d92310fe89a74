"""The facade in the real process: three listeners, and who each of them takes its askers for."""

from pathlib import Path

import aiohttp

from app.images.tickets import Tickets
from kit.oci.layout import Layout as Store
from tests.blobserve.serving import Serving, serving
from tests.kit.oci.images import add_image

KEY = "a" * 64
LATEST = f"/v2/built/{KEY}/manifests/latest"


async def status(path: object, target: str, headers: dict[str, str] | None = None) -> int:
    connector = aiohttp.UnixConnector(str(path))
    async with (
        aiohttp.ClientSession("http://x", connector=connector) as session,
        session.get(target, headers=headers) as reply,
    ):
        return reply.status


async def test_a_listener_is_part_of_who_somebody_is(tmp_path: Path) -> None:
    async with serving(tmp_path) as blobserve:
        layout = blobserve.layout
        store = Store(Path(layout.image_store))
        store.tag(f"built/{KEY}", add_image(store, {"a": b"1"}))
        modes = {one: Path(one).stat().st_mode & 0o777 for one in listeners(blobserve)}
        assert list(modes.values()) == [0o600, 0o600, 0o666]
        assert await status(layout.registry_socket, LATEST) == 200
        token = Tickets(Path(layout.registry_run)).open_build(KEY, until=2**40)
        shown = {"Authorization": aiohttp.encode_basic_auth("x", token)}
        for one in (layout.blobserve_socket, layout.registry_entry):
            assert await status(one, LATEST) == 401
            assert await status(one, LATEST, shown) == 200
        assert await status(layout.registry_socket, "/healthz") == 404


def listeners(blobserve: Serving) -> list[str]:
    layout = blobserve.layout
    return [
        str(layout.blobserve_socket),
        str(layout.registry_socket),
        str(layout.registry_entry),
    ]
