"""A terminal over a WebSocket: two viewers, offsets, sizes and ends."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from supervisor.api.endpoint import Who, converses
from supervisor.api.server import Api
from supervisor.api.table import Table
from supervisor.api.viewing import ENDED, NO_TERMINAL, conversation
from supervisor.host.opening import open_terminal
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.terminal import Terminal
from supervisor.host.viewer import WINDOW
from tests.ports import free_port
from tests.supervisor.samples import KEY
from tests.waiting import until
from wire.proof import PROOF_HEADER, Bearer, prove

PATH = "/_supervisor/v1/terminals"


class World:
    """One terminal named main, and an API that finds it."""

    def __init__(self, terminal: Terminal, port: int, folder: Path) -> None:
        self.folder = folder
        self.terminal = terminal
        self.port = port

    @asynccontextmanager
    async def view(self, name: str = "main", query: str = "") -> AsyncIterator[ClientConnection]:
        target = f"{PATH}/{name}{query}"
        proof = prove(KEY, "GET", target, Bearer("u_1", "owner"), time.time())
        async with connect(
            f"ws://127.0.0.1:{self.port}{target}", additional_headers={PROOF_HEADER: proof}
        ) as connection:
            yield connection


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    reaper = Reaper()
    reaper.install()
    account = Account(os.getuid(), os.getgid(), "me", str(tmp_path), "/bin/sh")
    environment = {"PATH": "/usr/bin:/bin", "PS1": "$ "}
    terminal = open_terminal("main", reaper, account, str(tmp_path), environment, ["/bin/sh", "-l"])
    made = World(terminal, free_port(), tmp_path)
    viewing = conversation({"main": terminal}.get)
    table = Table([converses("/v1/terminals/{id}", Who.PERSON, viewing)])
    server = await Api(table, lambda: KEY).on_port(made.port)
    yield made
    server.close()
    await server.wait_closed()
    terminal.running.signal_group(signal.SIGKILL)
    await terminal.running.exited
    await until(lambda: terminal.closed, timeout=5)
    terminal.forget()


async def read_until(connection: ClientConnection, wanted: bytes) -> bytes:
    told = b""
    while wanted not in told:
        part = await connection.recv()
        told += part if isinstance(part, bytes) else b""
    return told


async def output(connection: ClientConnection, seconds: float) -> bytes:
    async with asyncio.timeout(seconds):
        while isinstance(part := await connection.recv(), str):
            pass
        return part


async def fact(connection: ClientConnection, name: str) -> object:
    """The next one of that name, whatever else comes before."""
    while True:
        part = await connection.recv()
        if isinstance(part, str) and name in (told := json.loads(part)):
            return told[name]


async def hello(connection: ClientConnection) -> dict[str, int]:
    return json.loads(await connection.recv())


async def test_two_viewers_type_into_one_shell(world):
    async with world.view() as first, world.view() as second:
        assert await hello(first) == await hello(second)
        await first.send(b"echo from-$((1))-first\n")
        await read_until(second, b"from-1-first\r\n")
        await second.send(b"echo from-$((2))-second\n")
        await read_until(first, b"from-2-second\r\n")


async def test_who_comes_back_with_an_offset_misses_and_repeats_nothing(world):
    async with world.view() as viewer:
        await hello(viewer)
        await viewer.send(b"echo one-$((1))\n")
        offset = len(await read_until(viewer, b"one-1\r\n"))
    world.terminal.write(b"echo two-$((2))\n")
    async with world.view(query=f"?offset={offset}") as viewer:
        told = await hello(viewer)
        assert (told["offset"], told["pid"]) == (offset, world.terminal.pid)
        assert b"one-1" not in await read_until(viewer, b"two-2\r\n")


@pytest.mark.parametrize(
    "query",
    ["", "?offset=", "?offset=x", "?offset=--1", "?offset=99999999", "?offset=5&life=other"],
)
async def test_other_offsets_get_everything(world, query):
    async with world.view() as viewer:
        await hello(viewer)
        await viewer.send(b"echo here-$((1))\n")
        await read_until(viewer, b"here-1\r\n")
    async with world.view(query=query) as viewer:
        assert (await hello(viewer))["offset"] == 0
        await read_until(viewer, b"here-1\r\n")


async def test_text_is_a_size_and_nonsense_is_dropped(world):
    async with world.view() as viewer:
        await hello(viewer)
        for nonsense in ("", "[]", "{}", '{"cols": "x", "rows": 1}', "null", "9", '{"shown": -1}'):
            await viewer.send(nonsense)
        await viewer.send('{"cols": 111, "rows": 44}')
        await until(lambda: world.terminal.size == (111, 44), timeout=10)


async def test_the_end_of_the_shell_is_told_and_is_the_end_of_the_view(world):
    async with world.view() as viewer:
        await hello(viewer)
        await viewer.send(b"exit 4\n")
        assert await fact(viewer, "exit") == {"code": 4, "signal": None}
        with pytest.raises(ConnectionClosed) as closed:
            await read_until(viewer, b"never said")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == ENDED


async def test_the_one_who_is_focused_decides_the_size(world):
    async with world.view() as first, world.view(query="?kind=gp&name=me%0A") as second:
        for one, size in ((first, (120, 40)), (second, (60, 20))):
            await hello(one)
            await one.send(json.dumps({"cols": size[0], "rows": size[1]}))
        assert await fact(second, "cols") == 120
        await second.send('{"focused": true}')
        assert await fact(first, "rows") == 20
        seats = world.terminal.listed().viewers
        assert [(one.kind, one.name) for one in seats] == [("browser", ""), ("gp", "me")]
        assert [one.focused for one in seats] == [False, True]


async def test_who_says_what_it_has_shown_is_not_sent_more_than_it_can_hold(world):
    async with world.view() as viewer:
        await hello(viewer)
        await viewer.send('{"shown": 0}')
        await viewer.send(b"stty raw -echo; head -c 3000000 /dev/zero; echo over\n")
        seen = 0
        while seen < WINDOW:
            part = await viewer.recv()
            seen += len(part) if isinstance(part, bytes) else 0
        assert seen == WINDOW
        with pytest.raises(TimeoutError):
            await output(viewer, 0.2)
        await viewer.send(json.dumps({"shown": 10**9}))
        while seen < 2 * WINDOW:
            part = await viewer.recv()
            seen += len(part) if isinstance(part, bytes) else 0


async def test_the_end_alone_can_be_had(world):
    world.terminal.write(b"echo all-$((1)) of it\n")
    await until(lambda: b"all-1 of it\r\n" in world.terminal.history.since(0)[1])
    data = world.terminal.history.since(0)[1]
    async with world.view(query="?offset=-18") as viewer:
        told = await hello(viewer)
        assert (told["life"], told["title"], told["modes"]) == (world.terminal.life, "sh", "")
        assert data[told["offset"] - 2 : told["offset"]] == b"\r\n"
        assert len(data) - 18 <= told["offset"] < len(data)


async def test_who_begins_in_the_middle_of_a_painted_screen_sees_it_whole(world):
    paint = "trap 'printf \"size %s-\" \"$(stty size)\"' WINCH; printf '\\033[?1049h\\033[?1006h'"
    script = f"{paint}; echo ready; while :; do sleep 0.01; done"
    (world.folder / "paint").write_text(script)
    async with world.view() as viewer:
        await hello(viewer)
        await viewer.send(b"exec /bin/sh ./paint\n")
        await read_until(viewer, b"ready\r\n")
    async with world.view(query="?offset=-4") as viewer:
        assert (await hello(viewer))["modes"] == "\x1b[?1006h\x1b[?1049h"
        assert b"size 23 80-" in await read_until(viewer, b"size 24 80-")


async def test_an_unknown_terminal_has_a_code_of_its_own(world):
    async with world.view("other") as viewer:
        with pytest.raises(ConnectionClosed) as closed:
            await viewer.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == NO_TERMINAL


async def test_a_viewer_that_vanishes_leaves_the_shell_alone(world):
    async with world.view() as viewer:
        await hello(viewer)
        viewer.transport.abort()
    async with world.view() as viewer:
        await hello(viewer)
        await viewer.send(b"echo alive-$((1))\n")
        await read_until(viewer, b"alive-1\r\n")


async def test_without_proof_there_is_no_terminal(world):
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://127.0.0.1:{world.port}{PATH}/main"):
            pass
    assert refused.value.response.status_code == 401
