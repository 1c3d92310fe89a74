"""Runs the child that works on a repository: its plan, its progress, its answer."""

import asyncio
import json
import re
import sysconfig
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractContextManager, aclosing, nullcontext
from pathlib import Path
from typing import Any, Final

from daemon.core import restic as core
from daemon.core.faults import BackupFailed, Fault, fault
from daemon.core.pointorders import Repository
from daemon.host import cgroups
from daemon.host.helper import start_helper
from daemon.host.meter import written
from daemon.host.restic_reading import MISSING
from daemon.host.restic_remote import Remote

_MEMORY: Final = 2 << 30
"""Bytes for all restic of a node together: indexes of large repositories need a part of it."""
_PIDS: Final = 256
_LONGEST_LINE: Final = 64 << 20
_NOT_IN_IT: Final = re.compile(
    r"cannot dump file: .*(not found in snapshot|should be a dir)", re.DOTALL
)
_CHUNK: Final = 1 << 16
"""Bytes of a download at a time; about as many are in memory while its reader pauses."""
_MOST_SAID: Final = 16384

EVERY: Final = 1.0
_SILENT: Final = "restore"
OnProgress = Callable[[dict[str, Any]], None]


class Restic:
    """Starts restic for one task at a time, each in a box of its own."""

    def __init__(
        self,
        stage: Path,
        cgroup: str,
        remote: Remote | None = None,
        every: float = EVERY,
        node: str = "podium",
        former: str | None = None,
    ) -> None:
        """`every`: seconds between two words about a restore; `node`: whose its locks are.

        `former`: whose they were in older versions, where nobody else's can have that name.
        """
        self._node = node
        self._former = former
        self._every = every
        self._stage = stage
        self._cgroup = cgroup
        self.remote = remote
        """Where repositories are when they are not on this disk."""

    async def run(
        self, task: str, repository: Repository, folder: Path, told: OnProgress, **words: object
    ) -> dict[str, Any]:
        """Return the child's answer. Raises BackupFailed; cancelling kills restic."""
        with self._asked():
            return await self._run(task, repository, folder, told, words)

    async def _run(
        self,
        task: str,
        repository: Repository,
        folder: Path,
        told: OnProgress,
        words: dict[str, object],
    ) -> dict[str, Any]:
        process = await self._start(task, repository, folder, words, limit=_LONGEST_LINE)
        answer: dict[str, Any] = {}
        try:
            async with asyncio.TaskGroup() as group:
                beside = group.create_task(_last(process))
                metering = group.create_task(_meter(process.pid, told, self._every, task))
                async for line in _lines(process):
                    if "step" in line:
                        told(line)
                    else:
                        answer = line
                metering.cancel()
            said, code = beside.result(), await process.wait()
        except ExceptionGroup as broken:  # half a line of one that was killed
            raise BackupFailed(fault("backup_failed", str(broken.exceptions[0]))) from broken
        finally:
            await _end(process)
        if code != 0:
            raise BackupFailed(_why(said, code))
        return answer

    async def stream(
        self, task: str, repository: Repository, folder: Path, **words: object
    ) -> AsyncGenerator[bytes, None]:
        """Yield what the child writes. Raises BackupFailed, also after some of it."""
        with self._asked():
            async with aclosing(self._stream(task, repository, folder, words)) as stream:
                async for chunk in stream:
                    yield chunk

    async def _stream(
        self, task: str, repository: Repository, folder: Path, words: dict[str, object]
    ) -> AsyncGenerator[bytes, None]:
        process = await self._start(task, repository, folder, words, limit=_CHUNK)
        assert process.stdout is not None
        try:
            while chunk := await process.stdout.read(_CHUNK):
                yield chunk
            said, code = await _last(process), await process.wait()
        finally:
            await _end(process)
        if code != 0:
            raise BackupFailed(_why(said, code))

    async def _start(
        self,
        task: str,
        repository: Repository,
        folder: Path,
        words: dict[str, object],
        limit: int,
    ) -> asyncio.subprocess.Process:
        plan = {
            "task": task,
            "stage": str(self._stage),
            "repository": str(folder),
            "key": repository.key,
            "libraries": sysconfig.get_path("platlib"),
            "idle": False,
            "node": self._node,
            "former": self._former,
            "store": self.remote.plan(repository.workspace) if self.remote else None,
            **words,
        }
        process = await start_helper("restic_child", limit=limit)
        try:
            await asyncio.to_thread(self._bound, process.pid)
            await _give(process, plan)
        except BaseException:
            await _end(process)
            raise
        return process

    def _asked(self) -> AbstractContextManager[None]:
        return self.remote.asked() if self.remote else nullcontext()

    def _bound(self, pid: int) -> None:
        cgroups.make_low(self._cgroup, _MEMORY, _PIDS)
        cgroups.join(self._cgroup, pid)


async def _meter(pid: int, told: OnProgress, seconds: float, task: str) -> None:
    """Tell again and again how much a restore has written: restic itself says nothing."""
    while task == _SILENT:
        await asyncio.sleep(seconds)
        told({"step": "restoring", "written": await asyncio.to_thread(written, pid)})


async def _give(process: asyncio.subprocess.Process, plan: dict[str, Any]) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(plan).encode() + b"\n")
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        pass  # its code and last words tell why
    finally:
        process.stdin.close()


def _why(said: str, code: int) -> Fault:
    if MISSING in said or _NOT_IN_IT.search(said):
        return fault("path_unknown")
    return core.explain(said or f"the backup's process ended with {code}")


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[dict[str, Any]]:
    assert process.stdout is not None
    async for line in process.stdout:
        yield json.loads(line)


async def _last(process: asyncio.subprocess.Process) -> str:
    """Return the end of what it says on stderr."""
    assert process.stderr is not None
    kept = b""
    while data := await process.stderr.read(_CHUNK):
        kept = (kept + data)[-_MOST_SAID:]
    return kept.decode(errors="replace").strip()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await asyncio.shield(_ended(process))


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Wait for its end, reading what is left: it has none while a full pipe is not read."""
    for stream in (process.stdout, process.stderr):
        assert stream is not None
        while await stream.read(_CHUNK):
            continue
    await process.wait()
