"""Running a command to its end and keeping what it said."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence

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

    def keep_end(data: bytes) -> None:
        said.extend(data)
        del said[:-keep]

    loop = asyncio.get_running_loop()
    ended = _follow(reading, keep_end)
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


async def told_by(
    command: Sequence[str],
    reaper: Reaper,
    account: Account,
    environment: Mapping[str, str],
    take: Callable[[bytes], None],
    *,
    cwd: str = "/workspace",
    keep: int = 4_000,
    seconds: float,
) -> tuple[int, bytes]:
    """Give `take` what it writes, piece by piece; return the exit code and its complaints.

    Those are the last `keep` bytes of its errors. It runs after everything else that wants the
    processor. After `seconds`, or when nobody waits any more, it is killed. Raises OSError when
    it cannot be executed.
    """
    reading, writing = os.pipe()
    complaining, complaints = os.pipe()
    try:
        running = start(
            reaper,
            command,
            account,
            cwd=cwd,
            environment=environment,
            output=writing,
            errors=complaints,
            controlling=_last_of_all,
        )
    except OSError:
        os.close(reading)
        os.close(complaining)
        raise
    finally:
        os.close(writing)
        os.close(complaints)
    complained = bytearray()

    def complain(data: bytes) -> None:
        complained.extend(data)
        del complained[:-keep]

    loop = asyncio.get_running_loop()
    ended = [_follow(reading, take), _follow(complaining, complain)]
    timer = loop.call_later(seconds, running.signal_group, signal.SIGKILL)
    try:
        code = await running.exited
        await asyncio.gather(*ended)
    except asyncio.CancelledError:
        running.signal_group(signal.SIGKILL)
        raise
    finally:
        timer.cancel()
        for one in (reading, complaining):
            loop.remove_reader(one)
            os.close(one)
    return code, bytes(complained)


def _follow(reading: int, take: Callable[[bytes], None]) -> "asyncio.Future[None]":
    """Give `take` what comes out of a pipe from now on; done at its end."""
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    os.set_blocking(reading, False)

    def readable() -> None:
        try:
            data = os.read(reading, 65536)
        except BlockingIOError:
            return
        if data:
            take(data)
        elif not ended.done():
            loop.remove_reader(reading)
            ended.set_result(None)

    loop.add_reader(reading, readable)
    return ended


def _last_of_all() -> None:
    os.nice(19)
