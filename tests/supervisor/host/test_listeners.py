"""Real sockets of this machine."""

import asyncio
import os
import resource
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from supervisor.host.listeners import Listeners
from tests.waiting import until
from wire.agent import PortReport


def own_name() -> str:
    return Path("/proc/self/comm").read_text().strip()


def bound(family: int, address: str) -> socket.socket:
    """Return a socket whose number nobody listens on: a free one may be taken elsewhere."""
    taken = {one.port for one in Listeners(()).look()}
    while True:
        made = socket.socket(family)
        made.bind((address, 0))
        if made.getsockname()[1] not in taken:
            return made
        made.close()


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
    with bound(family, address) as made:
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


def handed_on() -> tuple[socket.socket, int]:
    """Return a listening socket that no process has any more, though it is open, and its port.

    It is on its way between two ends of a pair, as one may be that is handed to a child.
    """
    here, there = socket.socketpair()
    with here, socket.create_server(("127.0.0.1", 0)) as made:
        socket.send_fds(here, [b"x"], [made.fileno()])
        return there, made.getsockname()[1]


def process_of(listeners: Listeners, port: int) -> list[str]:
    return [one.process for one in listeners.look() if one.port == port]


def test_an_owner_that_was_not_seen_is_looked_for_again():
    listeners = Listeners(())
    there, port = handed_on()
    with there:
        assert process_of(listeners, port) == [""]
        _said, (taken,), _flags, _address = socket.recv_fds(there, 1, 1)
        with socket.socket(fileno=taken):
            assert process_of(listeners, port) == [own_name()]


def test_an_owner_that_is_never_seen_is_not_looked_for_for_ever(monkeypatch):
    folders = []
    listing = os.listdir

    def count(path: str) -> list[str]:
        folders.append(path)
        return listing(path)

    listeners = Listeners(())
    there, port = handed_on()
    monkeypatch.setattr("os.listdir", count)

    def without_a_scan() -> bool:
        folders.clear()
        return process_of(listeners, port) == [""] and not folders

    with there:
        until(without_a_scan)  # sockets of others are news for a scan


async def test_the_watch_goes_on_when_the_kernel_has_not_answered(capfd):
    told: list[list[PortReport]] = []
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    said = ""

    def silent() -> bool:
        nonlocal said
        said += capfd.readouterr().err
        return "ports_unknown" in said

    with socket.create_server(("127.0.0.1", 0)) as made:
        watch = Listeners(()).watch(told.append, again=0.01)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            watching = asyncio.get_running_loop().create_task(watch)
            await until(silent)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert told == []
        await until(lambda: told and made.getsockname()[1] in {one.port for one in told[-1]})
    watching.cancel()
    await asyncio.wait([watching])


async def test_what_is_new_is_told():
    told: list[list[PortReport]] = []
    watching = asyncio.get_running_loop().create_task(Listeners(()).watch(told.append))
    with socket.create_server(("127.0.0.1", 0)) as made:
        port = made.getsockname()[1]
        await until(lambda: told and port in {one.port for one in told[-1]})
    await until(lambda: port not in {one.port for one in told[-1]})
    watching.cancel()
    await asyncio.wait([watching])
