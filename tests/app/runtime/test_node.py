"""The daemon behind the ports: words become values, failures ours, descriptors arrive alone."""

import os
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from app.runtime.node import NodeDial, NodeRuntime
from app.runtime.port import (
    ContainerState,
    ContentState,
    Fenced,
    Initializer,
    Refused,
    Unreachable,
)
from tests.app.nodes.daemon import Daemon, serving
from tests.app.runtime.ledger import SPEC
from wire.ids import InstanceId

ONE = InstanceId("amber-otter-0000000000", 1)
FROM = Initializer(url="u", ref="", folder="f", image="i", fresh=True, workspace_class="large")
Pair = tuple[Daemon, NodeRuntime]


@pytest_asyncio.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with serving(tmp_path) as (daemon, client):
        yield daemon, NodeRuntime(client)


async def test_words_become_values(pair: Pair) -> None:
    daemon, node = pair
    status = await node.prepare(ONE, FROM)
    assert daemon.requests[0].workspace_class == "large"
    assert (status.instance, status.state, status.progress) == (ONE, ContentState.WORKING, "43 %")
    container = await node.apply(ONE, SPEC)
    assert (container.state, container.exit_code) == (ContainerState.RUNNING, None)
    ended = await node.delete(ONE, 1.0)
    assert (ended.state, ended.exit_code) == (ContainerState.EXITED, 3)
    failed = await node.seal(ONE)
    assert failed.problem is not None
    assert failed.problem.code == "disk_full"
    assert await node.discard(ONE.workspace, 1) == 42
    assert (await node.list()).complete
    observations = [one async for one in node.watch()]
    assert [one.complete for one in observations] == [True, False]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (grpc.StatusCode.UNAVAILABLE, Unreachable),
        (grpc.StatusCode.FAILED_PRECONDITION, Fenced),
        (grpc.StatusCode.ABORTED, Refused),
    ],
)
async def test_failures_become_the_ports_own(
    pair: Pair, code: grpc.StatusCode, error: type[Exception]
) -> None:
    daemon, node = pair
    daemon.failure = (code, "because")
    with pytest.raises(error):
        await node.discard(ONE.workspace, 1)
    with pytest.raises(error):
        [one async for one in node.watch()]


@contextmanager
def dial_socket(path: Path, line: bytes, descriptors: list[int]) -> Iterator[list[bytes]]:
    """Answer one request on the dial socket with this line and these descriptors."""
    asked: list[bytes] = []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            asked.append(connection.recv(4096))
            socket.send_fds(connection, [line], descriptors)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield asked
    finally:
        thread.join()
        listener.close()


async def test_a_dialled_descriptor_is_the_callers(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with dial_socket(tmp_path / "d", b'{"ok":true}\n', [reading]) as asked:
        got = await NodeDial(str(tmp_path / "d")).dial(ONE, 3000)
    assert asked == [b'{"instance":"amber-otter-0000000000.1","port":3000}\n']
    os.close(reading)
    os.write(writing, b"x")
    assert os.read(got, 1) == b"x"
    os.close(got)
    os.close(writing)


async def test_a_refusal_closes_whatever_came_with_it(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    line = b'{"ok":false,"error":"refused","detail":"nothing listens"}\n'
    with (
        dial_socket(tmp_path / "d", line, [writing]),
        pytest.raises(ConnectionRefusedError, match="nothing listens"),
    ):
        await NodeDial(str(tmp_path / "d")).dial(ONE, 3000)
    os.close(writing)
    # The only other copy of the writing end is gone, so this reads the end.
    assert os.read(reading, 1) == b""
    os.close(reading)


@pytest.mark.parametrize("line", [b"nonsense\n", b'{"ok":true}\n', b""])
async def test_an_answer_that_makes_no_sense_is_no_connection(tmp_path: Path, line: bytes) -> None:
    with dial_socket(tmp_path / "d", line, []), pytest.raises(Unreachable):
        await NodeDial(str(tmp_path / "d")).dial(ONE, 3000)


async def test_without_a_daemon_there_is_no_dial(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        await NodeDial(str(tmp_path / "nothing")).dial(ONE, 3000)
