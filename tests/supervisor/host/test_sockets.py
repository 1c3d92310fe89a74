"""Sockets that are the person's alone, however many are made at the same time."""

import asyncio
import os
import stat

from supervisor.api.server import Api
from supervisor.api.table import Table
from supervisor.host.asking import listen
from supervisor.host.sockets import bind


async def nobody(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def test_a_socket_is_its_owners_alone_and_takes_the_place_of_an_older_one(account, tmp_path):
    path = tmp_path / "sock"
    for _ in range(2):
        bind(str(path), account).close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_uid == account.uid


async def test_what_listens_at_the_same_time_leaves_the_umask_alone(account, tmp_path):
    before = os.umask(0o022)
    os.umask(before)
    api = Api(Table([]))
    servers = await asyncio.gather(
        *(listen(str(tmp_path / f"{one}"), account, nobody) for one in range(4)),
        api.on_socket(str(tmp_path / "api"), account),
    )
    after = os.umask(before)
    assert after == before
    for server in servers:
        server.close()
        await server.wait_closed()
