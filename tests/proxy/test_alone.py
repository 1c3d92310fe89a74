"""The proxy as a program of its own, as docs/proxy.md describes it."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from proxy.alone import Address
from tests.proxy.net.standins import App
from tests.proxy.world import PUBLIC, WORKSPACE, make_grant
from tests.waiting import until
from wire.tokens import port_cookie

ROOT = Path(__file__).resolve().parents[2]
SELF = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "proxy", *map(str, words)]


class Alone:
    """The process, and requests through it."""

    def __init__(self, file: Path, process: asyncio.subprocess.Process) -> None:
        self.file = file
        self.process = process
        self.port = 0
        self.lines: list[dict[str, Any]] = []

    def write(self, **route: Any) -> None:
        write(self.file, **route)
        self.process.send_signal(signal.SIGHUP)

    async def status(self, port: int, **headers: str) -> int:
        async with aiohttp.ClientSession() as session:
            host = f"{port}-{WORKSPACE}.ws.localhost:{self.port}"
            url = f"http://127.0.0.1:{self.port}/"
            async with session.get(url, headers={"Host": host, **headers}) as answer:
                return answer.status

    async def listen(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(json.loads(line))
            self.port = self.port or self.lines[-1].get("port", 0)


def write(file: Path, **route: Any) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({"keys": [PUBLIC], "routes": {WORKSPACE: route}}))
    fresh.rename(file)


@asynccontextmanager
async def alone(file: Path, **route: Any) -> AsyncIterator[Alone]:
    write(file, **route)
    process = await asyncio.create_subprocess_exec(
        *command("--listen", "127.0.0.1:0", "--routes", file),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    running = Alone(file, process)
    listening = asyncio.get_running_loop().create_task(running.listen())
    try:
        await until(lambda: running.port)
        yield running
    finally:
        process.terminate()
        assert await process.wait() == 0
        await listening


async def test_hosts_lead_where_the_file_says_for_whom_it_says(tmp_path: Path) -> None:
    code, port = await App.on_tcp()
    public = {str(port): {"visibility": "public"}}
    grant = make_grant("port", issued=int(time.time()), epoch=0)
    cookie = {"Cookie": f"{port_cookie('alone', WORKSPACE)}={grant}", **SELF}
    async with alone(tmp_path / "routes.json", target="127.0.0.1", owner="ada") as proxy:
        assert await proxy.status(port) == 401
        assert await proxy.status(port, **cookie) == 200
        proxy.write(target="127.0.0.1", owner="ada", ports=public)
        await until(lambda: _is(proxy, port, 200))
        proxy.write(target=f"127.0.0.1:{port}", owner="ada", ports={"3000": public[str(port)]})
        await until(lambda: _is(proxy, 3000, 200))
        proxy.write(target="127.0.0.1", owner="ada", ports={"0": {}})
        await until(lambda: [one for one in proxy.lines if one["event"] == "routes_not_read"])
        assert await proxy.status(3000) == 200
    assert {one["event"] for one in proxy.lines} >= {"listening", "request", "routes_read"}
    await code.close()


async def _is(proxy: Alone, port: int, status: int) -> bool:
    return await proxy.status(port) == status


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", r"line 1: .*"), (None, r"No such file"), ('{"routes": 1}', r"line 1, routes: Expected")],
)
def test_a_file_that_cannot_be_used_ends_it_with_words(
    tmp_path: Path, text: str | None, told: str
) -> None:
    file = tmp_path / "routes.json"
    if text is not None:
        file.write_text(text)
    done = subprocess.run(
        command("--listen", "127.0.0.1:0", "--routes", file),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 1
    assert re.search(rf"podium proxy: .*{told}", done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_addresses() -> None:
    assert Address.of("127.0.0.1:9001") == Address("127.0.0.1", 9001)
    assert Address.of("[::1]:0") == Address("::1", 0)
    for wrong in ("9001", "localhost:1", "127.0.0.1:65536", "127.0.0.1:x", ""):
        with pytest.raises(ArgumentTypeError):
            Address.of(wrong)
