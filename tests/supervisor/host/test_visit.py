"""A visit to a door: what its line is, and what becomes of one side when the other ends."""

import asyncio
import contextlib
import socket

from supervisor.host.visit import Inner, Visit
from tests.waiting import until
from wire.door import LONGEST


async def joined(left: socket.socket, right: socket.socket) -> tuple[Visit, list[Visit]]:
    """A visit on the left, led on to the right, by sockets that are TCP's."""
    gone: list[Visit] = []
    loop = asyncio.get_running_loop()
    _, visit = await loop.connect_accepted_socket(lambda: Visit(gone.append), left)
    await visit.line
    await loop.create_connection(lambda: Inner(visit), sock=right)
    return visit, gone


def pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        near = socket.create_connection(listening.getsockname())
        far, _ = listening.accept()
    near.setblocking(False)
    far.setblocking(False)
    return near, far


async def test_a_line_ends_at_its_newline_and_is_not_too_long() -> None:
    for said, line in ((b"one\ntwo", b"one"), (b"x" * (LONGEST + 1), None), (b"", None)):
        near, far = pair()
        gone: list[Visit] = []
        transport, visit = await asyncio.get_running_loop().connect_accepted_socket(
            lambda gone=gone: Visit(gone.append), far
        )
        near.send(said)
        if not said:
            near.close()
        assert await visit.line == line
        transport.abort()
        await until(lambda gone=gone: gone)
        near.close()


async def test_what_came_behind_the_line_goes_first() -> None:
    proxy, door = pair()
    inside, port = pair()
    proxy.send(b"line\nfirst ")
    _, gone = await joined(door, inside)
    proxy.send(b"second")
    loop = asyncio.get_running_loop()
    heard = b""
    while heard != b"first second":
        heard += await loop.sock_recv(port, 100)
    port.send(b"answer")
    assert await loop.sock_recv(proxy, 100) == b"answer"
    port.close()
    assert await loop.sock_recv(proxy, 100) == b""
    await until(lambda: gone)
    proxy.close()


async def test_who_is_gone_before_the_port_has_answered_leaves_nothing_behind() -> None:
    proxy, door = pair()
    inside, port = pair()
    proxy.send(b"line\n")
    gone: list[Visit] = []
    loop = asyncio.get_running_loop()
    transport, visit = await loop.connect_accepted_socket(lambda: Visit(gone.append), door)
    await visit.line
    transport.abort()
    await until(lambda: gone)
    await loop.create_connection(lambda: Inner(visit), sock=inside)
    with contextlib.suppress(ConnectionResetError):
        assert await loop.sock_recv(port, 100) == b""
    for one in (proxy, port):
        one.close()
