"""Asking the daemon for connections: descriptors, reasons, lines that are lost."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kit.unixsocket import bind_unix
from proxy.core.commands import Way
from proxy.net import dial as module
from proxy.net.dial import KEPT, LINES, LONGEST, Dialer, UnreachableError
from tests.proxy.net.standins import Node
from tests.waiting import until

PLACE = ("w.1", 3000)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    made = Node(str(tmp_path / "dial.sock"))
    made.start()
    yield made
    await made.stop()


@pytest.fixture
def dialer(tmp_path: Path) -> Iterator[Dialer]:
    made = Dialer(str(tmp_path / "dial.sock"))
    yield made
    made.close()


@pytest.fixture
def listening(node: Node) -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        node.ports[PLACE] = made.getsockname()[1]
        yield made


@pytest.fixture
def listening_alone() -> Iterator[socket.socket]:
    """Something to connect to, for a daemon that is not there yet."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


async def way_of(dialer: Dialer, instance: str = "w.1", port: int = 3000) -> Way:
    with pytest.raises(UnreachableError) as caught:
        await dialer.dial(instance, port)
    return caught.value.way


@pytest.mark.usefixtures("node")
async def test_a_connected_socket_comes_back(dialer: Dialer, listening: socket.socket) -> None:
    with await dialer.dial(*PLACE) as made:
        assert made.getpeername() == listening.getsockname()
        assert not made.getblocking()
        assert not os.get_inheritable(made.fileno())


@pytest.mark.parametrize(
    ("error", "way"),
    [
        ("refused", Way.REFUSED),
        ("busy", Way.BUSY),
        ("unknown", Way.UNKNOWN),
        ("something new", Way.AWAY),
    ],
)
async def test_the_daemons_reasons(node: Node, dialer: Dialer, error: str, way: Way) -> None:
    node.errors[PLACE] = error
    assert await way_of(dialer) is way


async def test_no_daemon_is_away(dialer: Dialer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESTART", 0.05)
    assert await way_of(dialer) is Way.AWAY
    monkeypatch.setattr(module, "PAUSE", 1e6)
    assert await way_of(dialer) is Way.AWAY, "nobody waits again for one that stays away"


async def test_a_daemon_that_starts_anew_is_waited_for(
    tmp_path: Path, dialer: Dialer, listening_alone: socket.socket
) -> None:
    asked = asyncio.get_running_loop().create_task(dialer.dial(*PLACE))
    await until(lambda: dialer._missed_since < float("inf"))
    node = Node(str(tmp_path / "dial.sock"))
    node.ports[PLACE] = listening_alone.getsockname()[1]
    node.start()
    try:
        (await asked).close()
    finally:
        await node.stop()


@pytest.mark.usefixtures("listening")
async def test_a_line_is_used_again(node: Node, dialer: Dialer) -> None:
    for _ in range(5):
        (await dialer.dial(*PLACE)).close()
    assert node.lines == 1


@pytest.mark.usefixtures("listening")
async def test_a_line_of_a_daemon_that_died_is_replaced(node: Node, dialer: Dialer) -> None:
    (await dialer.dial(*PLACE)).close()
    await node.stop()
    Path(node.path).unlink(missing_ok=True)
    node.start()
    (await dialer.dial(*PLACE)).close()
    assert node.lines == 2


@pytest.mark.usefixtures("listening")
async def test_a_port_that_does_not_accept_holds_up_no_other(node: Node, dialer: Dialer) -> None:
    stuck = [("w.1", 4000), ("w.2", 3000)]
    node.full.update(stuck)
    loop = asyncio.get_running_loop()
    waiting = [loop.create_task(dialer.dial(*one)) for one in stuck for _ in range(LINES + 3)]
    await until(lambda: len(node.asked) == 2 * LINES)
    (await dialer.dial(*PLACE)).close()
    node.full.clear()
    for one in waiting[::2]:
        one.cancel()
    await asyncio.gather(*waiting[::2], return_exceptions=True)
    await until(lambda: node.asked.count(stuck[0]) > LINES, timeout=5)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    (await dialer.dial(*PLACE)).close()


@pytest.mark.usefixtures("listening")
async def test_few_lines_are_kept(node: Node, dialer: Dialer) -> None:
    asked = [dialer.dial("w.1", 4000 + number) for number in range(3 * KEPT)]
    node.ports.update({("w.1", 4000 + number): node.ports[PLACE] for number in range(3 * KEPT)})
    for one in await asyncio.gather(*asked):
        one.close()
    assert node.lines > KEPT
    before = node.lines
    for _ in range(KEPT):
        (await dialer.dial(*PLACE)).close()
    assert node.lines == before
    assert len(dialer._idle) == KEPT
    assert not dialer._places


@pytest.mark.usefixtures("listening")
async def test_a_given_up_request_takes_its_line_along(node: Node, dialer: Dialer) -> None:
    node.silent = True
    asked = asyncio.get_running_loop().create_task(dialer.dial("other", 1))
    await until(lambda: node.asked)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    node.silent = False
    (await dialer.dial(*PLACE)).close()
    assert node.lines == 2, "its late answer would have been taken for the next one's"


@pytest.mark.parametrize(
    "said",
    [b"", b"nonsense\n", b'{"ok":true}\n', b'{"ok":true', b"x" * (LONGEST + 10)],
    ids=["nothing", "nonsense", "no descriptor", "half", "too long"],
)
async def test_an_answer_that_is_none_is_away(tmp_path: Path, dialer: Dialer, said: bytes) -> None:
    listener = bind_unix(str(tmp_path / "dial.sock"), 0o600)

    async def answer() -> None:
        loop = asyncio.get_running_loop()
        with listener:
            line, _ = await loop.sock_accept(listener)
        with line:
            line.setblocking(False)
            await loop.sock_recv(line, LONGEST)
            await loop.sock_sendall(line, said)

    serving = asyncio.get_running_loop().create_task(answer())
    assert await way_of(dialer) is Way.AWAY
    await asyncio.gather(serving, return_exceptions=True)


async def test_descriptors_nobody_asked_for_are_closed(tmp_path: Path, dialer: Dialer) -> None:
    listener = bind_unix(str(tmp_path / "dial.sock"), 0o600)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 -- names suffice

    async def answer() -> None:
        loop = asyncio.get_running_loop()
        line, _ = await loop.sock_accept(listener)
        with line:
            line.setblocking(False)
            await loop.sock_recv(line, LONGEST)
            socket.send_fds(line, [b'{"ok":true}\n'], [0, 1])

    serving = asyncio.get_running_loop().create_task(answer())
    assert await way_of(dialer) is Way.AWAY
    await serving
    dialer.close()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 -- names suffice
    listener.close()
