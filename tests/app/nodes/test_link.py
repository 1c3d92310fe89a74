"""The connection to a daemon over a network, with real certificates and handshakes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Self

import pytest

from app.nodes.client import NodeClient, NodeRefused, NodeUnreachable
from kit.linkcerts import LinkCerts
from kit.tasks import Tasks
from tests.app.nodes.daemon import ONE, linked, serving, until_it_answers
from tests.authority import Authority
from tests.ports import free_port
from wire.nodelink import SPOKEN
from wire.peers import domain_of
from wire.proto import node_pb2 as pb


class Certs:
    """Certificates of one authority; each process has a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.authority = folder, Authority()

    def of(self, name: str, days: float = 20) -> LinkCerts:
        names = (f"podium://{name}", domain_of(name))
        return LinkCerts(self.authority.link(self.folder / name, *names, days=days))


@pytest.fixture
def certs(tmp_path: Path) -> Certs:
    return Certs(tmp_path)


@asynccontextmanager
async def calling(
    port: int, certs: LinkCerts, node: str = "a", keepalive: float = 10.0
) -> AsyncIterator[NodeClient]:
    client = NodeClient(f"grpcs://127.0.0.1:{port}", certs, node, keepalive)
    try:
        yield client
    finally:
        await client.close()


async def test_calls_and_watches_go_over_a_network(certs: Certs) -> None:
    port = free_port()
    async with linked(certs.of("daemon"), port), calling(port, certs.of("server")) as client:
        assert (await client.seal(ONE)).fault is not None
        async with aclosing(client.watch()) as watch:
            assert (await anext(watch)).complete
            assert [one.state for one in (await anext(watch)).contents] == ["sealed"]


async def test_only_the_server_may_call(certs: Certs) -> None:
    port = free_port()
    async with linked(certs.of("daemon"), port) as daemon:
        for name in ("proxy", "daemon", "nobody"):
            async with calling(port, certs.of(name)) as client:
                with pytest.raises(NodeRefused, match="permission_denied: only the server"):
                    await client.seal(ONE)
                with pytest.raises(NodeRefused, match="permission_denied"):
                    await anext(client.watch())
        assert not daemon.requests


async def test_neither_side_takes_certificates_of_others_or_old_ones(
    certs: Certs, tmp_path: Path
) -> None:
    (tmp_path / "foreign").mkdir()
    port, foreign = free_port(), Certs(tmp_path / "foreign")
    async with linked(certs.of("daemon"), port):
        for own in (foreign.of("server"), certs.of("server", days=-1)):
            async with calling(port, own) as client:
                with pytest.raises(NodeUnreachable):
                    await client.seal(ONE)
    for shown in (certs.of("proxy"), certs.of("daemon", days=-1)):
        port = free_port()
        async with linked(shown, port), calling(port, certs.of("server")) as client:
            with pytest.raises(NodeUnreachable):
                await client.seal(ONE)


async def test_another_node_at_the_address_is_not_called(certs: Certs) -> None:
    port = free_port()
    async with linked(certs.of("daemon"), port) as daemon:
        async with calling(port, certs.of("server"), "b") as client:
            with pytest.raises(NodeUnreachable, match="is node 'a' and not 'b'"):
                await client.seal(ONE)
            with pytest.raises(NodeUnreachable, match="is node 'a' and not 'b'"):
                await anext(client.watch())
        assert not daemon.requests


async def test_a_daemon_that_was_killed_is_found_again_and_asked_anew_who_it_is(
    certs: Certs,
) -> None:
    port, own = free_port(), certs.of("daemon")
    async with calling(port, certs.of("server")) as client:
        async with linked(own, port):
            watch = client.watch()
            await client.list()
            await anext(watch)
            await anext(watch)
        with pytest.raises((NodeUnreachable, StopAsyncIteration)):
            await anext(watch)
        with pytest.raises(NodeUnreachable):
            await client.list()
        async with linked(own, port) as daemon:
            await until_it_answers(client)
            daemon.info = pb.InfoReply(node="elsewhere")
            with pytest.raises(NodeUnreachable, match="elsewhere"):
                await anext(client.watch())


async def test_renewed_certificates_count_on_both_sides(certs: Certs) -> None:
    port = free_port()
    async with linked(certs.of("daemon"), port), calling(port, certs.of("server")) as client:
        await client.list()
        certs.authority = Authority()
        certs.of("daemon")
        certs.of("server")
        await client.list()
        Authority().link(certs.folder / "server", "podium://server")
        with pytest.raises(NodeUnreachable):
            await client.list()


async def test_a_network_that_has_gone_silent_ends_a_watch(certs: Certs) -> None:
    port = free_port()
    async with linked(certs.of("daemon"), port) as daemon, Wire(port) as wire:
        daemon.holds = True
        async with calling(wire.port, certs.of("server"), keepalive=2.0) as client:
            watch = client.watch()
            await anext(watch)
            await anext(watch)
            wire.silent = True
            with pytest.raises(NodeUnreachable):
                await anext(watch)


class Wire:
    """What is between both: while `silent` it takes everything, and nothing arrives."""

    port: int

    def __init__(self, to: int) -> None:
        self._to, self.silent = to, False
        self._tasks = Tasks()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_reason: object) -> None:
        self._server.close()
        await self._tasks.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", self._to)
        for source, target in ((reader, there[1]), (there[0], writer)):
            self._tasks.spawn(self._carry(source, target), "carry")

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                if not self.silent:
                    target.write(data)
        except ConnectionError:
            pass
        finally:
            target.close()


async def test_neighbours_work_and_others_are_told_apart(tmp_path: Path) -> None:
    async with serving(tmp_path) as (daemon, client):
        for info in (pb.InfoReply(), pb.InfoReply(protocol=SPOKEN + 1, oldest=SPOKEN)):
            daemon.info = info
            assert (await anext(client.watch())).complete
            await client.seal(ONE)
        daemon.info = pb.InfoReply(node="a", protocol=SPOKEN + 2, oldest=SPOKEN + 1)
        with pytest.raises(NodeUnreachable, match="a: its daemon speaks version"):
            await anext(client.watch())
        with pytest.raises(NodeUnreachable, match="update the server"):
            await client.seal(ONE)


def test_an_address_of_a_network_needs_certificates() -> None:
    with pytest.raises(ValueError, match="needs certificates"):
        NodeClient("grpcs://127.0.0.1:1")
