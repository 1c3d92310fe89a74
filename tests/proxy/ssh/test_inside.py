"""The way in is proven both ways, and leaves nothing open when it is not."""

import asyncio

import asyncssh
import pytest

from proxy.net.inward import Make, Ways
from proxy.ssh.inside import sign_in
from tests.proxy.ssh.world import INSTANCE, KEY, House
from wire.routes import NodeTarget

HERE = NodeTarget(instance=INSTANCE)


async def test_the_right_key_is_in(house: House) -> None:
    made = await sign_in(house.gateway._inward, HERE, KEY)
    assert made.get_extra_info("username") == "gitpod"
    made.abort()
    await made.wait_closed()


async def test_another_instances_key_is_refused(house: House) -> None:
    ways = house.gateway._inward
    assert isinstance(ways, Ways)
    made: list[asyncio.BaseTransport] = []

    class Noting(Ways):
        async def connect(self, make: Make, target: NodeTarget, port: int, tls: None = None):
            transport, protocol = await super().connect(make, target, port, tls)
            made.append(transport)
            return transport, protocol

    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        await sign_in(Noting(ways._dialer), HERE, "AAAA" + KEY[4:])
    assert made[0].is_closing()
