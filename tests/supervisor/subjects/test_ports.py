"""What listens."""

import asyncio
import socket

from supervisor.host.link import Link
from supervisor.host.outward import Outward
from supervisor.subjects.ports import PortsSubject
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.ports import PortWish


async def test_it_watches_once_the_server_listens(context):
    link = Link(Outward("none"), "token", context.accept)
    one = PortsSubject(context, link, lambda: [PortWish(first=4000, last=4000, name="Later")])
    task = asyncio.get_running_loop().create_task(one.work()["ports"], name="spawned")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert one.observed() == {"ports": []}
        link.connected.set()
        await until(lambda: port in {found.port for found in one.observed()["ports"]})
    context.accept(wish(public_ports=[port]))
    told = one.told()
    assert told["public"] == [port]
    assert port in {found["port"] for found in told["ports"]}
    assert next(found["port"] for found in told["ports"]) == 4000
    assert {(found["port"], found["served"]) for found in told["ports"]} >= {
        (4000, False),
        (port, True),
    }
    task.cancel()
