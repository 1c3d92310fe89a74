"""Images through a real daemon: told to watchers, and begun anew after a kill."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from daemon.host.roots import Roots
from tests.daemon.caller import Caller
from tests.daemon.layers import NAME, Member, Registry
from tests.nodehost import NodeHost
from tests.waiting import until
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


class Holding(Registry):
    """Gives no layer out before it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.held = asyncio.Event()
        self.released = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        if self.blobs.get(request.path.rpartition("/")[2], b"").startswith(b"\x1f\x8b"):
            self.held.set()
            await self.released.wait()
        return await super().answer(request)


def growing(host: NodeHost) -> list[Path]:
    return list(Path(host.layout.roots).glob(".growing-*"))


async def test_a_daemon_that_is_killed_in_the_middle_leaves_nothing_and_begins_anew(
    host: NodeHost, caller: Caller, workspace: str
) -> None:
    served = Holding()
    image = served.image([Member("etc/motd", b"hello")], env=["A=b"])
    request = pb.FetchRequest(instance=f"{workspace}.1", image=image, source=NAME)

    async def state() -> int:
        return (await asyncio.to_thread(caller.stub.Fetch, request)).state

    Path(host.layout.blobserve_run).mkdir()
    async with served.serving(Path(host.layout.registry_socket)):
        assert await state() == pb.IMAGE_WORKING
        await served.held.wait()
        assert len(growing(host)) == 1
        await asyncio.to_thread(host.kill)
        await asyncio.to_thread(host.start)
        assert growing(host) == []
        served.released.set()
        await state()

        async def ready() -> bool:
            return await state() == pb.IMAGE_READY

        await until(ready, timeout=30)
    root = Path(host.layout.image_root(image))
    assert (root / "etc/motd").read_text() == "hello"
    listed = await asyncio.to_thread(caller.stub.List, pb.ListRequest())
    assert [(one.image, one.state) for one in listed.images] == [(image, pb.IMAGE_READY)]
    assert Roots(Path(host.layout.roots)).record(image) is not None
    refused = pb.FetchRequest(instance=f"{workspace}.1", image="alpine", source=NAME)
    with pytest.raises(Exception, match="INVALID_ARGUMENT"):
        await asyncio.to_thread(caller.stub.Fetch, refused)
