"""What is kept back of workspaces' disks while the node is short: a file in each, of blocks only.

It is allocated and never written, so it takes blocks of the disk and none of the node. It lies
beside tree and home, where no workspace sees it. How large each is to be is decided in
core/reserves.py, by what disks and node have free; a disk that is mounted meanwhile waits for that.

A look counts what is free on the disks first, then has them write what they hold in memory, and
then asks the node: what programs write meanwhile is of what was counted as free.
"""

import asyncio
import errno
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import structlog

from daemon.core import reserves
from daemon.core.reserves import Disk
from daemon.host import ext4, files
from daemon.host.disks import Disks

_log = structlog.get_logger(__name__)
FILE: Final = ".reserve"
Told = Callable[[Mapping[str, int]], None]
"""Takes bytes that are kept back, by name of the disk."""


class Reserves:
    """Of all disks that are mounted; `floor` in bytes stays free of their node besides."""

    def __init__(self, disks: Disks, root: Path, floor: int) -> None:
        self._disks = disks
        self._root = root
        self._floor = floor
        self._known: dict[str, Disk] = {}
        self._lock = threading.Lock()
        disks.on_mount = self._mounted

    async def run(self, told: Told) -> None:
        """Look for ever."""
        while True:
            wait = reserves.OFTEN
            try:
                wait = reserves.patience(await asyncio.to_thread(self.look))
                await asyncio.to_thread(told, self.held())
            except Exception as error:  # noqa: BLE001 - the root of a task: it looks again
                _log.error("reserves_not_kept", exc_info=error)
            await asyncio.sleep(wait)

    def held(self) -> dict[str, int]:
        """Return the bytes that are kept back of each disk."""
        return {name: one.held for name, one in self._known.items()}

    def look(self) -> int:
        """Keep back what the node cannot give; returns the bytes that it can. Blocks."""
        with self._lock:
            names = self._disks.on_host()
            self._known = {name: one for name in names if (one := self._measured(name)) is not None}
            if self._room() < reserves.NEAR:
                for name in self._known:
                    self._write_out(name)
            room = self._room()
            wanted = reserves.held(self._known, room)
            # who has to give goes first
            for name in sorted(wanted, key=lambda one: wanted[one] < self._known[one].held):
                if wanted[name] != self._known[name].held:
                    self._hold(name, wanted[name])
            return room

    def _mounted(self) -> None:
        try:
            self.look()
        except OSError as error:  # no reason not to mount it: it is looked again in a second
            _log.error("reserves_not_kept", exc_info=error)

    def _room(self) -> int:
        state = os.statvfs(self._root)
        free, total = state.f_bavail * state.f_frsize, state.f_blocks * state.f_frsize
        return max(free - reserves.margin(self._floor, total), 0)

    def _each(self, name: str, work: Callable[[Path], object]) -> object:
        """Do something about a disk while it is mounted; None when it is not, or was busy."""
        turn, place = self._disks.turn(name), self._disks.place(name)
        if not turn.acquire(blocking=False):  # who mounts it waits for this look
            return None
        try:
            return work(place) if place.is_mount() else None
        except OSError as error:  # it is broken: that is told by who needs it
            _log.warning("disk_not_looked_at", disk=name, exc_info=error)
            return None
        finally:
            turn.release()

    def _write_out(self, name: str) -> None:
        """Have a disk write what it holds in memory; whoever unmounts it need not wait."""
        try:
            files.sync_filesystem(self._disks.place(name))
        except OSError as error:
            _log.warning("disk_not_written_out", disk=name, exc_info=error)

    def _measured(self, name: str) -> Disk | None:
        found = self._each(name, lambda place: self._measure(name, place))
        return found if isinstance(found, Disk) else self._known.get(name)

    def _measure(self, name: str, place: Path) -> Disk:
        state, size = os.statvfs(place), self._disks.size(name)
        free, held = state.f_bfree * state.f_frsize, held_bytes(place)
        unwritten = max(size - self._disks.used_bytes(name) - free - held, 0)
        return Disk(
            free=free,
            kept=(state.f_bfree - state.f_bavail) * state.f_frsize,
            held=held,
            journal=min(ext4.journal_of(size), unwritten),
        )

    def _hold(self, name: str, wanted: int) -> None:
        before = self._known[name]
        self._each(name, lambda place: hold(place, wanted))
        now = self._measured(name)
        if now is not None:
            self._known[name] = now
            if not before.held or not now.held:
                _log.info("disk_held_back", disk=name, held=now.held)


def held_bytes(place: Path) -> int:
    """Return what is kept back of the disk that is mounted there."""
    try:
        return (place / FILE).stat().st_size
    except FileNotFoundError:
        return 0


def hold(place: Path, wanted: int) -> None:
    """Keep back so many bytes, or as many as there are. Raises OSError."""
    path = place / FILE
    if not wanted:
        path.unlink(missing_ok=True)
        return
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        there = os.fstat(file).st_size
        if wanted < there:
            os.ftruncate(file, wanted)
        while wanted > there:
            try:
                os.posix_fallocate(file, there, wanted - there)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                state = os.fstatvfs(file)  # somebody was faster: what is left is held
                there = os.fstat(file).st_size
                left = state.f_bavail * state.f_frsize
                if not left or there + left >= wanted:
                    return
                wanted = there + left
            else:
                return
    finally:
        os.close(file)
