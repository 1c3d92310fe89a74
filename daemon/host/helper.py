"""Helper processes: small Python programs of ours that do what a threaded process cannot.

Namespaces can only be left and entered cleanly by a process with one thread, and
the daemon has gRPC's. A helper starts in about 15 ms: isolated, without
site-packages, with a clean environment, its plan on stdin where nobody sees it.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

_CODE_ROOT = str(Path(__file__).resolve().parents[2])
_START = (
    "import os, sys; sys.path.insert(0, sys.argv[1]); from daemon.host.{} import main; main(); "
    # taking the interpreter down is time that somebody waits for
    "sys.stdout.flush(); os._exit(0)"
)
_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
_INTERPRETER = str(Path(sys.base_prefix) / "bin" / "python3")


class HelperFailed(Exception):
    """A helper ended badly; the text is its last words on stderr."""


class Run(Protocol):
    """Runs a helper to its end: `run_helper`, or the one of `host.spares`."""

    async def __call__(
        self, module: str, plan: dict[str, Any], *, on_stderr: Callable[[bytes], None] | None = None
    ) -> bytes:
        """Return what it wrote to stdout. Raises HelperFailed."""


async def start_helper(module: str, *, limit: int = 65536) -> asyncio.subprocess.Process:
    """Start a helper of this package; all three streams are pipes, lines at most so long."""
    return await asyncio.create_subprocess_exec(
        _INTERPRETER,
        "-I",
        "-S",
        "-X",
        "utf8",
        "-c",
        _START.format(module),
        _CODE_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_ENVIRONMENT,
        cwd="/",
        limit=limit,
    )


async def run_helper(
    module: str, plan: dict[str, Any], *, on_stderr: Callable[[bytes], None] | None = None
) -> bytes:
    """Run a helper to its end and return what it wrote to stdout.

    Cancelling kills it. Raises HelperFailed when it ends with another code than 0.
    """
    return await give_plan(await start_helper(module), plan, on_stderr)


async def give_plan(
    process: asyncio.subprocess.Process,
    plan: dict[str, Any],
    on_stderr: Callable[[bytes], None] | None = None,
) -> bytes:
    """Give a started helper its plan and wait for its end, as `run_helper` does."""
    said: list[bytes] = []

    def keep(data: bytes) -> None:
        said.append(data)
        if on_stderr is not None:
            on_stderr(data)

    stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
    if stdin is None or stdout is None or stderr is None:
        raise HelperFailed("started without pipes")
    try:
        reading = asyncio.gather(_drain(stderr, keep), stdout.read())
        await _give(stdin, json.dumps(plan).encode())
        _nothing, out = await reading
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.shield(process.wait())
    if code != 0:
        raise HelperFailed(last_words(b"".join(said)))
    return out


def last_words(stderr: bytes) -> str:
    """Return the last line that says something."""
    lines = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no message"


async def _give(stream: asyncio.StreamWriter, data: bytes) -> None:
    try:
        stream.write(data)
        await stream.drain()
    except (BrokenPipeError, ConnectionResetError):
        return  # it died first; its exit code and stderr tell why
    finally:
        stream.close()


async def _drain(stream: asyncio.StreamReader, keep: Callable[[bytes], None]) -> None:
    while data := await stream.read(65536):
        keep(data)
