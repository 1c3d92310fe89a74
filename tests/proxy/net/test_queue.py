"""A service whose queue is full: whoever comes waits for room, and is not told that it is away."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.core.commands import Service, Upstream, Way
from proxy.net import upstream as module
from proxy.net.dial import Dialer, UnreachableError
from proxy.net.inward import Ways
from proxy.net.upstream import Pool

SERVER = Upstream(Service.SERVER)


def full(path: Path) -> tuple[socket.socket, list[socket.socket]]:
    """Return a listener in whose queue there is no room, and who stands in it."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(0)
    listening.setblocking(False)
    queue: list[socket.socket] = []
    try:
        while True:
            queue.append(socket.socket(socket.AF_UNIX))
            queue[-1].setblocking(False)
            queue[-1].connect(str(path))
    except BlockingIOError:
        return listening, queue


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    dialer = Dialer(str(tmp_path / "dial.sock"))
    made = Pool({Service.SERVER: str(tmp_path / "public.sock")}, Ways(dialer))
    yield made
    made.close()
    dialer.close()


async def test_room_is_waited_for(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening, queue = full(tmp_path / "public.sock")
    loop = asyncio.get_running_loop()
    opening = loop.create_task(pool.open(SERVER))
    accepted = [(await loop.sock_accept(listening))[0]]
    wire = await opening
    assert wire.alive
    monkeypatch.setattr(module, "CONNECT_TIMEOUT", 0.1)
    with pytest.raises(UnreachableError) as caught:
        await pool.open(SERVER)
    assert caught.value.way is Way.BUSY
    wire.close()
    for one in (listening, *queue, *accepted):
        one.close()
