"""Running a command to its end and keeping what it said."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from supervisor.host.processes import Account, start
from supervisor.host.reaper import Reaper


async def output_of(
    command: Sequence[str],
    reaper: Reaper,
    account: Account,
    environment: Mapping[str, str],
    *,
    cwd: str = "/workspace",
    keep: int = 20_000,
    seconds: float | None = None,
    stdin: int = subprocess.DEVNULL,
    passed: Sequence[int] = (),
) -> tuple[int, bytes]:
    """Return the exit code and the last `keep` bytes that it wrote.

    After `seconds`, or when nobody waits any more, it is killed. `passed` are further descriptors
    that stay open in it. Raises OSError when it cannot be executed.
    """
    reading, writing = os.pipe()
    try:
        running = start(
            reaper,
            command,
            account,
            cwd=cwd,
            environment=environment,
            stdin=stdin,
            output=writing,
            passed=passed,
        )
    except OSError:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    said = bytearray()
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    os.set_blocking(reading, False)

    def readable() -> None:
        try:
            data = os.read(reading, 65536)
        except BlockingIOError:
            return
        if data:
            said.extend(data)
            del said[:-keep]
        elif not ended.done():
            loop.remove_reader(reading)
            ended.set_result(None)

    loop.add_reader(reading, readable)
    timer = None
    if seconds is not None:
        timer = loop.call_later(seconds, running.signal_group, signal.SIGKILL)
    try:
        code = await running.exited
        await ended
    except asyncio.CancelledError:
        running.signal_group(signal.SIGKILL)
        raise
    finally:
        if timer is not None:
            timer.cancel()
        loop.remove_reader(reading)
        os.close(reading)
    return code, bytes(said)
