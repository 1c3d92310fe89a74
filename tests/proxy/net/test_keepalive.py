"""Which connections are probed, and after how long."""

import asyncio
import socket

from proxy.net.keepalive import probe


async def test_tcp_is_probed_after_a_minute_of_silence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = socket.create_connection(server.getsockname())
        one.setblocking(False)
        transport, _ = await asyncio.get_running_loop().create_connection(
            asyncio.Protocol, sock=one
        )
        probe(transport)
        made = transport.get_extra_info("socket")
        assert made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        transport.abort()


async def test_a_unix_socket_has_nobody_to_vanish() -> None:
    one, other = socket.socketpair()
    one.setblocking(False)
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=one)
    probe(transport)
    assert (
        transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0
    )
    transport.abort()
    other.close()


async def test_a_transport_without_a_socket_is_left_alone() -> None:
    probe(asyncio.BaseTransport())
