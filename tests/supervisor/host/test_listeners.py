"""Real sockets of this machine."""

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from supervisor.host.listeners import Listeners
from tests.waiting import until
from wire.agent import PortReport


def own_name() -> str:
    return Path("/proc/self/comm").read_text().strip()


@pytest.mark.parametrize(
    ("family", "address", "loopback"),
    [
        (socket.AF_INET, "127.0.0.1", True),
        (socket.AF_INET, "0.0.0.0", False),
        (socket.AF_INET6, "::1", True),
        (socket.AF_INET6, "::", False),
    ],
)
def test_a_server_is_seen_with_its_process(family, address, loopback):
    listeners = Listeners(())
    with socket.socket(family) as made:
        made.bind((address, 0))
        port = made.getsockname()[1]
        assert port not in {one.port for one in listeners.look()}
        made.listen()
        expected = PortReport(port=port, process=own_name(), address=address, loopback=loopback)
        assert expected in listeners.look()
        assert expected in listeners.look()
    assert port not in {one.port for one in listeners.look()}


def test_our_own_ports_are_left_out():
    with socket.create_server(("127.0.0.1", 0)) as made:
        port = made.getsockname()[1]
        assert port not in {one.port for one in Listeners({port}).look()}


def test_more_sockets_than_one_answer_holds():
    with ExitStack() as opened:
        made = [opened.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(400)]
        ports = {one.getsockname()[1] for one in made}
        assert ports <= {one.port for one in Listeners(()).look()}


async def test_what_is_new_is_told():
    told: list[list[PortReport]] = []
    watching = asyncio.get_running_loop().create_task(Listeners(()).watch(told.append))
    with socket.create_server(("127.0.0.1", 0)) as made:
        port = made.getsockname()[1]
        await until(lambda: told and port in {one.port for one in told[-1]})
    await until(lambda: port not in {one.port for one in told[-1]})
    watching.cancel()
    await asyncio.wait([watching])
