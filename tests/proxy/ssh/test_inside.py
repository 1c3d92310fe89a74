"""The way in is proven both ways, and leaves nothing open when it is not."""

import socket

import asyncssh
import pytest

from proxy.ssh.inside import sign_in
from tests.proxy.ssh.world import INSTANCE, KEY, House
from wire.ssh import SSH_PORT


async def dial(house: House) -> socket.socket:
    return await house.gateway._dialer.dial(INSTANCE, SSH_PORT)


async def test_the_right_key_is_in(house: House) -> None:
    made = await sign_in(await dial(house), KEY)
    assert made.get_extra_info("username") == "gitpod"
    made.abort()
    await made.wait_closed()


async def test_another_instances_key_is_refused(house: House) -> None:
    connected = await dial(house)
    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        await sign_in(connected, "AAAA" + KEY[4:])
    assert connected.fileno() == -1
