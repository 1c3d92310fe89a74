"""How peers are found that vanished without a word: a closed laptop, a node without power."""

import asyncio
import socket

_TIMES = ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 20), (socket.TCP_KEEPCNT, 4))
"""Seconds, seconds, times: after about 140 s of silence the connection is lost."""


def probe(transport: asyncio.BaseTransport) -> None:
    """Let the kernel ask a silent peer now and then whether it is still there."""
    connected = transport.get_extra_info("socket")
    if connected is None or connected.family == socket.AF_UNIX:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _TIMES:
        connected.setsockopt(socket.IPPROTO_TCP, option, value)
