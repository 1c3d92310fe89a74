"""Blobserve as a real process on its socket, in a folder of its own."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import aiohttp

from tests.waiting import until
from wire.layout import Layout

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass
class Serving:
    """One blobserve; ask it with `session`."""

    layout: Layout
    process: "subprocess.Popen[bytes]"
    session: aiohttp.ClientSession


@asynccontextmanager
async def serving(folder: Path, **more: str) -> AsyncIterator[Serving]:
    """Start one and wait until it answers; end it afterwards."""
    home, cache, run = (PurePosixPath(folder / one) for one in ("home", "cache", "run"))
    layout = Layout(home, cache, run)
    for made in (layout.blobserve_home, layout.blobserve_run, layout.agent_run):
        Path(made).mkdir(parents=True, exist_ok=True)
    told = {"PODIUM_HOME": str(home), "PODIUM_CACHE": str(cache), "PODIUM_RUN_ROOT": str(run)}
    told["PYTHONPATH"] = str(CHECKOUT)
    command = [sys.executable, "-m", "blobserve"]
    process = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs in this loop
        command, cwd=CHECKOUT, env={**os.environ, **told, **more}
    )
    connector = aiohttp.UnixConnector(str(layout.blobserve_socket))
    async with aiohttp.ClientSession("http://blobserve", connector=connector) as session:
        try:
            await until(lambda: answers(session))
            yield Serving(layout, process, session)
        finally:
            process.terminate()
            assert process.wait(60) == 0


async def answers(session: aiohttp.ClientSession) -> bool:
    try:
        async with session.get("/healthz") as reply:
            return reply.status == 200
    except aiohttp.ClientError:
        return False
