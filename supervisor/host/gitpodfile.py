"""Asking the reader's process what .gitpod.yml, or devcontainer.json, wants."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping

import msgspec

from supervisor.core.config import Config, Fault
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper

NAMES = (".gitpod.yml", ".gitpod", ".devcontainer.json", ".devcontainer/devcontainer.json")
FOLDER = ".devcontainer"
"""In its folders there may be more."""
SECONDS = 20.0
LOOK_EVERY = 1.0
"""Seconds between two looks whether a file is another one: a look is a few calls of stat, works on
every file system, and misses no editor that writes a new file in the place of the old one."""
Stamp = list[tuple[int, int, int] | None]
"""Of each of `NAMES` its number, bytes and time, or that it is not there."""
_LARGEST = 4 * 2**20
"""Bytes of an answer; more is cut off and so cannot be read."""
_RUN = "import sys; sys.path[:] = {path!r}; from supervisor.reader import main; main()"


async def load(
    folder: str, reaper: Reaper, account: Account, environment: Mapping[str, str]
) -> Config:
    """Return what the repository asks for; whatever goes wrong is one of its faults."""
    name = next((one for one in NAMES if os.path.isfile(f"{folder}/{one}")), "")  # noqa: PTH113 - lean start, no pathlib
    if not name and not os.path.isdir(f"{folder}/{FOLDER}"):  # noqa: PTH112 - lean start, no pathlib
        return Config()
    name = name or FOLDER
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _RUN.format(path=sys.path), folder]
    try:
        code, said = await output_of(
            command, reaper, account, environment, cwd="/", keep=_LARGEST, seconds=SECONDS
        )
    except OSError as error:
        return _unread(name, f"its reader cannot be started: {error.strerror}")
    try:
        return msgspec.json.decode(said, type=Config)
    except msgspec.DecodeError:
        note("gitpodfile_unread", code=code, said=said[-500:].decode(errors="replace"))
        return _unread(name, "reading it took too much memory or time")


async def changes(
    folder: str, since: Stamp, every: float = LOOK_EVERY
) -> AsyncGenerator[None, None]:
    """Yield for ever, whenever a file has changed and then kept still for one look.

    `since` was taken before the files were read: a change meanwhile is one, too.
    """
    settled = before = since
    while True:
        await asyncio.sleep(every)
        now = stamp(folder)
        if now == before != settled:
            settled = now
            yield
        before = now


def stamp(folder: str) -> Stamp:
    """Return what tells these files from others in their places."""
    return [_stat(f"{folder}/{name}") for name in NAMES]


def _stat(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - lean start, no pathlib
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _unread(name: str, cause: str) -> Config:
    return Config(name=name, faults=[Fault(line=1, field="", cause=cause)])
